"""How often, and until when, a right can be asked for. The figures are the law's and the notice's and are passed in; here is only counting.

Whether a limit is used at all is an operator's decision: these checks say what may be refused, and refuse nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from privbot.law.calendar import add_months


@dataclass(frozen=True, slots=True)
class PastRequest:
    """An earlier request of the same person to the same controller."""

    regime: str
    right: str
    received: date
    """In the regime's place."""
    fulfilled: bool
    """Answered in whole or in part; a denied or withdrawn one uses nothing up."""


def answered_since(history: Iterable[PastRequest], regime: str, rights: Collection[str], since: date) -> int:
    """How many requests for any of these rights were answered, of those received on or after a day."""
    return sum(past.fulfilled and past.regime == regime and past.right in rights and past.received >= since for past in history)


def asked_too_often(history: Iterable[PastRequest], regime: str, rights: Collection[str], answers: int, since: date) -> bool:
    """Whether one more request is more than the law makes a controller answer: `answers` in the time since a day."""
    return answered_since(history, regime, rights, since) >= answers


def retention_is_over(last_contact: date, received: date, years: int) -> bool:
    """Whether so many years had passed since the account was closed or the last contact, when the request came."""
    return received > add_months(last_contact, 12 * years)
