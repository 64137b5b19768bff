"""A controller as configured → as casework knows it."""

from __future__ import annotations

from privbot.casework.model import Controller
from privbot.config import Config
from privbot.config import Controller as Settings
from privbot.errors import WrongUse
from privbot.law.model import Place, Promise
from privbot.law.regimes import regime as regime_named


class ControllerTakenOut(WrongUse):
    """Its controller was taken out of the settings: what is kept can be read, and no step can be taken."""

    code = "controller-taken-out"


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


def in_the_records(config: Config, identifier: str) -> Controller:
    """A controller whose tickets are looked at: of one that was taken out of the settings since, its id is all that is left."""
    settings = config.controllers.get(identifier)
    return for_casework(settings) if settings else Controller(identifier, identifier, (), ())


def zone_of(settings: Settings, regime: str) -> str:
    """The time zone in which a controller's days are counted under a regime."""
    place = settings.places.get(regime)
    return place.zone if place else regime_named(regime).place.zone


def home_zone(settings: Settings) -> str:
    """The time zone of what belongs to no regime: the digest, a review."""
    return zone_of(settings, settings.regimes[0])
