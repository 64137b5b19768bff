"""How often a right must be answered, why it may be refused, and where the refused may turn."""

from __future__ import annotations

from datetime import date

import pytest

from privbot.law.errors import NotARefusal, RightNotGranted, UnknownRegime
from privbot.law.limits import limit_reached, limits
from privbot.law.model import REFUSALS
from privbot.law.refusals import acknowledgment_duty, refusal, refusals, remedies
from privbot.law.regimes import regimes

TODAY = date(2026, 11, 20)
EVERY_RIGHT = [(name, right) for name, law in regimes().items() for right in law.rights]


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("regime", "right", "earlier", "reached"),
    [
        ("ccpa", "know-specific", [], None),
        ("ccpa", "know-specific", [("know-specific", "2026-01-10")], None),
        ("ccpa", "know-specific", [("know-specific", "2026-01-10"), ("know-specific", "2026-08-01")], "twice-in-twelve-months"),
        # both kinds of knowing count together
        ("ccpa", "know-categories", [("know-specific", "2026-01-10"), ("know-categories", "2026-08-01")], "twice-in-twelve-months"),
        # asked together on one day they are one request
        ("ccpa", "know-specific", [("know-specific", "2026-08-01"), ("know-categories", "2026-08-01")], None),
        # twelve months ago to the day is out of the twelve months, the day after is in them
        ("ccpa", "know-specific", [("know-specific", "2025-11-20"), ("know-specific", "2026-08-01")], None),
        ("ccpa", "know-specific", [("know-specific", "2025-11-21"), ("know-specific", "2026-08-01")], "twice-in-twelve-months"),
        # what came with or after this request does not stand before it
        ("ccpa", "know-specific", [("know-specific", "2026-11-20"), ("know-specific", "2026-08-01")], None),
        # deletion knows no limit, and does not count
        ("ccpa", "erasure", [("erasure", "2026-01-10"), ("erasure", "2026-08-01"), ("erasure", "2026-10-01")], None),
        ("ccpa", "know-specific", [("erasure", "2026-01-10"), ("opt-out-of-sale", "2026-08-01")], None),
        ("shine-the-light", "shine-the-light", [("shine-the-light", "2026-01-01")], "once-per-calendar-year"),
        ("shine-the-light", "shine-the-light", [("shine-the-light", "2025-12-31")], None),
        # Europe knows no number: excessive is decided by a person
        ("gdpr", "access", [("access", "2026-01-10"), ("access", "2026-08-01"), ("access", "2026-10-01")], None),
    ],
)  # fmt: skip
def test_how_often_a_right_must_be_answered(regime: str, right: str, earlier: list[tuple[str, str]], reached: str | None) -> None:
    limit = limit_reached(regime, right, TODAY, [(asked, day(received)) for asked, received in earlier])
    assert (limit and limit.name) == reached


def test_twelve_months_back_from_the_end_of_february() -> None:
    assert limits("ccpa", "know-specific", day("2028-02-29"))[0].since == day("2027-03-01")
    assert limits("ccpa", "know-specific", day("2027-02-28"))[0].since == day("2026-03-01")


def test_a_limit_names_its_source() -> None:
    (limit,) = limits("ccpa", "know-specific", TODAY)
    assert (limit.answers, limit.since, limit.confirmed) == (2, day("2025-11-21"), True)
    assert "1798.130(b)" in limit.source


