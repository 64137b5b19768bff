"""The clocks as a person asks for them: "received on 5 March", without an hour."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from privbot.errors import WrongUse
from privbot.law import regimes
from privbot.law.clocks import due
from privbot.law.model import Due, Events, Place, Promise


class NotAMoment(WrongUse):
    """When it was received is a day such as 2026-03-05, or a moment with its time zone such as 2026-03-05T22:30:00Z."""

    code = "not-a-moment"


def clocks_for(
    regime: str, right: str, received: str, *, place: Place | None, promise: Promise | None, default_promise: bool, events: Events,
    as_of: date | None = None,
) -> Due:  # fmt: skip
    """The clocks of a right as asked for: where the regime has another name for it, under that name.

    Raises NotAMoment and what `due` raises.
    """
    named = regimes.equivalent(regime, right) or right
    zone = (place or regimes.regime(regime).place.place).zone
    moment = _moment(received, zone)
    return due(
        regime, named, moment, place=place, promise=regimes.default_promise(regime) if default_promise else promise, events=events,
        as_of=as_of,
    )  # fmt: skip


def _moment(text: str, zone: str) -> datetime:
    try:
        if len(text) == len("2026-03-05"):
            # A bare day is that day where days are counted; noon is safely inside it.
            return datetime.combine(date.fromisoformat(text), time(12), ZoneInfo(zone))
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise NotAMoment from None
    if moment.tzinfo is None:
        raise NotAMoment
    return moment
