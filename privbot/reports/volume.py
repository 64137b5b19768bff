"""How much came in, what it asked, and how quickly it was answered: figures of a period, per controller, regime and right.

A request counts in the period that it was received in. It is *answered* once the letter left that tells of its outcome; its days run from
receipt to that day, in the place of its regime, and what was withdrawn was not answered. *Overdue* is what is not answered on a day after its
due date. On time is the share of what was answered in time, of all that was answered or is overdue. Erased tickets count: their rows stay.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from math import ceil
from statistics import median
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import TruncDate

from privbot.casework.lifecycle import Dropped
from privbot.config import Config
from privbot.law.calendar import day_in
from privbot.records.models import IncomingMail, Request, StepTaken
from privbot.reports.period import By, Period, start_of
from privbot.reports.requests import CLOSING_STEPS, ROWS_AT_ONCE, Outcome, answered_at, outcome_of, zone_of

UNREAD = "und"
"""The language of a mail that was not read (BCP 47: undetermined)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What counts of one request. Days are calendar days in the place of its regime."""

    controller: str
    regime: str
    right: str
    category: str
    language: str
    received: date
    due: date
    answered: date | None
    outcome: Outcome
    today: date

    @property
    def days(self) -> int | None:
        """How long the answer took; None where there is none, or the request was withdrawn."""
        return (self.answered - self.received).days if self.answered and self.outcome != "withdrawn" else None

    @property
    def overdue(self) -> bool:
        return self.answered is None and self.outcome != "withdrawn" and self.due < self.today


@dataclass(frozen=True)
class Measures:
    """Counts of some requests. received = in_time + late + withdrawn + open; overdue is a part of open."""

    received: int
    in_time: int
    late: int
    withdrawn: int
    open: int
    overdue: int
    median_days: float | None
    p90_days: int | None
    """Nine of ten answers took no longer (nearest rank)."""
    on_time: float | None
    """A share from 0 to 1; None where nothing was answered and nothing is overdue."""

    @property
    def answered(self) -> int:
        return self.in_time + self.late


@dataclass(frozen=True)
class Whose:
    """One right under one regime of one controller."""

    controller: str
    regime: str
    right: str


@dataclass(frozen=True)
class Line(Measures, Whose):
    """The measures of one right under one regime of one controller."""


@dataclass(frozen=True, slots=True)
class Part:
    """One week or month: what was received in it. Mails are counted by UTC days, requests by those of their regime's place."""

    starts: date
    mails: int
    requests: int
    in_time: int
    late: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Share:
    """How many requests have this controller, regime, right, category or language; of mails, what became of how many."""

    of: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Volume:
    """The figures of a period, as they stand at `as_of` (UTC)."""

    period: Period
    by: By
    as_of: datetime
    controllers: tuple[str, ...]
    total: Measures
    per: Mapping[str, Mapping[str, Measures]]
    """controller, regime, right → name → its measures, the most asked first."""
    lines: tuple[Line, ...]
    over_time: tuple[Part, ...]
    mix: Mapping[str, Mapping[str, int]]
    """category, right, language → name → requests; outcome → what became of mails. The most frequent first."""

    def shares(self) -> list[Share]:
        """The mix as a table."""
        return [Share(of, name, count) for of, counts in self.mix.items() for name, count in counts.items()]


def volume(
    config: Config, period: Period, *, now: datetime, by: By = "month", controllers: Collection[str] | None = None
) -> Volume:
    """The figures of a period, of these controllers or of all. `now` (UTC) tells what is overdue. Raises ConfigWrong.

    Two questions to the database, whatever is in it.
    """
    only = [config.named_controller(one).id for one in controllers] if controllers is not None else None
    requests, mails = list(_asked(config, period, only, now)), _mails(period, only)
    return reckon(
        requests, mails, period=period, by=by, now=now, controllers=sorted(config.controllers) if only is None else only
    )


def reckon(
    requests: Sequence[Asked], mails: Mapping[tuple[date, str], int], *, period: Period, by: By, now: datetime, controllers: Iterable[str]
) -> Volume:  # fmt: skip
    """The figures of these requests, and of mails counted by day and outcome."""
    names: dict[str, Callable[[Asked], str]] = {
        "controller": lambda one: one.controller, "regime": lambda one: one.regime, "right": lambda one: one.right,
    }  # fmt: skip
    outcomes: Counter[str] = Counter()
    for (_, outcome), count in mails.items():
        outcomes[outcome] += count
    return Volume(
        period=period,
        by=by,
        as_of=now,
        controllers=tuple(controllers),
        total=measure(requests),
        per={
            what: {name: measure(ones) for name, ones in _most_first(_grouped(requests, name_of))}
            for what, name_of in names.items()
        },
        lines=tuple(
            Line(*whose, *astuple(measure(ones)))
            for whose, ones in sorted(_grouped(requests, lambda one: (one.controller, one.regime, one.right)).items())
        ),
        over_time=tuple(_over_time(requests, mails, period, by)),
        mix={
            "category": _mix(one.category for one in requests),
            "right": _mix(one.right for one in requests),
            "language": _mix(one.language for one in requests),
            "outcome": dict(outcomes.most_common()),
        },
    )


