"""The register of requests: what a controller shows its authority to prove that each was answered, and in time (GDPR Art 5(2), 12, 24)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from privbot.config import Config
from privbot.law.regimes import regime as regime_named
from privbot.records.sealing import Seals
from privbot.reports.requests import Told, told


@dataclass(frozen=True, slots=True)
class Entry:
    """One request. Days are calendar days in the place of its regime."""

    controller: str
    reference: str
    regime: str
    right: str
    article: str
    received: date
    due: date
    extended: date | None
    answered: date | None
    days: int | None
    in_time: bool | None
    """None while it is open, or its answer has not left."""
    outcome: str
    basis_of_refusal: str
    source: str
    verification: str
    verified: str


def register(
    config: Config, seals: Seals, *, regime: str = "gdpr", controllers: Collection[str] | None = None, since: date | None = None,
    until: date | None = None,
) -> Iterator[Entry]:  # fmt: skip
    """Every request under a regime received from one day to another, or ever; oldest first. Raises UnknownRegime, ConfigWrong."""
    requests = told(config, seals, regime, controllers)
    return (_entry(one) for one in requests if (since or date.min) <= one.received <= (until or date.max))


def _entry(one: Told) -> Entry:
    granted = regime_named(one.regime).rights.get(one.right)
    return Entry(
        controller=one.controller,
        reference=one.reference,
        regime=one.regime,
        right=one.right,
        article=granted.article if granted else "",
        received=one.received,
        due=one.due,
        extended=one.extended,
        answered=one.answered,
        days=one.days,
        in_time=one.in_time,
        outcome=one.outcome,
        basis_of_refusal=one.basis,
        source=one.basis_source,
        verification=one.verification,
        verified=one.verified,
    )
