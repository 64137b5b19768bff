"""Dates as people write them in the thirteen languages."""

from __future__ import annotations

import re
from datetime import date

MONTHS = {
    "jan": 1, "ene": 1, "gen": 1, "sty": 1, "led": 1, "tam": 1, "feb": 2, "fev": 2, "lut": 2, "uno": 2, "hel": 2, "mar": 3,
    "mrt": 3, "maa": 3, "bre": 3, "apr": 4, "avr": 4, "abr": 4, "kwi": 4, "dub": 4, "huh": 4, "may": 5, "mai": 5, "mag": 5,
    "mei": 5, "maj": 5, "kve": 5, "tou": 5, "jun": 6, "giu": 6, "cze": 6, "kes": 6, "jul": 7, "lug": 7, "lip": 7, "hei": 7, "aug": 8,
    "aou": 8, "ago": 8, "sie": 8, "srp": 8, "elo": 8, "sep": 9, "set": 9, "wrz": 9, "zar": 9, "syy": 9, "oct": 10, "okt": 10, "ott": 10,
    "out": 10, "paz": 10, "rij": 10, "lok": 10, "nov": 11, "lis": 11, "dec": 12, "dez": 12, "dic": 12, "gru": 12, "pro": 12,
    "jou": 12, "juin": 6, "juil": 7, "cerv": 6, "cervenc": 7, "marra": 11,
}  # fmt: skip
"""The first letters of month names in the thirteen languages, folded: three, or more where three are two months'."""

_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
"""The year before each Japanese era's first (元年)."""
_ERA = re.compile(r"(明治|大正|昭和|平成|令和) ?(元|\d{1,2})年 ?(\d{1,2})月 ?(\d{1,2})日?")
_YEAR_FIRST = re.compile(r"\b(\d{4})[-./年] ?(\d{1,2})[-./月] ?(\d{1,2})")
_NUMBERS = re.compile(r"\b(\d{1,2})[./-] ?(\d{1,2})[./-] ?(\d{4})\b")
_DAY_MONTH = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th|\.|er|º)?[ ,]*(?:de |of )?([^\W\d_]{3,})\.?,? (?:de )?(\d{4})\b")
_MONTH_DAY = re.compile(r"\b([^\W\d_]{3,})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b")


def parse_date(text: str) -> date | None:
    """The first date in a folded text; day first, except where the month can only be first. None if there is none."""
    if match := _ERA.search(text):
        year = _ERAS[match[1]] + (1 if match[2] == "元" else int(match[2]))
        return _date(year, int(match[3]), int(match[4]))
    if match := _YEAR_FIRST.search(text):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := _NUMBERS.search(text):
        day, month, year = int(match[1]), int(match[2]), int(match[3])
        return _date(year, month, day) or _date(year, day, month)
    if match := _DAY_MONTH.search(text):
        return _date(int(match[3]), month_of(match[2]), int(match[1]))
    if match := _MONTH_DAY.search(text):
        return _date(int(match[3]), month_of(match[1]), int(match[2]))
    return None


def month_of(word: str) -> int:
    """The number of the month that a folded word names or abbreviates; 0 if it names none."""
    return next((MONTHS[word[:length]] for length in (7, 5, 4, 3) if word[:length] in MONTHS), 0)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
