"""What the list of all that needs a person is narrowed to: by columns alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import Exists, Manager, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from privbot.records.listing_rows import Kind
from privbot.records.models import Letter, Request, Review
from privbot.records.search import Found

LIKELY = 0.5
"""A review is listed under a category from this score on."""
WEEK = timedelta(days=7)


class Due(StrEnum):
    """When it is due, as a filter. `week`: on one of the seven days that begin today."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; an empty value narrows nothing."""

    kind: str = ""
    controller: str = ""
    category: str = ""
    code: str = ""
    """Why it is here: a reason of a review, or the state of a letter."""
    language: str = ""
    owner: str = ""
    """A person's name, or `unassigned`."""
    due: str = ""
    """One of Due; counted from the `today` of the question."""
    found: Found | None = None
    """What a search found (`records.search`)."""

    @property
    def lets_closed_through(self) -> bool:
        """A search finds what is closed as well, unless it is narrowed to a kind, a date or a reason: only what is open has these."""
        return self.found is not None and not (self.kind or self.due or self.code)


def narrowed(kind: Kind, rows: QuerySet, filters: Filters, *, due: str, today: date) -> QuerySet:
    """Rows of one kind that the filters let through; `due`: the column of their date."""
    if filters.due:
        rows = rows.filter(**_due(due, Due(filters.due), today))
    narrow = {Kind.REVIEW: _reviews, Kind.LETTER: _letters, Kind.REQUEST: _requests, Kind.TICKET: _closed_tickets}[kind]
    return narrow(rows, filters)


def of_found(rows: QuerySet, controllers: Sequence[str]) -> QuerySet:
    """What a search found of these controllers. It is few, and by number: said so that no index on the controller looks better than the numbers."""
    return rows.annotate(its=Concat("controller", Value(""))).filter(its__in=controllers)


def _due(column: str, due: Due, today: date) -> dict[str, date]:
    match due:
        case Due.OVERDUE:
            return {f"{column}__lt": today}
        case Due.TODAY:
            return {column: today}
        case Due.WEEK:
            return {f"{column}__gte": today, f"{column}__lt": today + WEEK}


def _reviews(rows: QuerySet, filters: Filters) -> QuerySet:
    if filters.category:
        rows = rows.filter(**{f"categories__{filters.category}__gte": LIKELY})
    if filters.code:
        # As text, because SQLite cannot ask what a list holds.
        rows = rows.annotate(codes_text=Cast("codes", TextField())).filter(codes_text__contains=f'"{filters.code}"')
    if filters.language:
        rows = rows.filter(mail__language=filters.language)
    if filters.owner:
        rows = rows.filter(owner=filters.owner)
    if filters.found:
        rows = _found(rows, Review.objects, filters.found)
    return rows


def _letters(rows: QuerySet, filters: Filters) -> QuerySet:
    asked = Request.objects.filter(ticket=OuterRef("ticket"), state__in=Request.ACTIVE)
    if filters.category:
        rows = rows.filter(Exists(asked.filter(category=filters.category)))
    if filters.code:
        rows = rows.filter(state=filters.code)
    if filters.language:
        rows = rows.filter(ticket__language=filters.language)
    if filters.owner:
        rows = rows.filter(Exists(asked.filter(owner=filters.owner)))
    if filters.found:
        rows = rows.filter(id__in=Letter.objects.filter(ticket__in=filters.found.tickets).values("id"))
    return rows


def _requests(rows: QuerySet, filters: Filters) -> QuerySet:
    if filters.code:
        return rows.none()
    if filters.category:
        rows = rows.filter(category=filters.category)
    if filters.language:
        rows = rows.filter(ticket__language=filters.language)
    if filters.owner:
        rows = rows.filter(owner=filters.owner)
    if filters.found:
        rows = _found(rows, Request.objects, filters.found)
    return rows


def _closed_tickets(rows: QuerySet, filters: Filters) -> QuerySet:
    asked = Request.objects.filter(ticket=OuterRef("id"))
    if filters.category:
        rows = rows.filter(Exists(asked.filter(category=filters.category)))
    if filters.language:
        rows = rows.filter(language=filters.language)
    if filters.owner:
        rows = rows.filter(Exists(asked.filter(owner=filters.owner)))
    return rows.filter(id__in=filters.found.tickets) if filters.found else rows.none()


def _found(rows: QuerySet, every: Manager, found: Found) -> QuerySet:
    """Those of a search, by number: told as "this mail or this ticket", the database would walk through all that waits in the order of its dates."""
    of_mails, of_tickets = every.filter(mail__in=found.mails), every.filter(ticket__in=found.tickets)
    return rows.filter(id__in=of_mails.values("id").union(of_tickets.values("id")))
