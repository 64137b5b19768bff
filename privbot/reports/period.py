"""A period to report on: whole days, first to last, and the weeks or months that it falls into."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from typing import Literal

from privbot.errors import WrongUse
from privbot.law.calendar import add_months

By = Literal["week", "month"]
DAY = timedelta(days=1)
FURTHEST_ZONE = timedelta(hours=14)
"""No place is further from UTC than this: Kiritimati."""

MOST_YEARS = 10
"""So that a page of weeks stays one that a person can look through."""


class PeriodWrong(WrongUse):
    """Write a period as 2026, 2026-Q4, 2026-11, 2026-W47, or as two days: 2026-11-01..2026-11-30."""

    code = "period-wrong"


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, both ends included; in whose place, says whoever counts."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        """As `period` reads it."""
        return f"{self.first.isoformat()}..{self.last.isoformat()}"

    def moments(self) -> tuple[datetime, datetime]:
        """From and before, in UTC: every moment that falls on one of these days somewhere on Earth."""
        start, end = (datetime.combine(day, time(), UTC) for day in (self.first, self.last))
        return start - FURTHEST_ZONE, end + DAY + FURTHEST_ZONE

    def parts(self, by: By) -> Iterator[date]:
        """The first day of each week (Monday) or month that the period touches, in order."""
        day = start_of(self.first, by)
        while day <= self.last:
            yield day
            day = day + 7 * DAY if by == "week" else add_months(day, 1)


def start_of(day: date, by: By) -> date:
    """The Monday of its week, or the first of its month."""
    return day - day.weekday() * DAY if by == "week" else day.replace(day=1)


def period(text: str) -> Period:
    """A year, quarter, month or ISO week, or two days. Raises PeriodWrong."""
    found = re.fullmatch(r"(\d{4})(?:-(?:Q([1-4])|W(\d{2})|(\d{2})))?", text.strip())
    try:
        if not found:
            first, _, last = text.partition("..")
            return between(date.fromisoformat(first.strip()), date.fromisoformat(last.strip()))
        year, quarter, week, month = (int(part) if part else None for part in found.groups())
        assert year is not None
        if week:
            monday = date.fromisocalendar(year, week, 1)
            return between(monday, monday + 6 * DAY)
        start = date(year, month or 3 * (quarter or 1) - 2, 1)
        return between(start, add_months(start, 1 if month else 3 if quarter else 12) - DAY)
    except (ValueError, OverflowError):
        raise PeriodWrong from None


def between(first: date, last: date) -> Period:
    """Two days and what lies between. Raises PeriodWrong."""
    if first > last:
        raise PeriodWrong(f"{first.isoformat()} is later than {last.isoformat()}; the first day comes first.")
    if not MINYEAR < first.year <= last.year < MAXYEAR:
        raise PeriodWrong
    if last >= add_months(first, 12 * MOST_YEARS):
        raise PeriodWrong(f"A period is {MOST_YEARS} years at most; take a shorter one.")
    return Period(first, last)
