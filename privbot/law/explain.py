"""The dates in sentences for operators: which figure, from where, why not a day earlier."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from privbot.law.calendar import WorkingDays
from privbot.law.model import Events, Promise
from privbot.law.periods import Period
from privbot.law.regimes import Clock, Extension, Regime

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def in_words(day: date) -> str:
    """7 April 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def explain_receipt(received_on: date, zone: str) -> str:
    return f"Received on {in_words(received_on)}, counted in {zone}; that day itself is not counted."


def explain_clock(clock: Clock, started: date, first: Period, days: WorkingDays) -> Iterator[str]:
    name = "Internal target" if clock.internal_target else "Statute"
    ends = in_words(first.end) + _why_rolled(first, days)
    yield f"{name}: {_length(clock, clock.length)} from {in_words(started)} ends on {ends} [{clock.source}]."
    if clock.note:
        yield clock.note


def explain_acknowledgment(clock: Clock, by: date) -> str:
    return f"Acknowledge by {in_words(by)}: {_length(clock, clock.length)} [{clock.source}]."


def explain_extension(clock: Clock, extension: Extension, first: Period, extended: Period, announced: bool) -> str:
    """What an extension does, or would do."""
    longer = f"by {_length(clock, extension.length)}, to {in_words(extended.end)} [{extension.source}]."
    return f"Extended {longer}" if announced else f"May be extended {longer} Announce it by {in_words(first.end)}."


def explain_cautious(cautious: date) -> str:
    return f"Counted from the end of the first period, the extension ends on {in_words(cautious)}: work to that."


def explain_events(law: Regime, right: str, events: Events, period: Period) -> Iterator[str]:
    """What proof of identity, a fee and asking back did to the period, or why nothing."""
    if events.identity_proven or events.fee_paid:
        yield f"{law.identity.note} [{law.identity.source}]"
    if events.clarification_asked is None:
        return
    yield f"{law.clarification.note} [{law.clarification.source}]"
    if right not in law.clarification.rights:
        return
    if events.clarification_answered is None:
        yield f"Asked back on {in_words(events.clarification_asked)}: the dates move once the answer is here."
    elif period.pause:
        yield f"Left out: {in_words(period.pause.first)} to {in_words(period.pause.last)}."


def explain_promise(promise: Promise, promised: date | None) -> str:
    if promised is None:
        return f"The promise of {promise.days} days does not cover the extended time [{promise.source}]."
    return f"Promise: {in_words(promised)} [{promise.source}]."


def explain_due(respond_by: date, statute: date) -> str:
    return f"Due {in_words(respond_by)}" + (", earlier than the statute requires." if respond_by < statute else ".")


def _length(clock: Clock, length: int) -> str:
    unit = {"months": "month", "days": "day", "working-days": "working day"}[clock.unit]
    return f"{length} {unit}" if length == 1 else f"{length} {unit}s"


def _why_rolled(period: Period, days: WorkingDays) -> str:
    """Names every closed day the period rolled over."""
    if period.counted == period.end:
        return ""
    rolled_over = (period.counted + timedelta(days=more) for more in range((period.end - period.counted).days))
    return ", because " + ", ".join(f"{in_words(day)} is {days.closed(day)}" for day in rolled_over)
