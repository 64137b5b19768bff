"""20,000 requests drawn at random – regime, right, moment of receipt, events, place, promise – and reckoned a second time.

The second reckoning shares nothing with `privbot.law` but the `holidays` library's dates and the time zone database: its figures are
written down here once more from the text of the laws, and it counts by walking from day to day.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from walking import IsOpen, days_later, months_later, next_open, open_days, open_days_later, walk

from privbot.law.clocks import due
from privbot.law.model import Events, Place, Promise
from privbot.law.regimes import regimes, use_folder

HOW_MANY = 20_000
ROUNDS = 20

Counted = Literal["months", "days", "open days"]


@dataclass(frozen=True)
class Rule:
    """One law's way to count one right, written down a second time."""

    length: int
    counted: Counted
    longer: int = 0
    """How much an extension adds."""
    rolls: bool = False
    restarts: bool = False
    """At proof of identity and fee."""
    leaves_out: bool = False
    """The days from asking back to the answer."""
    cautious: bool = False
    suspended: bool = False
    """The other reading, in which waiting for proof stops the clock."""
    acknowledge: tuple[int, Counted] | None = None
    alarm: int = 1


EUROPE = Rule(1, "months", longer=2, rolls=True, cautious=True, suspended=True)
EUROPE_ONCE = replace(EUROPE, longer=0, cautious=False)
BRITAIN = Rule(1, "months", longer=2, rolls=True, restarts=True)
BRITAIN_ONCE = Rule(1, "months", rolls=True)
CALIFORNIA = Rule(45, "days", longer=45, acknowledge=(10, "open days"))
CALIFORNIA_OPTING_OUT = Rule(15, "open days")
JAPAN, SHINE, BRAZIL = Rule(14, "days"), Rule(30, "days"), Rule(15, "days", alarm=2)
VIRGINIA = Rule(45, "days", longer=45)

MONTH_RIGHTS = (
    "access", "rectification", "erasure", "restriction", "portability", "objection", "direct-marketing", "automated-decision"
)  # fmt: skip
RULES: dict[tuple[str, str], Rule] = {
    **{("gdpr", right): EUROPE for right in MONTH_RIGHTS},
    **{("gdpr", right): EUROPE_ONCE for right in ("consent-withdrawal", "complaint")},
    **{("uk-gdpr", right): BRITAIN for right in MONTH_RIGHTS},
    ("uk-gdpr", "access"): replace(BRITAIN, leaves_out=True),
    ("uk-gdpr", "consent-withdrawal"): BRITAIN_ONCE,
    ("uk-gdpr", "complaint"): replace(BRITAIN_ONCE, acknowledge=(30, "days")),
    **{("ccpa", right): CALIFORNIA for right in ("know-categories", "know-specific", "erasure", "rectification")},
    **{("ccpa", right): CALIFORNIA_OPTING_OUT for right in ("opt-out-of-sale", "limit-sensitive", "automated-decision")},
    ("shine-the-light", "shine-the-light"): SHINE,
    **{("appi", right): JAPAN for right in
       ("access", "third-party-records", "rectification", "erasure", "stop-use", "complaint")},
    **{("vcdpa", right): VIRGINIA for right in ("access", "rectification", "erasure", "portability", "opt-out-of-sale")},
    ("vcdpa", "complaint"): Rule(60, "days"),
    **{("lgpd", right): BRAZIL for right in
       ("access", "rectification", "restriction", "portability", "erasure", "third-party-records", "consent-withdrawal",
        "objection", "automated-decision")},
}  # fmt: skip

HOME = {
    "gdpr": Place("Europe/Vienna", "AT"), "uk-gdpr": Place("Europe/London", "GB", "ENG"),
    "ccpa": Place("America/Los_Angeles", "US", "CA"), "shine-the-light": Place("America/Los_Angeles", "US", "CA"),
    "appi": Place("Asia/Tokyo", "JP"), "vcdpa": Place("America/New_York", "US", "VA"),
    "lgpd": Place("America/Sao_Paulo", "BR", "SP"),
}  # fmt: skip
ELSEWHERE = (
    Place("Europe/Berlin", "DE", "BY"), Place("Europe/Paris", "FR"), Place("Europe/Lisbon", "PT"), Place("Europe/Helsinki", "FI"),
    Place("Europe/London", "GB", "SCT"), Place("America/New_York", "US", "NY"), Place("Pacific/Honolulu", "US", "HI"),
    Place("Pacific/Auckland", "NZ"), Place("Australia/Adelaide", "AU", "SA"),
)  # fmt: skip
WHOLE_COUNTRY_ONLY = ("ccpa", "shine-the-light", "lgpd")
"""Business days there leave out the country's holidays, not those of a part of it."""
PROMISED = {"gdpr": Promise(30, "its notice"), "ccpa": Promise(45, "its notice", 90)}

OPEN: dict[tuple[str, str | None], IsOpen] = {
    (place.country, part): open_days(place.country, part)
    for place in (*HOME.values(), *ELSEWHERE)
    for part in {place.subdivision, None}
}


@dataclass(frozen=True)
class Asked:
    """One request as drawn."""

    regime: str
    right: str
    received: datetime
    place: Place | None
    promise: Promise | None
    told_promise: bool
    events: Events
    as_of: date | None


