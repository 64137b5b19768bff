"""Counting a clock out: where it starts, what is left out, where it ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from privbot.law.calendar import WorkingDays, add_months
from privbot.law.errors import EventsContradict, NoExtension
from privbot.law.model import Events, Promise
from privbot.law.tables import Clock


@dataclass(frozen=True, slots=True)
class Pause:
    """Days that do not count, both included."""

    first: date
    last: date

    @property
    def length(self) -> timedelta:
        return self.last - self.first + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A period counted out."""

    counted: date
    """Where it ends by its number alone."""
    end: date
    """Where it ends after rolling to a working day."""
    pauses: tuple[Pause, ...] = ()
    """The days left out, where they lay in the period."""


def check_events(events: Events, received_on: date, clock: Clock) -> None:
    """Raises EventsContradict, NoExtension."""
    asked, answered = events.clarification_asked, events.clarification_answered
    if asked and asked < received_on:
        raise EventsContradict("clarification was asked before the request was received")
    if answered and not asked:
        raise EventsContradict("clarification was answered but never asked")
    if asked and answered and answered < asked:
        raise EventsContradict("clarification was answered before it was asked")
    if events.identity_asked and events.identity_asked < received_on:
        raise EventsContradict("proof of identity was asked before the request was received")
    if events.identity_asked and events.identity_proven and events.identity_proven < events.identity_asked:
        raise EventsContradict("identity was proven before proof was asked")
    if events.extended and clock.extension is None:
        raise NoExtension


def start_of(clock: Clock, received_on: date, events: Events) -> date:
    """The day the clock starts from, itself not counted."""
    if clock.starts == "receipt":
        return received_on
    return max(day for day in (received_on, events.identity_proven, events.fee_paid) if day)


def asking_back(events: Events, started: date) -> Pause | None:
    """The days from asking back to the answer, as far as the clock had started; None while unanswered, as no end is known."""
    asked, answered = events.clarification_asked, events.clarification_answered
    if asked is None or answered is None or answered < started:
        return None
    return Pause(max(asked, started), answered)


def waiting_for_proof(events: Events, as_of: date | None) -> Pause | None:
    """The days after asking for proof of identity to the day it came, or so far to `as_of`; None where no day was waited."""
    asked, until = events.identity_asked, events.identity_proven or as_of
    if asked is None or until is None or until <= asked:
        return None
    return Pause(asked + timedelta(days=1), until)


def count(clock: Clock, length: int, started: date, days: WorkingDays, pauses: Sequence[Pause] = ()) -> Period:
    """So many of the clock's units after a start, less the pauses that begin before the period is over.

    A pause is added before rolling: a Saturday moved by eleven days is a Wednesday, and a Wednesday does not roll.
    """
    period = _rolled(clock, _forward(clock, length, started, days), days)
    for pause in _joined(pauses):
        if pause.first <= period.end:
            period = _rolled(clock, period.counted + pause.length, days, (*period.pauses, pause))
    return period


def count_extended(clock: Clock, started: date, days: WorkingDays, pauses: Sequence[Pause]) -> Period | None:
    """The period with its extension, counted in one from the start; None where the clock knows none."""
    if clock.extension is None:
        return None
    return count(clock, clock.length + clock.extension.length, started, days, pauses)


def count_cautiously(clock: Clock, started: date, days: WorkingDays, pauses: Sequence[Pause]) -> Period | None:
    """The extension counted from where the first period ends by number: 31 January, 28 February, 28 April.

    None where the regime knows one reading only.
    """
    if clock.extension is None or not clock.extension.cautious:
        return None
    return count(clock, clock.extension.length, _forward(clock, clock.length, started, days), days, pauses)


def promised_day(promise: Promise | None, received_on: date, extended: bool) -> date | None:
    """The day the controller promised; never rolled. None where nothing is promised, or not for the extended time."""
    if promise is None:
        return None
    length = promise.extended_days if extended else promise.days
    return None if length is None else received_on + timedelta(days=length)


def _forward(clock: Clock, length: int, started: date, days: WorkingDays) -> date:
    if clock.unit == "months":
        return add_months(started, length)
    if clock.unit == "working-days":
        return days.after(started, length)
    return started + timedelta(days=length)


def _rolled(clock: Clock, counted: date, days: WorkingDays, pauses: tuple[Pause, ...] = ()) -> Period:
    return Period(counted, days.roll(counted) if clock.roll else counted, pauses)


def _joined(pauses: Iterable[Pause]) -> list[Pause]:
    """In order, those that overlap made one: no day is left out twice."""
    joined: list[Pause] = []
    for pause in sorted(pauses, key=lambda one: one.first):
        if joined and pause.first <= joined[-1].last:
            joined[-1] = Pause(joined[-1].first, max(joined[-1].last, pause.last))
        else:
            joined.append(pause)
    return joined