@pytest.mark.parametrize(
    ("regime", "right", "code", "outcome", "operator_decides", "fee_instead"),
    [
        ("gdpr", "access", "manifestly-unfounded", "other", True, True),
        ("gdpr", "access", "excessive", "too_many_requests", True, True),
        ("uk-gdpr", "erasure", "excessive", "too_many_requests", True, True),
        ("ccpa", "erasure", "manifestly-unfounded", "other", True, True),
        ("appi", "access", "excessive", "other", True, False),  # actual cost only, no fee for being a burden
        ("ccpa", "know-specific", "too-many-requests", "too_many_requests", False, False),
        ("shine-the-light", "shine-the-light", "too-many-requests", "too_many_requests", False, False),
        ("gdpr", "erasure", "retention-expired", "other", True, False),
        ("ccpa", "know-specific", "retention-expired", "other", True, False),
        ("gdpr", "access", "no-match", "no_match", True, False),
        ("gdpr", "erasure", "not-covered", "claim_not_covered", True, False),
        ("ccpa", "erasure", "outside-jurisdiction", "outside_jurisdiction", True, False),
        ("ccpa", "know-specific", "insufficient-verification", "insuf_verification", False, False),
        ("ccpa", "opt-out-of-sale", "suspected-fraud", "suspected_fraud", True, False),
        ("gdpr", "access", "duplicate", "other", False, False),
    ],
)
def test_why_a_right_may_be_refused(
    regime: str, right: str, code: str, outcome: str, operator_decides: bool, fee_instead: bool
) -> None:
    found = refusal(regime, right, code)
    assert (found.outcome, found.operator_decides, found.fee_instead) == (outcome, operator_decides, fee_instead)
    assert found.source
    assert found.why.endswith(".")


@pytest.mark.parametrize(
    ("regime", "right", "code"),
    [
        ("gdpr", "direct-marketing", "not-covered"),  # Art 21(3): always granted
        ("gdpr", "consent-withdrawal", "insufficient-verification"),
        ("gdpr", "consent-withdrawal", "manifestly-unfounded"),
        ("gdpr", "restriction", "retention-expired"),  # the notice names four rights
        ("gdpr", "access", "too-many-requests"),
        ("ccpa", "opt-out-of-sale", "insufficient-verification"),  # never verified, so never refused for it
        ("ccpa", "erasure", "too-many-requests"),
        ("shine-the-light", "shine-the-light", "insufficient-verification"),
        ("gdpr", "access", "no-such-reason"),
    ],
)
def test_what_is_no_reason_to_refuse_is_said_with_what_is(regime: str, right: str, code: str) -> None:
    with pytest.raises(NotARefusal, match=f"{regime} gives no reason '{code}' to refuse {right}; it gives: .*duplicate"):
        refusal(regime, right, code)


@pytest.mark.parametrize(("regime", "right"), EVERY_RIGHT)
def test_whoever_need_not_be_verified_is_not_refused_for_it(regime: str, right: str) -> None:
    law = regimes()[regime]
    level = law.verifications[law.rights[right].verification].level
    assert ("insufficient-verification" in refusals(regime, right)) == (level != "none")


@pytest.mark.parametrize(("regime", "right"), EVERY_RIGHT)
def test_a_right_with_a_limit_may_be_refused_for_it_and_no_other(regime: str, right: str) -> None:
    assert bool(limits(regime, right, TODAY)) == ("too-many-requests" in refusals(regime, right))


def test_every_reason_is_used_by_some_law() -> None:
    assert {code for law in regimes().values() for code in law.refusals} == set(REFUSALS)


def test_a_fee_instead_is_always_an_operators_decision() -> None:
    assert all(rule.operator_decides for law in regimes().values() for rule in law.refusals.values() if rule.fee_instead)


@pytest.mark.parametrize("regime", list(regimes()))
def test_everybody_refused_is_told_where_to_turn(regime: str) -> None:
    found = remedies(regime)
    assert found.authority
    assert found.address
    assert found.url.startswith("https://")
    assert found.court.endswith(".")
    assert len(found.sources) == 2


def test_what_the_confirmation_of_receipt_must_say() -> None:
    duty = acknowledgment_duty("ccpa")
    assert duty is not None
    assert len(duty.says) == 4
    assert duty.source.startswith("§7021(a)")
    assert acknowledgment_duty("gdpr") is None


def test_unknown_laws_and_rights_are_refused() -> None:
    for ask in (refusals, lambda regime, right: limits(regime, right, TODAY)):
        with pytest.raises(UnknownRegime):
            ask("gdrp", "access")
        with pytest.raises(RightNotGranted):
            ask("shine-the-light", "erasure")
    with pytest.raises(UnknownRegime):
        remedies("gdrp")
    with pytest.raises(UnknownRegime):
        acknowledgment_duty("gdrp")
