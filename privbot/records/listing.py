"""One list of what needs a person – open reviews, letters that wait, active requests – nearest date first, urgent reviews before all. A search
finds closed tickets and decided reviews as well: they come last, what was closed last first.

Read by index, a page at a time, from columns alone; a sealed box is opened only for what is on the page. Each kind and each controller is asked
for its own first rows in the order of the list, all in one question, so that a page costs the same however many tickets there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import TruncDate

from privbot.errors import WrongUse
from privbot.records.listing_filters import Filters, narrowed, of_found
from privbot.records.listing_rows import CLOSED, UNASSIGNED, Chosen, Kind, Row, filled
from privbot.records.models import IncomingMail, Letter, Request, Review, Ticket
from privbot.records.sealing import Seals

PAGE = 50
COUNTED = 1000
"""Counts stop here: more is "1,000+"."""


class PlaceUnknown(WrongUse):
    """That place in the list is not one of ours; begin at the top of the list."""

    code = "place-unknown"


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of the list. `after`: the place to go on from; empty on the last page."""

    rows: tuple[Row, ...]
    after: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much waits, each counted up to one more than COUNTED."""

    reviews: int
    letters: int
    requests: int
    overdue: int
    """Reviews and requests."""
    mine: int
    unassigned: int
    newest: int = 0
    """Number of the newest mail that was handled by then, for `has_come`."""


@dataclass(frozen=True, slots=True)
class _Source:
    """One kind of row: where it lies and under which names."""

    kind: Kind
    rows: QuerySet
    due: str
    rank: int = 1
    """0: before all others, whenever they are due; CLOSED: after them, newest first."""

    @property
    def newest_first(self) -> bool:
        return self.rank == CLOSED


_Question = tuple[str, tuple[Any, ...]]
"""SQL and its parameters."""


def page(
    filters: Filters, controllers: Sequence[str] | None, seals: Seals, *, today: date, after: str = "", size: int = PAGE
) -> Page:
    """The first rows, or those after a place. `controllers`: whose rows may be seen; None: everybody's. `today`: the day of who asks.

    Raises PlaceUnknown.
    """
    chosen = _first(filters, controllers, today, _place(after) if after else None, size + 1)
    rows = filled(chosen[:size], seals)
    return Page(rows, rows[-1].place if len(chosen) > size else "")


def counts(controllers: Sequence[str] | None, *, me: str, today: date) -> Counts:
    """How much waits for these controllers; `me`: whose own."""
    scoped = [_of(source.rows, controllers) for source in _sources(urgent_apart=False)]
    reviews, letters, requests = scoped
    questions = {
        "reviews": [reviews],
        "letters": [letters],
        "requests": [requests],
        "overdue": [reviews.filter(due__lt=today), requests.filter(respond_by__lt=today)],
        "mine": [reviews.filter(owner=me), requests.filter(owner=me)],
        "unassigned": [reviews.filter(owner=UNASSIGNED), requests.filter(owner=UNASSIGNED)],
    }
    parts, params = [], []
    for asked in questions.values():
        counted = [question for rows in asked if (question := _sql(rows.values("id")[: COUNTED + 1]))]
        parts.append(" + ".join(["0", *(f"(SELECT count(*) FROM ({sql}) AS few)" for sql, _ in counted)]))  # noqa: S608 – Django's own SQL
        params += [value for _, values in counted for value in values]
    newest = IncomingMail.objects.filter(state=IncomingMail.State.HANDLED).order_by("-id").values("id")[:1]
    sql, values = newest.query.sql_with_params()
    parts.append(f"({sql})")
    params += values
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        *found, last = cursor.fetchone()
    return Counts(**{name: min(count, COUNTED + 1) for name, count in zip(questions, found, strict=True)}, newest=last or 0)


def has_come(controllers: Sequence[str] | None, *, after: int) -> bool:
    """Whether a mail later than this one has brought something for the list. What a person's own decision makes of a mail is nothing new to them."""
    reviews, letters, requests = (_of(source.rows, controllers) for source in _sources(urgent_apart=False))
    return (
        reviews.filter(mail__gt=after).exists()
        or letters.filter(cause__gt=after).exists()
        or requests.filter(mail__gt=after).exists()
    )


# -- which rows ----------------------------------------------------------------------------------------------------------


