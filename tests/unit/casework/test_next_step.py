"""The step that is offered first, for requests in every situation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from builders import RECEIVED
from cases import AUTHENTICATED, EVERYTHING, PROVEN_MAILBOX, a_case, asked_for_identity

from privbot.casework.lifecycle import State
from privbot.casework.next_step import LAST_DAYS, Around, NextStep, Todo, Why, next_step
from privbot.casework.verification import Authority, Kind
from privbot.law.model import Events

TODAY = date(2026, 11, 25)
ASKED = RECEIVED.date()
KNOWN = a_case(evidence=AUTHENTICATED)
"""An access request under the GDPR whose sender the mail server vouched for: nothing is missing."""
UNKNOWN = a_case()
CALIFORNIA = a_case("ccpa", "erasure")
QUESTION = replace(KNOWN, asking=True, state=State.IN_PROGRESS, events=Events(clarification_asked=ASKED))
ERASURE = a_case("gdpr", "erasure", evidence=AUTHENTICATED)
BY_ATTORNEY = a_case("ccpa", "opt-out-of-sale", agent=Authority.POWER_OF_ATTORNEY)
WAITED_FOR = Around(proof_is_pending=True)


@pytest.mark.parametrize(
    ("case", "around", "todo", "why"),
    [
        (KNOWN, Around(), Todo.FULFIL, Why.NOTHING_MISSING),
        # the answer holds personal data, and nobody has shown that the address is theirs
        (UNKNOWN, Around(), Todo.ASK_IDENTITY, Why.NOT_YET_ASKED),
        # the law wants two details compared
        (CALIFORNIA, Around(), Todo.ASK_IDENTITY, Why.NOT_YET_ASKED),
        (asked_for_identity(CALIFORNIA), WAITED_FOR, Todo.WAIT, Why.PROOF_AWAITED),
        (asked_for_identity(CALIFORNIA), Around(proof_is_over=True), Todo.EXPIRE, Why.TIME_IS_OVER),
        # the code came, and details are the next to be asked for
        (asked_for_identity(replace(CALIFORNIA, evidence=PROVEN_MAILBOX)), Around(), Todo.ASK_IDENTITY, Why.NO_LONGER_ASKED),
        # another request of the ticket waits for proof, this one was never asked
        (CALIFORNIA, WAITED_FOR, Todo.ASK_IDENTITY, Why.NOT_YET_ASKED),
        (asked_for_identity(replace(CALIFORNIA, evidence=EVERYTHING)), Around(), Todo.FULFIL, Why.NOTHING_MISSING),
        # nothing personal is in the answer, and no proof is needed
        (a_case("ccpa", "opt-out-of-sale"), Around(), Todo.FULFIL, Why.NOTHING_MISSING),
        (QUESTION, Around(), Todo.WAIT, Why.QUESTION_ASKED),
        (QUESTION, Around(answer_came=True), Todo.ANSWERED, Why.ANSWER_CAME),
        # a mail that came after some earlier question, while none waits
        (KNOWN, Around(answer_came=True), Todo.FULFIL, Why.NOTHING_MISSING),
        (ERASURE, Around(siblings=[KNOWN]), Todo.WAIT, Why.ACCESS_FIRST),
        (ERASURE, Around(siblings=[replace(KNOWN, state=State.FULFILLED)]), Todo.FULFIL, Why.NOTHING_MISSING),
        # an agent shows a power of attorney of their own accord
        (BY_ATTORNEY, Around(), Todo.SEEN, Why.NEVER_ASKED_FOR),
        (asked_for_identity(BY_ATTORNEY), Around(), Todo.SEEN, Why.NEVER_ASKED_FOR),
    ],
)  # fmt: skip
def test_what_comes_first(case, around, todo, why):
    found = next_step(case, TODAY, around)
    assert (found.todo, found.why) == (todo, why)


@pytest.mark.parametrize("state", [State.FULFILLED, State.DENIED, State.REVOKED, State.EXPIRED])
def test_nothing_is_left_to_do_about_a_closed_request(state):
    assert next_step(replace(KNOWN, state=state), TODAY) is None


def test_what_is_asked_for_first_is_said():
    minor = a_case("ccpa", "erasure", minor=True)
    assert next_step(minor, TODAY).kind is Kind.GUARDIAN
    assert next_step(replace(CALIFORNIA, evidence=PROVEN_MAILBOX), TODAY).kind is Kind.DETAILS


@pytest.mark.parametrize("case", [QUESTION, asked_for_identity(CALIFORNIA)], ids=["a question", "proof"])
def test_who_still_waits_for_the_requester_extends_before_the_last_day_for_it_is_over(case):
    last = case.clocks.extend_by
    assert next_step(case, last - LAST_DAYS - timedelta(days=1), WAITED_FOR).todo is Todo.WAIT
    assert next_step(case, last - LAST_DAYS, WAITED_FOR) == NextStep(Todo.EXTEND, Why.LAST_DAY_TO_EXTEND, last)
    assert next_step(case, last, WAITED_FOR).todo is Todo.EXTEND
    assert next_step(case, last + timedelta(days=1), WAITED_FOR).todo is Todo.WAIT
    extended = replace(case, events=replace(case.events, extended=True))
    assert next_step(extended, last, WAITED_FOR).todo is Todo.WAIT


def test_an_overdue_request_that_misses_nothing_is_answered_at_once():
    due = KNOWN.clocks.respond_by
    assert next_step(KNOWN, due).why is Why.NOTHING_MISSING
    assert next_step(KNOWN, due + timedelta(days=1)) == NextStep(Todo.FULFIL, Why.OVERDUE, due)
