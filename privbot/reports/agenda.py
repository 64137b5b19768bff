"""All days to keep, nearest first, and how many fall on each day of a month: what the page Deadlines shows.

A day stands here as long as somebody can still do something about it. An answer, an acknowledgment and a review stay until they are done,
however late; the last day to announce an extension, an alarm before a due date, and the end of a challenge are over when they have passed.

Every kind of day is one source that the database orders and cuts by itself: a page asks seven times, and reads no more than it shows.
Days are calendar days in the place of the regime; a challenge's is that of UTC.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import merge
from itertools import islice
from typing import Literal, get_args

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from privbot.casework.lifecycle import Step
from privbot.records.models import Challenge, Letter, Request, Review, StepTaken
from privbot.records.open_dates import NOT_LEFT, untold_requests

Kind = Literal["acknowledge-by", "respond-by", "extend-by", "alarm", "review", "challenge"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose days: those of some controllers, and of them what is asked for."""

    controllers: Sequence[str]
    kinds: Sequence[Kind] = KINDS
    owner: str = ""
    """Who is in charge; empty: whoever. A challenge belongs to those who are in charge of its ticket's requests."""
    first: date | None = None
    last: date | None = None
    """Both days included."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the agenda ended."""

    day: date
    source: int
    number: int


@dataclass(frozen=True, slots=True)
class Deadline:
    """One day to keep. Nothing in it says who asks."""

    kind: Kind
    day: date
    controller: str
    reference: str
    """Of the ticket; empty for a review of a mail that has none."""
    number: int
    """Of the request, review or challenge."""
    right: str
    """Empty where it is not about one request."""
    regime: str
    owner: str
    minor: bool
    place: Place
    """To go on behind this one."""


@dataclass(frozen=True, slots=True)
class _Source:
    """One kind of day in the database: rows with a `day`."""

    kind: Kind
    rows: QuerySet
    columns: tuple[str, ...]
    """Controller, reference, right, regime, owner, minor; empty where there is none."""


def agenda(scope: Scope, *, now: datetime, after: Place | None = None, limit: int = 50) -> list[Deadline]:
    """At most `limit` days, nearest first; behind `after` where a page goes on. `now` is UTC."""
    found = [_read(number, source, after, limit) for number, source in _sources(scope, now)]
    return list(islice(merge(*found, key=lambda one: (one.day, one.place.source, one.number)), limit))


def days_of(scope: Scope, *, now: datetime) -> dict[date, dict[Kind, int]]:
    """How many days of each kind fall on each day from `scope.first` to `scope.last`. `now` is UTC."""
    counts: dict[date, dict[Kind, int]] = defaultdict(dict)
    for _, source in _sources(scope, now):
        for day, number in source.rows.order_by().values("day").annotate(number=Count("id")).values_list("day", "number"):
            counts[day][source.kind] = counts[day].get(source.kind, 0) + number
    return dict(counts)


def weeks_of(month: date) -> list[list[date]]:
    """The weeks of a month, Monday first, filled up with days of the months around it."""
    first = month.replace(day=1)
    start = first - timedelta(days=first.weekday())
    after = (first + timedelta(days=32)).replace(day=1)
    return [[start + timedelta(days=week + day) for day in range(7)] for week in range(0, (after - start).days, 7)]


def _read(number: int, source: _Source, after: Place | None, limit: int) -> Iterator[Deadline]:
    rows = source.rows
    if after:
        behind = Q(day__gt=after.day)
        if number > after.source:
            behind = Q(day__gte=after.day)
        elif number == after.source:
            behind |= Q(day=after.day, id__gt=after.number)
        rows = rows.filter(behind)
    columns = [column for column in source.columns if column]
    for one in rows.order_by("day", "id").values("id", "day", *columns)[:limit]:
        controller, reference, right, regime, owner, minor = (one[column] if column else "" for column in source.columns)
        yield Deadline(
            source.kind, one["day"], controller, reference or "", one["id"], right, regime, owner, bool(minor),
            Place(one["day"], number, one["id"]),
        )  # fmt: skip


def _sources(scope: Scope, now: datetime) -> list[tuple[int, _Source]]:
    """The sources that are asked for, each cut to the scope, with its number – which stays the same whatever is asked for."""
    return [
        (number, _Source(one.kind, _within(one.rows, scope), one.columns))
        for number, one in enumerate((*_of_requests(scope, now), _of_reviews(scope), _of_challenges(scope, now)))
        if one.kind in scope.kinds
    ]


def _within(rows: QuerySet, scope: Scope) -> QuerySet:
    if scope.first:
        rows = rows.filter(day__gte=scope.first)
    return rows.filter(day__lte=scope.last) if scope.last else rows


def _of_requests(scope: Scope, now: datetime) -> Iterator[_Source]:
    columns = ("controller", "ticket__reference", "right", "regime", "owner", "ticket__minor")
    today = now.date()
    every = Request.objects.filter(controller__in=scope.controllers)
    closed = untold_requests().filter(controller__in=scope.controllers)
    if scope.owner:
        every, closed = every.filter(owner=scope.owner), closed.filter(owner=scope.owner)
    active = every.filter(state__in=Request.ACTIVE)
    acknowledged = Letter.objects.filter(
        ticket=OuterRef("ticket"), state=Letter.State.SENT, created_at__gte=OuterRef("mail__handled_at")
    )
    unannounced = StepTaken.objects.filter(request=OuterRef("pk"), step=Step.EXTEND, letter__state__in=NOT_LEFT)
    yield _Source("acknowledge-by", _on("acknowledge_by", active).filter(~Exists(acknowledged)), columns)
    yield _Source("respond-by", _on("respond_by", active), columns)
    yield _Source("respond-by", _on("respond_by", closed), columns)
    extendable = _on("extend_by", active).filter(Q(extended_on=None) | Exists(unannounced), extend_by__gte=today)
    yield _Source("extend-by", extendable, columns)
    yield _Source("alarm", _on("alarm", active).filter(alarm__gte=today, alarm__lt=F("respond_by")), columns)


def _of_reviews(scope: Scope) -> _Source:
    rows = Review.objects.filter(controller__in=scope.controllers, decided_at=None)
    if scope.owner:
        rows = rows.filter(owner=scope.owner)
    return _Source("review", _on("due", rows), ("controller", "ticket__reference", "", "", "owner", "ticket__minor"))


def _of_challenges(scope: Scope, now: datetime) -> _Source:
    rows = Challenge.objects.filter(ticket__controller__in=scope.controllers, state=Challenge.State.PENDING, expires_at__gte=now)
    if scope.owner:
        rows = rows.filter(Exists(Request.objects.filter(ticket=OuterRef("ticket"), owner=scope.owner)))
    columns = ("ticket__controller", "ticket__reference", "", "", "", "ticket__minor")
    return _Source("challenge", rows.annotate(day=TruncDate("expires_at")), columns)


def _on(field: str, rows: QuerySet) -> QuerySet:
    return rows.annotate(day=F(field)).exclude(day=None)
