"""Counting a clock out: where it starts, what is left out, where it ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from privbot.law.calendar import WorkingDays, add_months
from privbot.law.errors import EventsContradict, NoExtension
from privbot.law.model import Events, Promise
from privbot.law.regimes import Clock


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
    pause: Pause | None = None
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
    if events.extended and clock.extension is None:
        raise NoExtension


def start_of(clock: Clock, received_on: date, events: Events) -> date:
    """The day the clock starts from, itself not counted."""
    if clock.starts == "receipt":
        return received_on
    return max(day for day in (received_on, events.identity_proven, events.fee_paid) if day)


def pause_of(events: Events, started: date) -> Pause | None:
    """The days from asking back to the answer, as far as the clock had started; None while unanswered, as no end is known."""
    asked, answered = events.clarification_asked, events.clarification_answered
    if asked is None or answered is None or answered < started:
        return None
    return Pause(max(asked, started), answered)


def count(clock: Clock, length: int, started: date, days: WorkingDays, pause: Pause | None = None) -> Period:
    """So many of the clock's units after a start, less a pause that begins before the period is over.

    The pause is added before rolling: a Saturday moved by eleven days is a Wednesday, and a Wednesday does not roll.
    """
    counted = _forward(clock, length, started, days)
    period = _rolled(clock, counted, days)
    if pause and pause.first <= period.end:
        return _rolled(clock, counted + pause.length, days, pause)
    return period


def count_extended(clock: Clock, started: date, days: WorkingDays, pause: Pause | None) -> Period | None:
    """The period with its extension, counted in one from the start; None where the clock knows none."""
    if clock.extension is None:
        return None
    return count(clock, clock.length + clock.extension.length, started, days, pause)


def count_cautiously(clock: Clock, started: date, days: WorkingDays, pause: Pause | None) -> Period | None:
    """The extension counted from where the first period ends by number: 31 January, 28 February, 28 April.

    None where the regime knows one reading only.
    """
    if clock.extension is None or not clock.extension.cautious:
        return None
    return count(clock, clock.extension.length, _forward(clock, clock.length, started, days), days, pause)


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


def _rolled(clock: Clock, counted: date, days: WorkingDays, pause: Pause | None = None) -> Period:
    return Period(counted, days.roll(counted) if clock.roll else counted, pause)
