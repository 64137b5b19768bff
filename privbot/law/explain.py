"""The dates in sentences for operators: which figure, from where, why not a day earlier."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from privbot.law.calendar import WorkingDays
from privbot.law.model import Promise
from privbot.law.periods import Period
from privbot.law.reckoning import Case, Reckoned
from privbot.law.tables import Cited, Clock, Extension

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def sentences(case: Case, dates: Reckoned) -> Iterator[str]:
    """The whole reckoning, from receipt to "Due 7 April 2026, because …"."""
    clock, events = case.clock, case.events
    yield f"Received on {in_words(case.received_on)}, counted in {case.zone}; that day itself is not counted."
    yield from _clock(clock, case.started, dates.first, case.days)
    yield from _clarification(case, dates.standing)
    yield from _identity(case, dates)
    yield from _fee(case)
    if clock.extension and dates.extended:
        yield _extension(clock, clock.extension, dates.first, dates.extended, announced=events.extended)
    if dates.cautious:
        ends = f"Counted from the end of the first period, the extension ends on {in_words(dates.cautious)}"
        yield f"{ends}: work to that."
    if case.acknowledging and dates.acknowledged:
        length, rolled = _length(case.acknowledging, case.acknowledging.length), _why_rolled(dates.acknowledged, case.days)
        yield f"Acknowledge by {in_words(dates.acknowledged.end)}: {length}{rolled} {_source(case.acknowledging)}."
    if case.promise:
        yield _promise(case.promise, dates.promised)
    yield f"Due {in_words(dates.respond_by)}, because {_reason(case, dates)}."


def in_words(day: date) -> str:
    """7 April 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _clock(clock: Clock, started: date, first: Period, days: WorkingDays) -> Iterator[str]:
    name = "Internal target" if clock.internal_target else "Statute"
    ends = in_words(first.end) + _why_rolled(first, days)
    yield f"{name}: {_length(clock, clock.length)} from {in_words(started)} ends on {ends} {_source(clock)}."
    if clock.note:
        yield clock.note


def _clarification(case: Case, period: Period) -> Iterator[str]:
    """What asking back did to the period, or why nothing."""
    rule, events = case.law.clarification, case.events
    if events.clarification_asked is None:
        return
    yield f"{rule.note} {_source(rule)}"
    if case.right not in rule.rights:
        return
    if events.clarification_answered is None:
        yield f"Asked back on {in_words(events.clarification_asked)}: the dates move once the answer is here."
    for pause in period.pauses:
        yield f"Left out: {in_words(pause.first)} to {in_words(pause.last)}."


def _identity(case: Case, dates: Reckoned) -> Iterator[str]:
    """What waiting for proof of identity did to the clock, by either reading."""
    rule, events = case.law.identity, case.events
    asked, proven = events.identity_asked, events.identity_proven
    if asked is None and proven is None:
        return
    yield f"{rule.note} {_source(rule)}"
    if asked is not None and proven is None and case.clock.starts == "relevant-time":
        yield f"Proof was asked for on {in_words(asked)}: the dates move once it is here; until then work to these."
    elif dates.suspended:
        upto = f"had it come on {in_words(case.as_of)}" if proven is None and case.as_of else "with those days left out"
        yield f"By the other reading, {upto}, the statute's date is {in_words(dates.suspended.end)}; work to the earlier."
    elif asked is not None and proven is None and rule.suspends and asked <= dates.standing.counted:
        left = (dates.standing.counted - asked).days
        yield f"By the other reading, {_days(left)} are left from the day on which proof comes; work to the earlier."


def _fee(case: Case) -> Iterator[str]:
    if case.events.fee_paid is None:
        return
    fee = case.law.fees[case.granted.fee]
    if case.clock.starts == "relevant-time":
        yield f"The fee was paid on {in_words(case.events.fee_paid)}; the clock starts no earlier {_source(case.clock)}."
    else:
        yield f"The fee that was paid does not move this clock {_source(fee)}."


def _extension(clock: Clock, extension: Extension, first: Period, extended: Period, *, announced: bool) -> str:
    """What an extension does, or would do."""
    longer = f"by {_length(clock, extension.length)}, to {in_words(extended.end)} {_source(extension)}."
    return f"Extended {longer}" if announced else f"May be extended {longer} Announce it by {in_words(first.end)}."


def _promise(promise: Promise, promised: date | None) -> str:
    if promised is None:
        return f"The promise of {promise.days} days does not cover the extended time [{promise.source}]."
    return f"Promise: {in_words(promised)} [{promise.source}]."


def _reason(case: Case, dates: Reckoned) -> str:
    """Which figure decides, the statute's before the house's where both say the same day."""
    clock, events = case.clock, case.events
    if dates.respond_by == dates.standing.end:
        longer = clock.extension.length if events.extended and clock.extension else 0
        length = _length(clock, clock.length + longer)
        aim = "the house aims at" if clock.internal_target else "the statute gives"
        left_out = ", the days left out added" if dates.standing.pauses else ""
        rolled = _why_rolled(dates.standing, case.days)
        until = f", to the next working day{rolled}" if rolled else ""
        return f"{aim} {length} from {in_words(case.started)}{left_out}{until} {_source(clock)}"
    if dates.respond_by == dates.promised and case.promise:
        days = case.promise.extended_days if events.extended else case.promise.days
        return f"{_days(days or 0)} are promised, earlier than the statute requires [{case.promise.source}]"
    return f"the cautious reading of the extension ends then {_source(clock.extension or clock)}"


def _source(figure: Cited) -> str:
    return f"[{figure.source}]"


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def _length(clock: Clock, length: int) -> str:
    unit = {"months": "month", "days": "day", "working-days": "working day"}[clock.unit]
    return f"{length} {unit}" if length == 1 else f"{length} {unit}s"


def _why_rolled(period: Period, days: WorkingDays) -> str:
    """Names every closed day the period rolled over."""
    if period.counted == period.end:
        return ""
    rolled_over = (period.counted + timedelta(days=more) for more in range((period.end - period.counted).days))
    return f" ({', '.join(f'{in_words(day)} is {days.closed(day)}' for day in rolled_over)})"
