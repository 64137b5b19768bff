"""What can be asked of a controller: the laws that it answers under, and the rights that they grant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from privbot.law.regimes import regime
from privbot.reading.model import RIGHTS_BY_CATEGORY
from privbot.worker.controllers import in_the_records
from privbot.worker.office import Office


@dataclass(frozen=True, slots=True)
class Law:
    """A law that a mail may stand under."""

    regime: str
    confidence: float
    """0 where nothing in the mail speaks for it."""
    reasons: tuple[str, ...]
    rights: frozenset[str]


def laws(office: Office, controller: str, reading: Mapping[str, Any] | None = None) -> tuple[Law, ...]:
    """Every law that a controller answers under; the likeliest first, where a reading (`reading.contract`) guesses."""
    guesses = {one["regime"]: one for one in (reading or {}).get("regimes", ())}
    found = [_law(name, guesses.get(name, {})) for name in in_the_records(office.config, controller).regimes]
    return tuple(sorted(found, key=lambda one: -one.confidence))


def grantable(under: Iterable[Law]) -> dict[str, tuple[str, ...]]:
    """Category → the rights that one of these laws grants."""
    granted = frozenset().union(*(law.rights for law in under))
    sorted_by = {
        category: tuple(right for right in rights if right in granted) for category, rights in RIGHTS_BY_CATEGORY.items()
    }
    return {category: rights for category, rights in sorted_by.items() if rights}


def _law(name: str, guess: Mapping[str, Any]) -> Law:
    return Law(name, guess.get("confidence", 0.0), tuple(guess.get("reasons", ())), frozenset(regime(name).rights))
