"""Days in a place: which day a moment is, working days, months.

Holidays come from the `holidays` library; Saturday and Sunday are never working days (Reg. 1182/71 Art 3(4)).
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

from privbot.law.errors import NaiveTime, WrongPlace

_DAY = timedelta(days=1)
_WEEKEND = {5: "Saturday", 6: "Sunday"}


def day_in(moment: datetime, zone_name: str) -> date:
    """The calendar day of a moment in a time zone: 22:30Z on 31 May is 1 June in Vienna. Raises NaiveTime, WrongPlace."""
    if moment.utcoffset() is None:
        raise NaiveTime
    return moment.astimezone(zone(zone_name)).date()


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """An IANA time zone; raises WrongPlace."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise WrongPlace(f"there is no time zone {name!r}; give an IANA name such as Europe/Vienna") from error


def add_months(day: date, months: int) -> date:
    """The same date number so many months later, or the last day of a shorter month (Reg. 1182/71 Art 3(2)(c))."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The working days of a country, with its part where that counts."""

    country: str
    subdivision: str | None = None

    def closed(self, day: date) -> str | None:
        """Why nobody works on this day ("Sunday", "Easter Monday"), or None on a working day."""
        return _WEEKEND.get(day.weekday()) or _holidays(self.country, self.subdivision, day.year).get(day)

    def roll(self, day: date) -> date:
        """The day itself if it is a working day, otherwise the next one."""
        while self.closed(day):
            day += _DAY
        return day

    def after(self, day: date, count: int) -> date:
        """The last of so many working days after a day, which itself is not counted."""
        for _ in range(count):
            day = self.roll(day + _DAY)
        return day


@lru_cache(maxsize=64)
def working_days(country: str, subdivision: str | None = None) -> WorkingDays:
    """The working days of a place; raises WrongPlace where the library knows no such country or subdivision."""
    try:
        holidays.country_holidays(country, subdiv=subdivision)
    except NotImplementedError as error:
        where = f"{country}-{subdivision}" if subdivision else country
        raise WrongPlace(
            f"the holidays of {where} are not known; give codes of the holidays library such as GB and ENG"
        ) from error
    return WorkingDays(country, subdivision)


@lru_cache(maxsize=512)
def _holidays(country: str, subdivision: str | None, year: int) -> dict[date, str]:
    """Public holidays of one year, days off in lieu included. Cached, because building a year is dear."""
    return dict(holidays.country_holidays(country, subdiv=subdivision, years=year, language="en_US").items())