class _Literal(Value):
    """A constant that stands in the question itself: only then does SQLite see that a partial index answers it."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return f"'{self.value}'", []


def _sources(*, urgent_apart: bool = True) -> list[_Source]:
    reviews = Review.objects.filter(decided_at=None)
    letters = Letter.objects.filter(state__in=[_Literal(state) for state in Letter.WAITING])
    requests = Request.objects.filter(state__in=[_Literal(state) for state in Request.ACTIVE])
    by_urgency = [
        _Source(Kind.REVIEW, reviews.filter(urgent=True), "due", rank=0),
        _Source(Kind.REVIEW, reviews.filter(urgent=False), "due"),
    ]
    return [
        *(by_urgency if urgent_apart else [_Source(Kind.REVIEW, reviews, "due")]),
        _Source(Kind.LETTER, letters, "due"),
        _Source(Kind.REQUEST, requests, "respond_by"),
    ]


def _closed_sources() -> list[_Source]:
    """What needs nobody any more. A decided review whose mail lies on a ticket is found as that ticket."""
    # One question for two things: the request that ends last is one that has not ended, if there is one.
    last = Request.objects.filter(ticket=OuterRef("id")).order_by(F("closed_at").desc(nulls_first=True)).values("closed_at")[:1]
    tickets = Ticket.objects.filter(merged_into=None, erased_at=None).annotate(closed=TruncDate(Subquery(last)))
    reviews = Review.objects.filter(mail__ticket=None).annotate(closed=TruncDate("decided_at"))
    return [
        _Source(Kind.REVIEW, reviews.exclude(closed=None), "closed", CLOSED),
        _Source(Kind.TICKET, tickets.exclude(closed=None), "closed", CLOSED),
    ]


def _of(rows: QuerySet, controllers: Sequence[str] | None) -> QuerySet:
    return rows if controllers is None else rows.filter(controller__in=controllers)


def _first(filters: Filters, controllers: Sequence[str] | None, today: date, after: Chosen | None, limit: int) -> list[Chosen]:
    """The first places of the list, in one question."""
    if filters.controller:
        controllers = [one for one in (filters.controller,) if controllers is None or one in controllers]

    def arms(sources: Sequence[_Source]) -> Iterator[_Question]:
        for source in sources:
            rows = _from(source, narrowed(source.kind, source.rows, filters, due=source.due, today=today), after)
            per_controller = [rows] if controllers is None else [rows.filter(controller=one) for one in controllers]
            if filters.found and controllers is not None:
                per_controller = [of_found(rows, controllers)]
            for one in per_controller if filters.kind in ("", source.kind) else []:
                if question := _sql(_in_order(one, source)[:limit]):
                    yield question

    lists = [(list(arms(_sources())), "1, 2, 3, 4")]
    if filters.lets_closed_through:
        lists.append((list(arms(_closed_sources())), "1, 2 DESC, 3, 4 DESC"))
    cut = [
        _cut(_together(questions[start : start + 400]), order, limit)  # SQLite puts at most 500 questions together
        for questions, order in lists
        for start in range(0, len(questions), 400)
    ]
    if not cut:
        return []
    with connection.cursor() as cursor:
        cursor.execute(*_together(cut))
        chosen = [(rank, _day(due), list(Kind)[kind].value, number) for rank, due, kind, number in cursor.fetchall()]
    return sorted(chosen, key=_key)[:limit]


def _together(questions: Sequence[_Question]) -> _Question:
    """The answers to all of them."""
    sql = " UNION ALL ".join(f"SELECT * FROM ({one}) AS arm" for one, _ in questions)  # noqa: S608 – Django's own SQL
    return sql, tuple(value for _, values in questions for value in values)


def _cut(question: _Question, order: str, limit: int) -> _Question:
    """The first of its answers in this order."""
    sql, values = question
    return f"{sql} ORDER BY {order} LIMIT %s", (*values, limit)


def _key(place: Chosen) -> tuple[int, int, int, int]:
    rank, due, kind, number = place
    direction = -1 if rank == CLOSED else 1
    return rank, direction * due.toordinal(), list(Kind).index(Kind(kind)), direction * number


def _in_order(rows: QuerySet, source: _Source) -> QuerySet:
    rank = Value(source.rank, IntegerField())
    kind = Value(list(Kind).index(source.kind), IntegerField())
    order = (f"-{source.due}", "-id") if source.newest_first else (source.due, "id")
    return rows.order_by(*order).annotate(rank=rank, kind=kind).values_list("rank", source.due, "kind", "id")


def _from(source: _Source, rows: QuerySet, after: Chosen | None) -> QuerySet:
    """What comes after a place, said so that the index begins there."""
    if after is None:
        return rows
    rank, due, kind, number = after
    if source.rank != rank:
        return rows if source.rank > rank else rows.none()
    past = "lt" if source.newest_first else "gt"
    if source.kind == kind:
        further = Q(**{f"{source.due}__{past}": due}) | Q(**{source.due: due, f"id__{past}": number})
        return rows.filter(further, **{f"{source.due}__{past}e": due})
    order = list(Kind)
    comes_later = order.index(source.kind) > order.index(Kind(kind))
    return rows.filter(**{f"{source.due}__{past}e" if comes_later else f"{source.due}__{past}": due})


def _place(text: str) -> Chosen:
    match text.split("."):
        case [("0" | "1" | "2") as rank, due, kind, number] if kind in list(Kind) and number.isdecimal():
            try:
                return int(rank), date.fromisoformat(due), kind, int(number)
            except ValueError:
                raise PlaceUnknown from None
    raise PlaceUnknown


def _day(due: date | str) -> date:
    """SQLite gives the dates of a question of this kind as text."""
    return date.fromisoformat(due) if isinstance(due, str) else due


def _sql(rows: QuerySet) -> _Question | None:
    """A question as SQL with its parameters; None if it can have no answer."""
    try:
        return rows.query.sql_with_params()  # type: ignore[no-any-return]
    except EmptyResultSet:
        return None
