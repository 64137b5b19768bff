"""Numbers as forms and addresses carry them: anybody can write anything there."""

from __future__ import annotations

FEWER_DIGITS_THAN = 19
"""Any number with fewer fits into a column of 64 bits; with a larger one SQLite fails."""


def number_in(told: str) -> int | None:
    """The number that this text is; None where it is none, or larger than any of ours."""
    return int(told) if told.isdecimal() and len(told) < FEWER_DIGITS_THAN else None
