"""A controller as configured → as casework knows it."""

from __future__ import annotations

from privbot.casework.model import Controller
from privbot.config import Controller as Settings
from privbot.law.model import Place, Promise


def for_casework(settings: Settings) -> Controller:
    """Only what decisions depend on; how letters look and leave stays in the configuration."""
    return Controller(
        id=settings.id,
        name=settings.name,
        addresses=settings.addresses,
        regimes=settings.regimes,
        challenge=settings.challenge,
        places={regime: Place(place.zone, place.country, place.subdivision) for regime, place in settings.places.items()},
        promises={
            regime: Promise(promised.days, f"notice of {settings.name}", promised.extended_days)
            for regime, promised in settings.promises.items()
        },
    )
