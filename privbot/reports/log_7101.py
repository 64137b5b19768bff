"""The log of consumers' requests that 11 CCR §7101 wants kept for at least 24 months, and used for nothing else.

Erasing a ticket leaves its requests in the log: what the log says of them names nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from privbot.config import Config
from privbot.records.sealing import Seals
from privbot.reports.requests import Told, told

CALIFORNIA = "ccpa"


@dataclass(frozen=True, slots=True)
class Entry:
    """One request: §7101(b). Days are California's, or those of the controller's place."""

    controller: str
    reference: str
    received: date
    nature: str
    manner: str
    answered: date | None
    answer: str
    basis_of_denial: str
    source: str


def log(
    config: Config, seals: Seals, *, controllers: Collection[str] | None = None, since: date | None = None, until: date | None = None
) -> Iterator[Entry]:  # fmt: skip
    """Every request received from one day to another, or ever; oldest first. Raises ConfigWrong."""
    requests = told(config, seals, CALIFORNIA, controllers)
    return (_entry(one) for one in requests if (since or date.min) <= one.received <= (until or date.max))


def _entry(one: Told) -> Entry:
    manner = "e-mail, through an authorized agent" if one.through_agent else "e-mail"
    return Entry(
        one.controller, one.reference, one.received, one.right, manner, one.answered, one.outcome, one.basis, one.basis_source
    )
