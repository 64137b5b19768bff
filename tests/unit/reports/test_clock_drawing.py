"""The clocks of a request on one line: each day where it belongs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from privbot.casework.lifecycle import Case, State
from privbot.law.model import Events, Promise
from privbot.law.verification import verification
from privbot.reports.clock_drawing import MARGIN, clock_drawing

RECEIVED = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
TODAY = date(2026, 11, 30)


def a_case(regime: str = "gdpr", right: str = "access", **changes: object) -> Case:
    case = Case(
        controller="lumen",
        person="mel",
        regime=regime,
        right=right,
        category="access",
        received=RECEIVED,
        rule=verification(regime, right),
    )
    return replace(case, **changes)


def days(drawn) -> dict[str, date]:
    return {what: mark.day for mark in drawn.marks for what in mark.what}


def test_the_days_stand_in_order_and_to_scale():
    drawn = clock_drawing(a_case(promise=Promise(20, "the notice")), TODAY)
    assert days(drawn) == {
        "received": date(2026, 11, 20), "today": TODAY, "promise": date(2026, 12, 10), "respond_by": date(2026, 12, 10),
        "statute": date(2026, 12, 21), "extend_by": date(2026, 12, 21),
    }  # fmt: skip
    first, today, promised, last = (mark.at for mark in drawn.marks)
    assert (first, last) == (MARGIN, 100 - MARGIN)
    # 10 days, 20 days and 31 days from the first
    assert (today - first) / (last - first) == pytest.approx(10 / 31, abs=1e-3)
    assert (promised - first) / (last - first) == pytest.approx(20 / 31, abs=1e-3)
    assert (drawn.elapsed, drawn.due_at) == (today, promised)


def test_days_that_fall_together_are_one_mark():
    [first, *_, last] = clock_drawing(a_case(), date(2026, 11, 20)).marks
    assert first.what == ("received", "today") and first.away == 0
    assert last.what == ("extend_by", "statute", "respond_by") and last.away == 31


def test_california_acknowledges():
    assert days(clock_drawing(a_case("ccpa", "erasure"), TODAY))["acknowledge_by"] == date(2026, 12, 7)


@pytest.mark.parametrize(
    ("state", "today", "overdue"),
    [
        (State.OPEN, date(2026, 12, 21), False),  # the last day
        (State.OPEN, date(2026, 12, 22), True),
        (State.FULFILLED, date(2026, 12, 22), False),  # what is answered is never overdue
    ],
)
def test_overdue_is_what_is_open_after_its_day(state, today, overdue):
    drawn = clock_drawing(a_case(state=state), today)
    assert drawn.overdue is overdue
    assert drawn.elapsed == {mark.day: mark.at for mark in drawn.marks}[today]


def test_an_extended_request_has_no_last_day_for_an_extension():
    drawn = clock_drawing(a_case(events=Events(extended=True)), TODAY)
    assert "extend_by" not in days(drawn) and days(drawn)["statute"] == date(2027, 2, 22)


def test_a_question_that_waits_is_drawn_up_to_today_and_moves_the_days_once_answered():
    asked = Events(clarification_asked=date(2026, 11, 25))
    [wait] = clock_drawing(a_case("uk-gdpr", events=asked), TODAY).waits
    assert (wait.what, wait.first, wait.last, wait.counts) == ("clarification", date(2026, 11, 25), None, True)
    answered = replace(asked, clarification_answered=date(2026, 11, 28))
    drawn = clock_drawing(a_case("uk-gdpr", events=answered), TODAY)
    marks = {what: mark.at for mark in drawn.marks for what in mark.what}
    [wait] = drawn.waits
    # four days, both included
    assert wait.width / (marks["today"] - marks["received"]) == pytest.approx(4 / 10, abs=1e-2)


def test_waiting_for_proof_moves_no_day_that_is_worked_to():
    asked = Events(identity_asked=date(2026, 11, 21), identity_proven=date(2026, 11, 29))
    drawn = clock_drawing(a_case(events=asked), TODAY)
    [wait] = drawn.waits
    assert (wait.what, wait.counts) == ("identity", False)
    assert days(drawn)["respond_by"] == date(2026, 12, 21)
    # by the other reading the waiting is left out
    assert days(drawn)["suspended"] == date(2026, 12, 28)


def test_in_britain_the_clock_begins_with_the_proof():
    asked = Events(identity_asked=date(2026, 11, 21), identity_proven=date(2026, 11, 29))
    drawn = clock_drawing(a_case("uk-gdpr", events=asked), TODAY)
    assert [wait.counts for wait in drawn.waits] == [True]
    assert days(drawn)["statute"] == date(2026, 12, 29)


def test_nothing_is_drawn_off_the_line():
    for today in (date(2026, 11, 20), TODAY, date(2028, 1, 1)):
        drawn = clock_drawing(a_case(events=Events(identity_asked=date(2026, 11, 20))), today)
        assert all(MARGIN <= mark.at <= 100 - MARGIN for mark in drawn.marks)
        assert all(wait.width >= 0 and wait.at + wait.width <= 100 - MARGIN for wait in drawn.waits)


def test_the_reckoning_is_told_in_sentences():
    assert clock_drawing(a_case(), TODAY).explanation[-1].startswith("Due 21 December 2026, because")