def draw(chance: random.Random) -> Asked:
    regime, right = chance.choice(list(RULES))
    rule = RULES[regime, right]
    place = chance.choice(ELSEWHERE) if chance.random() < 0.3 else None
    zone = ZoneInfo((place or HOME[regime]).zone)
    # Half of them within an hour of a midnight there, where a day is easily missed.
    midnight = datetime.combine(days_later(date(2020, 1, 1), chance.randrange(7300)), datetime.min.time(), zone)
    seconds = chance.randint(-3600, 3600) if chance.random() < 0.5 else chance.randrange(86_400)
    received = midnight.astimezone(UTC) + timedelta(seconds=seconds)
    there = received.astimezone(zone).date()

    def later(chances: float, longest: int, start: date = there, earliest: int = 0) -> date | None:
        return days_later(start, chance.randint(earliest, longest)) if chance.random() < chances else None

    asked = later(0.4, 100)
    answered = later(0.7, 60, asked) if asked else None
    identity_asked = later(0.4, 60)
    proven = later(0.7, 60, identity_asked) if identity_asked else later(0.2, 60, earliest=-20)
    as_of = later(0.5, 40, identity_asked, earliest=-5) if identity_asked else None
    events = Events(
        extended=bool(rule.longer) and chance.random() < 0.4,
        clarification_asked=asked, clarification_answered=answered,
        identity_asked=identity_asked, identity_proven=proven, fee_paid=later(0.2, 60, earliest=-20),
    )  # fmt: skip
    told = chance.random() < 0.5
    promise = chance.choice((None, Promise(chance.randint(1, 100), "p"), Promise(20, "p", chance.randint(20, 120))))
    return Asked(regime, right, received, place, promise, told, events, as_of)


def day_there(moment: datetime, zone: str) -> date:
    """By the offset from UTC, not by asking for the date."""
    offset = moment.astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None
    return date.fromordinal(date(1970, 1, 1).toordinal() + int((moment.timestamp() + offset.total_seconds()) // 86_400))


def reckon(asked: Asked) -> dict[str, date | None]:
    """The second reckoning."""
    rule, events = RULES[asked.regime, asked.right], asked.events
    place = asked.place or HOME[asked.regime]
    is_open = OPEN[place.country, None if asked.regime in WHOLE_COUNTRY_ONLY else place.subdivision]
    received = day_there(asked.received, place.zone)

    start = received
    if rule.restarts:
        for moment in (events.identity_proven, events.fee_paid):
            start = moment if moment and moment > start else start

    left_out: set[date] = set()
    if rule.leaves_out and events.clarification_asked and events.clarification_answered:
        left_out = every_day(max(events.clarification_asked, start), events.clarification_answered)
    waited: set[date] = set()
    until = events.identity_proven or asked.as_of
    if rule.suspended and events.identity_asked and until:
        waited = every_day(walk(events.identity_asked), until)

    def end(numbered: date, without: set[date]) -> date:
        """From the end by number: later by the days left out if the first of them still lies in the period; then rolled."""
        rolled = next_open(numbered, is_open) if rule.rolls else numbered
        if not without or min(without) > rolled:
            return rolled
        for _ in without:
            numbered = walk(numbered)
        return next_open(numbered, is_open) if rule.rolls else numbered

    first = end(forward(start, rule.length, rule.counted, is_open), left_out)
    longer = end(forward(start, rule.length + rule.longer, rule.counted, is_open), left_out) if rule.longer else None
    cautious = None
    if rule.cautious:
        once_more = months_later(months_later(start, rule.length), rule.longer)
        cautious = end(once_more, left_out)
        cautious = cautious if longer and cautious < longer else None
    statute = longer if events.extended and longer else first

    promise = asked.promise if asked.told_promise else PROMISED.get(asked.regime)
    promised_days = promise and (promise.extended_days if events.extended else promise.days)
    promised = days_later(received, promised_days) if promised_days else None
    respond_by = statute
    for other in (promised, cautious if events.extended else None):
        respond_by = other if other and other < respond_by else respond_by

    suspended = None
    if waited and min(waited) <= statute:
        length = rule.length + (rule.longer if events.extended else 0)
        suspended = end(forward(start, length, rule.counted, is_open), waited)

    return {
        "acknowledge_by": forward(received, *rule.acknowledge, is_open) if rule.acknowledge else None,
        "statute": statute,
        "promise": promised,
        "respond_by": respond_by,
        "alarm": days_later(respond_by, -rule.alarm),
        "extend_by": first if rule.longer else None,
        "extended": longer,
        "cautious": cautious,
        "suspended": suspended,
    }


def forward(start: date, length: int, counted: Counted, is_open: IsOpen) -> date:
    if counted == "months":
        return months_later(start, length)
    if counted == "open days":
        return open_days_later(start, length, is_open)
    return days_later(start, length)


def every_day(first: date, last: date) -> set[date]:
    days, day = set(), first
    while day <= last:
        days.add(day)
        day = walk(day)
    return days


@pytest.fixture(scope="module", autouse=True)
def with_own_laws():  # type: ignore[no-untyped-def]
    use_folder(Path(__file__).parent / "proof")
    yield
    use_folder(None)


def test_every_right_of_every_law_is_drawn_from() -> None:
    assert set(RULES) == {(name, right) for name, law in regimes().items() for right in law.rights}


@pytest.mark.parametrize("number", range(ROUNDS))
def test_both_reckonings_agree(number: int) -> None:
    chance = random.Random(number)
    differences = []
    for _ in range(HOW_MANY // ROUNDS):
        asked = draw(chance)
        promise = {"promise": asked.promise} if asked.told_promise else {}
        answer = due(
            asked.regime, asked.right, asked.received, place=asked.place, events=asked.events, as_of=asked.as_of, **promise
        )  # type: ignore[arg-type]
        second = reckon(asked)
        if {name: getattr(answer, name) for name in second} != second:
            differences.append((asked, answer, second))
    assert not differences, (len(differences), differences[0])
