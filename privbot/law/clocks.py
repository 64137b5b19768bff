"""The clocks of one right under one regime: from the moment of receipt to the days by which things must be done.

Pure: the figures come from `regimes/*.toml`, and nobody asks what day it is.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import Enum
from typing import Final, Literal

from privbot.law import explain
from privbot.law.calendar import day_in, working_days
from privbot.law.errors import EventsContradict, LateExtension, NoExtension
from privbot.law.model import Announcement, Due, Events, Place, Promise
from privbot.law.periods import check_events
from privbot.law.reckoning import Case, reckon
from privbot.law.regimes import default_promise
from privbot.law.regimes import regime as regime_named
from privbot.law.tables import Clock, Extension


class Default(Enum):
    """Stands for "what the first controller's notice promises"; None already means that nothing is promised."""

    PROMISE = "promise"


DEFAULT: Final = Default.PROMISE
NOTHING_HAPPENED: Final = Events()


def due(
    regime: str,
    right: str,
    received: datetime,
    *,
    place: Place | None = None,
    promise: Promise | Literal[Default.PROMISE] | None = DEFAULT,
    events: Events = NOTHING_HAPPENED,
    as_of: date | None = None,
) -> Due:
    """The clocks of one request.

    `received`: the moment our own mail server received the message, with a time zone; never the `Date` header.
    `place`: the controller's place for this regime; by default the regime file's.
    `promise`: what the controller promises for this regime; by default what the first controller does.
    `events`: what moved the clocks since, in days of that place.
    `as_of`: the day, in that place, up to which asked proof of identity is being waited for; only `suspended` depends on it.

    Raises UnknownRegime, RightNotGranted, NaiveTime, WrongPlace, EventsContradict, NoExtension.
    """
    case = _case(regime, right, received, place, promise, events, as_of)
    dates = reckon(case)
    behind = _figures_behind(case)
    return Due(
        acknowledge_by=dates.acknowledged.end if dates.acknowledged else None,
        statute=dates.standing.end,
        promise=dates.promised,
        respond_by=dates.respond_by,
        alarm=dates.respond_by - timedelta(days=case.law.alarm.days_before),
        extend_by=dates.first.end if dates.extended else None,
        extended=dates.extended.end if dates.extended else None,
        cautious=dates.cautious,
        sources=(f"right: {case.granted.article}", *(f"{name}: {figure.source}" for name, figure in behind.items())),
        explanation=tuple(explain.sentences(case, dates)),
        confirmed=all(figure.confirmed for figure in behind.values()),
        internal_target=case.clock.internal_target,
        suspended=dates.suspended.end if dates.suspended else None,
    )


def extension(
    regime: str,
    right: str,
    received: datetime,
    announced: date,
    *,
    place: Place | None = None,
    events: Events = NOTHING_HAPPENED,
    override: str = "",
) -> Announcement:
    """Whether an extension announced on a day, in the regime's place, counts, and where it leads.

    `events`: what moved the clock up to then. `override`: why it shall count although it is late; an operator's own reason.

    Raises LateExtension, which names the last day, NoExtension, EventsContradict and what `due` raises.
    """
    case = _case(regime, right, received, place, None, events, None)
    dates = reckon(case)
    if dates.extended is None:
        raise NoExtension
    if announced < case.received_on:
        raise EventsContradict("the extension was announced before the request was received")
    late = announced > dates.first.end
    if late and not override.strip():
        raise LateExtension(announced, dates.first.end)
    return Announcement(announced, dates.first.end, dates.cautious or dates.extended.end, override.strip() if late else "")


def _case(
    regime: str,
    right: str,
    received: datetime,
    place: Place | None,
    promise: Promise | Literal[Default.PROMISE] | None,
    events: Events,
    as_of: date | None,
) -> Case:
    law = regime_named(regime)
    law.right(right)
    place = place or law.place.place
    case = Case(
        law=law,
        right=right,
        received_on=day_in(received, place.zone),
        zone=place.zone,
        days=working_days(place.country, place.subdivision if law.place.holidays == "subdivision" else None),
        promise=default_promise(regime) if promise is DEFAULT else promise,
        events=events,
        as_of=as_of,
    )
    check_events(events, case.received_on, case.clock)
    return case


def _figures_behind(case: Case) -> dict[str, Clock | Extension | Promise]:
    figures: dict[str, Clock | Extension | Promise | None] = {
        "internal target" if case.clock.internal_target else "statute": case.clock,
        "extension": case.clock.extension,
        "acknowledgment": case.acknowledging,
        "promise": case.promise,
    }
    return {name: figure for name, figure in figures.items() if figure}


def as_json(dates: Due) -> dict[str, str | bool | list[str] | None]:
    """What `privbot due --json` prints: ISO dates or null."""
    return {
        "acknowledge_by": _iso(dates.acknowledge_by),
        "statute": _iso(dates.statute),
        "promise": _iso(dates.promise),
        "respond_by": _iso(dates.respond_by),
        "alarm": _iso(dates.alarm),
        "extend_by": _iso(dates.extend_by),
        "extended": _iso(dates.extended),
        "cautious": _iso(dates.cautious),
        "sources": list(dates.sources),
        "explanation": list(dates.explanation),
        "confirmed": dates.confirmed,
        "internal_target": dates.internal_target,
        "suspended": _iso(dates.suspended),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