def measure(requests: Sequence[Asked]) -> Measures:
    """The counts of some requests."""
    days = sorted(one.days for one in requests if one.days is not None)
    in_time = sum(one.days is not None and one.answered is not None and one.answered <= one.due for one in requests)
    overdue = sum(one.overdue for one in requests)
    withdrawn = sum(one.outcome == "withdrawn" for one in requests)
    reached = len(days) + overdue
    return Measures(
        received=len(requests),
        in_time=in_time,
        late=len(days) - in_time,
        withdrawn=withdrawn,
        open=len(requests) - len(days) - withdrawn,
        overdue=overdue,
        median_days=float(median(days)) if days else None,
        p90_days=days[ceil(0.9 * len(days)) - 1] if days else None,
        on_time=round(in_time / reached, 4) if reached else None,
    )


def _grouped(requests: Iterable[Asked], key: Callable[[Asked], Any]) -> dict[Any, list[Asked]]:
    groups: dict[Any, list[Asked]] = defaultdict(list)
    for one in requests:
        groups[key(one)].append(one)
    return groups


def _most_first(groups: Mapping[str, list[Asked]]) -> list[tuple[str, list[Asked]]]:
    return sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))


def _mix(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items(), key=lambda one: (-one[1], one[0])))


def _over_time(requests: Sequence[Asked], mails: Mapping[tuple[date, str], int], period: Period, by: By) -> Iterator[Part]:
    received = _grouped(requests, lambda one: start_of(one.received, by))
    counted: Counter[date] = Counter()
    for (day, _), count in mails.items():
        counted[start_of(day, by)] += count
    for start in period.parts(by):
        found = measure(received.get(start, []))
        yield Part(start, counted[start], found.received, found.in_time, found.late, found.overdue)


# -- what is read from the records -------------------------------------------------------------------------------------------


def _asked(config: Config, period: Period, controllers: Collection[str] | None, now: datetime) -> Iterator[Asked]:
    """The requests received in the period: one row each, no model made of it."""
    since, before = period.moments()
    last_closing = StepTaken.objects.filter(request=OuterRef("id"), step__in=CLOSING_STEPS).order_by("-id")
    rows = Request.objects.filter(received_at__gte=since, received_at__lt=before).exclude(state_reason__in=list(Dropped))
    if controllers is not None:
        rows = rows.filter(ticket__controller__in=controllers)
    rows = rows.annotate(
        of=F("ticket__controller"),
        written_in=F("ticket__language"),
        told_by=Subquery(last_closing.values("letter")[:1]),
        told_at=Subquery(last_closing.values("letter__sent_at")[:1]),
    )
    zones: dict[tuple[str, str], str] = {}
    for row in _each(rows):
        place = row["of"], row["regime"]
        zone = zones.get(place) or zones.setdefault(place, zone_of(config, *place))
        received = day_in(row["received_at"], zone)
        if received not in period:
            continue
        moment = answered_at(row["state"], row["closed_at"], row["told_at"], by_letter=row["told_by"] is not None)
        yield Asked(
            controller=row["of"],
            regime=row["regime"],
            right=row["right"],
            category=row["category"],
            language=row["written_in"],
            received=received,
            due=row["respond_by"],
            answered=day_in(moment, zone) if moment else None,
            outcome=outcome_of(row["state"], row["fulfilled"]),
            today=day_in(now, zone),
        )


def _each(rows: QuerySet[Request]) -> Iterator[dict[str, Any]]:
    wanted = (
        "of", "regime", "right", "category", "written_in", "received_at", "respond_by", "state", "fulfilled", "closed_at", "told_by", "told_at",
    )  # fmt: skip
    return iter(rows.order_by("id").values(*wanted).iterator(chunk_size=ROWS_AT_ONCE))


def _mails(period: Period, controllers: Collection[str] | None) -> dict[tuple[date, str], int]:
    """How many mails came in on each UTC day of the period, by outcome; what waits to be handled has none."""
    since, before = period.moments()
    rows = IncomingMail.objects.filter(received_at__gte=since, received_at__lt=before)
    if controllers is not None:
        rows = rows.filter(controller__in=controllers)
    counted = rows.annotate(day=TruncDate("received_at")).values("day", "outcome").annotate(count=Count("id")).order_by()
    return {(row["day"], row["outcome"] or "waiting"): row["count"] for row in counted if row["day"] in period}
