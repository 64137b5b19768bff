"""The clocks of one right under one regime: from the moment of receipt to the days by which things must be done.

Pure: the figures come from `regimes/*.toml`, and nobody asks what day it is.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import Enum
from typing import Final, Literal

from privbot.law import explain
from privbot.law.calendar import day_in, working_days
from privbot.law.model import Due, Events, Place, Promise
from privbot.law.periods import check_events, count, count_cautiously, count_extended, pause_of, promised_day, start_of
from privbot.law.regimes import Clock, Extension, default_promise
from privbot.law.regimes import regime as regime_named


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
) -> Due:
    """The clocks of one request.

    `received`: the moment our own mail server received the message, with a time zone; never the `Date` header.
    `place`: the controller's place for this regime; by default the regime file's.
    `promise`: what the controller promises for this regime; by default what the first controller does.
    `events`: what moved the clocks since, in days of that place.

    Raises UnknownRegime, RightNotGranted, NaiveTime, WrongPlace, EventsContradict, NoExtension.
    """
    law = regime_named(regime)
    granted = law.right(right)
    clock = law.clocks[granted.clock]
    acknowledging = law.clocks[granted.acknowledge] if granted.acknowledge else None
    promise = default_promise(regime) if promise is DEFAULT else promise
    place = place or law.place.place
    days = working_days(place.country, place.subdivision if law.place.holidays == "subdivision" else None)

    received_on = day_in(received, place.zone)
    check_events(events, received_on, clock)
    started = start_of(clock, received_on, events)
    pause = pause_of(events, started) if right in law.clarification.rights else None

    first = count(clock, clock.length, started, days, pause)
    extended = count_extended(clock, started, days, pause)
    cautious = count_cautiously(clock, started, days, pause)
    earlier = cautious.end if cautious and extended and cautious.end < extended.end else None
    acknowledge_by = None
    if acknowledging:
        acknowledge_by = count(acknowledging, acknowledging.length, start_of(acknowledging, received_on, events), days).end
    promised = promised_day(promise, received_on, events.extended)

    standing = extended if extended and events.extended else first
    respond_by = _earliest(standing.end, promised, earlier if events.extended else None)

    sentences = [explain.explain_receipt(received_on, place.zone)]
    sentences += explain.explain_clock(clock, started, first, days)
    sentences += explain.explain_events(law, right, events, standing)
    if clock.extension and extended:
        sentences.append(explain.explain_extension(clock, clock.extension, first, extended, events.extended))
    if earlier:
        sentences.append(explain.explain_cautious(earlier))
    if acknowledging and acknowledge_by:
        sentences.append(explain.explain_acknowledgment(acknowledging, acknowledge_by))
    if promise:
        sentences.append(explain.explain_promise(promise, promised))
    sentences.append(explain.explain_due(respond_by, standing.end))

    behind: dict[str, Clock | Extension | Promise | None] = {
        "internal target" if clock.internal_target else "statute": clock,
        "extension": clock.extension,
        "acknowledgment": acknowledging,
        "promise": promise,
    }
    figures = {name: figure for name, figure in behind.items() if figure}
    return Due(
        acknowledge_by=acknowledge_by,
        statute=standing.end,
        promise=promised,
        respond_by=respond_by,
        alarm=respond_by - timedelta(days=law.alarm.days_before),
        extend_by=first.end if extended else None,
        extended=extended.end if extended else None,
        cautious=earlier,
        sources=(f"right: {granted.article}", *(f"{name}: {figure.source}" for name, figure in figures.items())),
        explanation=tuple(sentences),
        confirmed=all(figure.confirmed for figure in figures.values()),
        internal_target=clock.internal_target,
    )


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
    }


def _earliest(*days: date | None) -> date:
    return min(day for day in days if day is not None)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
