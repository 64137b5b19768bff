"""A request's clocks to scale: its dates, the days of waiting and today on one line, as plain data that a page draws.

Places on the line are percent of its length, from the first day shown to the last.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from privbot.casework.lifecycle import Case
from privbot.law.calendar import day_in
from privbot.law.regimes import regime

What = Literal["received", "acknowledge_by", "extend_by", "promise", "statute", "suspended", "respond_by", "today"]
Waiting = Literal["clarification", "identity"]
MARGIN = 3.0
"""Percent of the line left free at either end, so that the outermost marks are whole."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A day on the line, and everything that falls on it."""

    day: date
    what: tuple[What, ...]
    at: float
    away: int
    """Days from today; below zero: so many days ago."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Days on which the requester was waited for."""

    what: Waiting
    first: date
    last: date | None
    """None while the waiting goes on; it is drawn up to today."""
    at: float
    width: float
    counts: bool
    """The statute's period leaves the days out, or begins after them; False: the dates that are worked to do not move for it."""


@dataclass(frozen=True, slots=True)
class ClockDrawing:
    """All that is drawn, and the same in words."""

    marks: tuple[Mark, ...]
    """In order of their days."""
    waits: tuple[Wait, ...]
    elapsed: float
    """Where today is on the line."""
    due_at: float
    overdue: bool
    internal_target: bool
    """The law names no number of days: the statute's date is a target of the house."""
    explanation: tuple[str, ...]
    """The reckoning in sentences (`law.explain`)."""


def clock_drawing(case: Case, today: date) -> ClockDrawing:
    """The clocks of one request on a day in the place of its regime."""
    law = regime(case.regime)
    zone = (case.place or law.place.place).zone
    due = case.clocks
    received = day_in(case.received, zone)
    days: dict[What, date | None] = {
        "received": received, "acknowledge_by": due.acknowledge_by, "extend_by": due.extend_by, "promise": due.promise, "statute": due.statute,
        "suspended": due.suspended, "respond_by": due.respond_by, "today": today,
    }  # fmt: skip
    if case.events.extended:
        days["extend_by"] = None
    known = {what: day for what, day in days.items() if day is not None}
    scale = _Scale(min(known.values()), max(known.values()))
    return ClockDrawing(
        marks=tuple(
            Mark(day, tuple(what for what, other in known.items() if other == day), scale.at(day), (day - today).days)
            for day in sorted(set(known.values()))
        ),
        waits=tuple(_waits(case, today, scale)),
        elapsed=scale.at(today), due_at=scale.at(due.respond_by), overdue=case.active and today > due.respond_by,
        internal_target=due.internal_target, explanation=due.explanation,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Scale:
    """The line from its first to its last day."""

    first: date
    last: date

    def at(self, day: date) -> float:
        length = max((self.last - self.first).days, 1)
        return round(MARGIN + (day - self.first).days / length * (100 - 2 * MARGIN), 2)

    def width(self, first: date, last: date) -> float:
        """Of the days from `first` to `last`, both included, as far as they lie on the line."""
        first, last = max(first, self.first), min(last + timedelta(days=1), self.last)
        return round(max(self.at(last) - self.at(first), 0.0), 2)


def _waits(case: Case, today: date, scale: _Scale) -> list[Wait]:
    events, law = case.events, regime(case.regime)
    starts_with_proof = law.clocks[law.right(case.right).clock].starts == "relevant-time"
    spans: list[tuple[Waiting, date | None, date | None, bool]] = [
        ("clarification", events.clarification_asked, events.clarification_answered, case.right in law.clarification.rights),
        # Elsewhere the dates worked to do not move for it; the reading by which they would has a mark of its own, `suspended`.
        ("identity", events.identity_asked, events.identity_proven, starts_with_proof),
    ]
    return [
        Wait(what, first, last, scale.at(max(first, scale.first)), scale.width(first, last or today), counts)
        for what, first, last, counts in spans
        if first is not None
    ]
