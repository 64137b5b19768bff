"""One right with its figures, place and events → every date it has. `clocks.py` asks, `explain.py` puts the answer in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from privbot.law.calendar import WorkingDays
from privbot.law.model import Events, Promise
from privbot.law.periods import (
    Pause,
    Period,
    asking_back,
    count,
    count_cautiously,
    count_extended,
    promised_day,
    start_of,
    waiting_for_proof,
)
from privbot.law.tables import Clock, Regime, Right


@dataclass(frozen=True, slots=True)
class Case:
    """What is reckoned with."""

    law: Regime
    right: str
    received_on: date
    zone: str
    days: WorkingDays
    promise: Promise | None
    events: Events
    as_of: date | None
    """The day up to which asked proof of identity is being waited for."""

    @property
    def granted(self) -> Right:
        return self.law.rights[self.right]

    @property
    def clock(self) -> Clock:
        return self.law.clocks[self.granted.clock]

    @property
    def acknowledging(self) -> Clock | None:
        return self.law.clocks[self.granted.acknowledge] if self.granted.acknowledge else None

    @property
    def started(self) -> date:
        return start_of(self.clock, self.received_on, self.events)

    @property
    def pauses(self) -> tuple[Pause, ...]:
        """The days that are left out, whatever the reading."""
        pause = asking_back(self.events, self.started) if self.right in self.law.clarification.rights else None
        return (pause,) if pause else ()

    @property
    def waiting(self) -> Pause | None:
        """The days that are left out only by the reading in which waiting for proof of identity suspends the clock."""
        may_suspend = self.law.identity.suspends and self.clock.starts == "receipt"
        return waiting_for_proof(self.events, self.as_of) if may_suspend else None


@dataclass(frozen=True, slots=True)
class Reckoned:
    """Every date of a case."""

    first: Period
    extended: Period | None
    """With the extension, announced or not."""
    cautious: date | None
    """The extended date by the cautious reading, where that is earlier."""
    standing: Period
    """The first or the extended period, as things stand."""
    suspended: Period | None
    acknowledged: Period | None
    promised: date | None
    respond_by: date


def reckon(case: Case) -> Reckoned:
    """Count every clock of a case."""
    clock, days, pauses = case.clock, case.days, case.pauses
    first = count(clock, clock.length, case.started, days, pauses)
    extended = count_extended(clock, case.started, days, pauses)
    cautious = count_cautiously(clock, case.started, days, pauses)
    earlier = cautious.end if cautious and extended and cautious.end < extended.end else None
    standing = extended if extended and case.events.extended else first
    promised = promised_day(case.promise, case.received_on, case.events.extended)
    counting = (standing.end, promised, earlier if case.events.extended else None)
    return Reckoned(
        first=first,
        extended=extended,
        cautious=earlier,
        standing=standing,
        suspended=_suspended(case, standing),
        acknowledged=_acknowledged(case),
        promised=promised,
        respond_by=min(day for day in counting if day is not None),
    )


def _suspended(case: Case, standing: Period) -> Period | None:
    if case.waiting is None or case.waiting.first > standing.end:
        return None
    pauses = (*case.pauses, case.waiting)
    if case.events.extended:
        return count_extended(case.clock, case.started, case.days, pauses)
    return count(case.clock, case.clock.length, case.started, case.days, pauses)


def _acknowledged(case: Case) -> Period | None:
    clock = case.acknowledging
    if clock is None:
        return None
    return count(clock, clock.length, start_of(clock, case.received_on, case.events), case.days)
