"""The calendar by walking from day to day: shares no code with `privbot.law` but the `holidays` library's dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import holidays

IsOpen = Callable[[date], bool]
YEARS = range(2015, 2046)


def open_days(country: str, subdivision: str | None = None) -> IsOpen:
    closed = set(holidays.country_holidays(country, subdiv=subdivision, years=YEARS))
    return lambda day: day.isoweekday() <= 5 and day not in closed


def walk(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def months_later(start: date, months: int) -> date:
    """The last day of the month so many months on whose number is not above the start's."""
    passed, day, best = 0, start, None
    while passed <= months:
        following = walk(day)
        if following.month != day.month:
            passed += 1
        day = following
        if passed == months and day.day <= start.day:
            best = day
    assert best is not None
    return best


def next_open(day: date, is_open: IsOpen) -> date:
    while not is_open(day):
        day = walk(day)
    return day


def open_days_later(start: date, count: int, is_open: IsOpen) -> date:
    day = start
    while count:
        day = walk(day)
        count -= is_open(day)
    return day


def days_later(start: date, count: int) -> date:
    return date.fromordinal(start.toordinal() + count)


def paused(end: date, first: date, last: date) -> date:
    """One day later for every day from first to last."""
    day = first
    while day <= last:
        end, day = walk(end), walk(day)
    return end
