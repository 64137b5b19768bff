"""When operators are reminded of a date, and when a missed one is escalated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from privbot.law.clocks import due
from privbot.law.errors import UnknownRegime
from privbot.law.model import Reminder
from privbot.law.regimes import regimes
from privbot.law.reminders import reminders

RECEIVED = date(2026, 11, 20)


def of(regime: str, right: str) -> list[Reminder]:
    return reminders(regime, due(regime, right, datetime(2026, 11, 20, 20, tzinfo=UTC)), RECEIVED)


def days(found: list[Reminder], what: str, *, escalation: bool = False) -> list[str]:
    return [one.day.isoformat() for one in found if one.what == what and one.escalation == escalation]


def test_before_each_date_of_california_and_after_it() -> None:
    found = of("ccpa", "erasure")
    # 7, 3 and 1 days before 7 December; 14, 7 and 3 before 4 January; the alarm on the day before
    assert days(found, "acknowledge_by") == ["2026-11-30", "2026-12-04", "2026-12-06"]
    assert days(found, "respond_by") == ["2026-12-21", "2026-12-28", "2027-01-01"]
    assert days(found, "extend_by") == ["2026-12-28", "2027-01-01"]
    assert days(found, "alarm") == ["2027-01-03"]
    # 1, 3 and 7 days after
    assert days(found, "acknowledge_by", escalation=True) == ["2026-12-08", "2026-12-10", "2026-12-14"]
    assert days(found, "respond_by", escalation=True) == ["2027-01-05", "2027-01-07", "2027-01-11"]
    assert days(found, "extend_by", escalation=True) == []


def test_every_reminder_names_the_date_it_is_about() -> None:
    about = {one.what: one.date.isoformat() for one in of("ccpa", "erasure")}
    assert about == {
        "acknowledge_by": "2026-12-07", "extend_by": "2027-01-04", "alarm": "2027-01-04", "respond_by": "2027-01-04"
    }  # fmt: skip


def test_what_the_law_does_not_know_is_not_reminded_of() -> None:
    assert {one.what for one in of("ccpa", "opt-out-of-sale")} == {"respond_by", "alarm"}


def test_a_reminder_before_the_request_came_is_none() -> None:
    # due 14 December: as if received on the 7th, which is itself 7 days before
    found = reminders("ccpa", due("ccpa", "opt-out-of-sale", datetime(2026, 11, 20, 20, tzinfo=UTC)), date(2026, 12, 7))
    assert days(found, "respond_by") == ["2026-12-11"]


@pytest.mark.parametrize(("regime", "right"), [(name, right) for name, law in regimes().items() for right in law.rights])
def test_every_request_is_reminded_of_in_time_and_escalated_when_late(regime: str, right: str) -> None:
    dates = due(regime, right, datetime(2026, 11, 20, 20, tzinfo=UTC))
    found = reminders(regime, dates, RECEIVED)
    assert found == sorted(found, key=lambda one: (one.day, one.what))
    assert any(one.day < dates.respond_by and not one.escalation for one in found)
    assert any(one.day > dates.respond_by and one.escalation for one in found)
    assert all(one.escalation == (one.day > one.date) for one in found)


def test_the_row_of_a_request_will_do_as_well() -> None:
    @dataclass(frozen=True)
    class Row:
        acknowledge_by: date | None
        respond_by: date
        extend_by: date | None
        alarm: date

    dates = due("ccpa", "erasure", datetime(2026, 11, 20, 20, tzinfo=UTC))
    row = Row(dates.acknowledge_by, dates.respond_by, dates.extend_by, dates.alarm)
    assert reminders("ccpa", row, RECEIVED) == reminders("ccpa", dates, RECEIVED)


def test_an_unknown_law_is_refused() -> None:
    with pytest.raises(UnknownRegime):
        reminders("gdrp", due("gdpr", "access", datetime(2026, 11, 20, 20, tzinfo=UTC)), RECEIVED)
