"""When the house looks at a date: so many days before it, and again once it has passed. House rules of the regime files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Protocol

from privbot.law.model import DateName, Reminder
from privbot.law.regimes import regime as regime_named


class Dated(Protocol):
    """Whatever has a request's dates: a `Due`, or the row of a request."""

    @property
    def acknowledge_by(self) -> date | None: ...
    @property
    def respond_by(self) -> date: ...
    @property
    def extend_by(self) -> date | None: ...
    @property
    def alarm(self) -> date: ...


def reminders(regime: str, dates: Dated, since: date) -> list[Reminder]:
    """Every day after `since`, the day of receipt, on which operators are reminded of a date or the matter is escalated; in order.

    Nobody is escalated over `extend_by`: once it has passed the extension is lost, and the answer is due all the same. What is done
    already – acknowledged, extended, answered – the caller leaves out. Raises UnknownRegime.
    """
    rules = regime_named(regime).reminders
    found = [Reminder(dates.alarm, "alarm", dates.respond_by, escalation=False)]
    found += _around("acknowledge_by", dates.acknowledge_by, rules.acknowledge_by, rules.escalate_after)
    found += _around("respond_by", dates.respond_by, rules.respond_by, rules.escalate_after)
    found += _around("extend_by", dates.extend_by, rules.extend_by, ())
    return sorted((one for one in found if one.day > since), key=lambda one: (one.day, one.what))


def _around(what: DateName, day: date | None, before: Sequence[int], after: Sequence[int]) -> list[Reminder]:
    if day is None:
        return []
    return [
        *(Reminder(day - timedelta(days=days), what, day, escalation=False) for days in before),
        *(Reminder(day + timedelta(days=days), what, day, escalation=True) for days in after),
    ]
