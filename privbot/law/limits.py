"""How often a right must be answered to one person: a figure of the regime, counted over days that the caller knows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from privbot.law.calendar import add_months
from privbot.law.model import Limit
from privbot.law.regimes import regime as regime_named
from privbot.law.tables import LimitRule


def limits(regime: str, right: str, received_on: date) -> tuple[Limit, ...]:
    """Every limit on a right, looking back from the day a request was received (in the regime's place).

    Raises UnknownRegime, RightNotGranted.
    """
    law = regime_named(regime)
    law.right(right)
    return tuple(
        Limit(name, tuple(rule.rights), rule.answers, _since(rule, received_on), rule.source, rule.note, rule.confirmed)
        for name, rule in law.limits_of(right).items()
    )


def limit_reached(regime: str, right: str, received_on: date, earlier: Collection[tuple[str, date]]) -> Limit | None:
    """The limit that a request received on a day goes beyond, or None.

    `earlier`: the right and day of receipt of the same person's earlier requests to the same controller under this regime that were
    answered. Several rights asked on one day are one request. Raises UnknownRegime, RightNotGranted.
    """
    for limit in limits(regime, right, received_on):
        counted = {day for asked, day in earlier if asked in limit.rights and limit.since <= day < received_on}
        if len(counted) >= limit.answers:
            return limit
    return None


def _since(rule: LimitRule, received_on: date) -> date:
    """Twelve months back from 20 November begin on 21 November: what was received on the 20th of the year before is out of them."""
    if rule.months is None:
        return date(received_on.year, 1, 1)
    return add_months(received_on, -rule.months) + timedelta(days=1)
