"""What must be shown before a right is granted, and what is still missing."""

from __future__ import annotations

import pytest

from privbot.casework.verification import Authority, Evidence, Kind, doubted, level_reached, missing, needs
from privbot.law.verification import verification

MAILBOX, DETAILS, DECLARATION, WALLET, PERMISSION, CONFIRMATION, ATTORNEY, GUARDIAN = Kind
AGENT, POWER_OF_ATTORNEY = Authority


def shown(*kinds: Kind, details: int = 0) -> Evidence:
    return Evidence(frozenset(kinds), details)


@pytest.mark.parametrize(
    ("regime", "right", "doubt", "kinds", "details"),
    [
        ("gdpr", "access", False, set(), 0),  # Art 12(6): no doubt, no question
        ("gdpr", "access", True, {MAILBOX}, 0),
        ("gdpr", "consent-withdrawal", True, set(), 0),  # as easy to withdraw as to give
        ("uk-gdpr", "erasure", True, {MAILBOX}, 0),
        ("ccpa", "know-categories", False, {MAILBOX, DETAILS}, 2),  # §7062(b)
        ("ccpa", "erasure", False, {MAILBOX, DETAILS}, 2),  # §7062(d)
        ("ccpa", "know-specific", False, {MAILBOX, DETAILS, DECLARATION}, 3),  # §7062(c)
        ("ccpa", "opt-out-of-sale", True, set(), 0),  # §7060(b): never
        ("ccpa", "limit-sensitive", True, set(), 0),
        ("shine-the-light", "shine-the-light", True, set(), 0),
    ],
)
def test_each_right_asks_for_what_its_law_says_and_no_more(regime, right, doubt, kinds, details):
    needed = needs(verification(regime, right), doubt=doubt)
    assert (needed.kinds, needed.details) == (kinds, details)


@pytest.mark.parametrize(
    ("regime", "right", "agent", "kinds"),
    [
        # §7063(a): signed permission, and the consumer confirms – in place of the consumer's own code
        ("ccpa", "erasure", AGENT, {PERMISSION, CONFIRMATION, DETAILS}),
        ("ccpa", "know-specific", AGENT, {PERMISSION, CONFIRMATION, DETAILS, DECLARATION}),
        # §7026(j): for an opt-out the signed permission is enough
        ("ccpa", "opt-out-of-sale", AGENT, {PERMISSION}),
        # §7063(b): with a power of attorney neither
        ("ccpa", "erasure", POWER_OF_ATTORNEY, {ATTORNEY, DETAILS}),
        ("ccpa", "know-specific", POWER_OF_ATTORNEY, {ATTORNEY, DETAILS}),
        ("ccpa", "opt-out-of-sale", POWER_OF_ATTORNEY, {ATTORNEY}),
    ],
)
def test_an_agent_shows_that_the_consumer_wants_it(regime, right, agent, kinds):
    assert needs(verification(regime, right), doubt=True, agent=agent).kinds == kinds


def test_whoever_writes_for_a_child_shows_that_they_may():
    assert GUARDIAN in needs(verification("ccpa", "opt-out-of-sale"), doubt=False, minor=True).kinds


@pytest.mark.parametrize(
    ("evidence", "lacking"),
    [
        (shown(), (MAILBOX, DETAILS, DECLARATION)),
        (shown(MAILBOX), (DETAILS, DECLARATION)),
        (shown(MAILBOX, details=2), (DETAILS, DECLARATION)),  # two are not three
        (shown(MAILBOX, DECLARATION, details=3), ()),
        (shown(DECLARATION, details=3), (MAILBOX,)),
        (shown(WALLET, DECLARATION, details=2), ()),  # a wallet is the mailbox and one detail more
        (shown(WALLET, DECLARATION, details=1), (DETAILS,)),
    ],
)
def test_what_is_missing_is_known_to_the_last_detail(evidence, lacking):
    assert missing(needs(verification("ccpa", "know-specific"), doubt=False), evidence) == lacking


@pytest.mark.parametrize(
    ("authenticated", "on_file", "policy", "doubt"),
    [
        (True, True, "on-doubt", False),
        (True, None, "on-doubt", False),  # nobody looked: the mail server's word is enough
        (True, False, "on-doubt", True),  # an address that the controller does not know
        (False, True, "on-doubt", True),
        (True, True, "always", True),
    ],
)
def test_doubt_is_reasonable_only_for_a_reason(authenticated, on_file, policy, doubt):
    assert doubted(authenticated=authenticated, on_file=on_file, policy=policy) is doubt


def test_evidence_adds_up_and_is_never_lost():
    both = shown(MAILBOX, details=1) | Evidence(frozenset({DECLARATION}), 3, authenticated=True)
    assert both == Evidence(frozenset({MAILBOX, DECLARATION}), 3, True)


@pytest.mark.parametrize(
    ("evidence", "theirs"),
    [(shown(MAILBOX), True), (shown(WALLET), True), (Evidence(authenticated=True), True), (shown(DECLARATION, details=9), False)],
)
def test_an_address_is_theirs_once_something_came_from_it(evidence, theirs):
    assert evidence.address_is_theirs is theirs


@pytest.mark.parametrize(
    ("right", "evidence", "level"),
    [
        ("know-specific", shown(), "none"),
        ("know-specific", shown(MAILBOX), "mailbox"),
        ("know-specific", shown(MAILBOX, DECLARATION, details=3), "reasonably-high"),
        ("erasure", shown(MAILBOX, details=2), "reasonable"),
    ],
)
def test_the_level_reached_is_recorded_in_the_laws_words(right, evidence, level):
    rule = verification("ccpa", right)
    assert level_reached(rule, needs(rule, doubt=False), evidence) == level
