"""How often, and until when, a right can be asked for. The figures are the law's and the notice's; here is only what happened before.

Whether a limit is used at all is an operator's decision: these checks say what may be refused, and refuse nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from privbot.law import limits as law
from privbot.law.calendar import add_months
from privbot.law.model import Limit


@dataclass(frozen=True, slots=True)
class PastRequest:
    """An earlier request of the same person to the same controller."""

    regime: str
    right: str
    received: date
    """In the regime's place."""
    fulfilled: bool
    """Answered in whole or in part; a denied or withdrawn one uses nothing up."""


def limit_reached(regime: str, right: str, received: date, history: Iterable[PastRequest]) -> Limit | None:
    """The limit that one more answer would go beyond, or None. `received`: in the regime's place.

    Raises UnknownRegime, RightNotGranted.
    """
    answered = [(past.right, past.received) for past in history if past.fulfilled and past.regime == regime]
    return law.limit_reached(regime, right, received, answered)


def retention_is_over(last_contact: date, received: date, years: int) -> bool:
    """Whether so many years had passed since the account was closed or the last contact, when the request came."""
    return received > add_months(last_contact, 12 * years)
