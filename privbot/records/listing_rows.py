"""What the list of all that needs a person shows of each row, and a search of what is closed. Here the sealed boxes of one page are opened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Q

from privbot.errors import PrivbotError
from privbot.records.cases import requester_of
from privbot.records.models import NO_DATE, Letter, Request, Review, Ticket
from privbot.records.queue import ERASED, reading_of
from privbot.records.sealing import Seals

UNASSIGNED = "unassigned"
CLOSED = 2
"""The rank of what needs nobody any more; before it come 0, what is urgent, and 1."""


class Kind(StrEnum):
    """What a row is, in the order of the list on one day."""

    REVIEW = "review"
    LETTER = "letter"
    REQUEST = "request"
    TICKET = "ticket"
    """One that is closed: only a search finds it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that needs a person."""

    kind: Kind
    id: int
    due: date | None
    urgent: bool
    controller: str
    reference: str
    """Of its ticket; empty for a review of a mail that has none."""
    who: str
    categories: Mapping[str, float]
    """Category → score; 1 where it is decided."""
    language: str
    codes: tuple[str, ...]
    """Why it is here: reasons of a review, state of a letter, state of a request."""
    owner: str
    mail: int | None = None
    acknowledge_by: date | None = None
    right: str = ""
    regime: str = ""
    letter: str = ""
    """Name of the letter."""
    minor: bool = False
    closed: date | None = None
    """The day on which it was closed; None while it needs somebody."""
    outcome: Sequence[tuple[str, str]] = ()
    """Of a closed ticket: each right with the state that it ended in."""
    decision: str = ""
    """Of a held mail that was decided (`Review.decision`)."""

    @property
    def place(self) -> str:
        """Where it stands in the list."""
        rank = CLOSED if self.closed else 0 if self.urgent else 1
        return f"{rank}.{(self.closed or self.due or NO_DATE).isoformat()}.{self.kind}.{self.id}"


Chosen = tuple[int, date, str, int]
"""Rank (0: urgent, 2: closed), when it is due or was closed, kind and id: a place in the list."""


def filled(chosen: Sequence[Chosen], seals: Seals) -> tuple[Row, ...]:
    """The rows in the order in which they were chosen, their boxes opened."""
    ids = {kind: [number for _, _, one, number in chosen if one == kind] for kind in Kind}
    reviews = Review.objects.filter(id__in=ids[Kind.REVIEW]).select_related("ticket", "mail").defer("mail__sealed_raw")
    letters = Letter.objects.filter(id__in=ids[Kind.LETTER]).select_related("ticket").defer("sealed")
    of_letters = Q(ticket__in=[row.ticket_id for row in letters], state__in=Request.ACTIVE)
    wanted = Q(id__in=ids[Kind.REQUEST]) | of_letters | Q(ticket__in=ids[Kind.TICKET])
    requests = Request.objects.filter(wanted).select_related("ticket").order_by("id")
    seals.have_ready([row.mail.key for row in reviews] + [row.ticket.key for rows in (letters, requests) for row in rows])
    rows = {
        **{(Kind.REVIEW, row.id): _review(row, seals) for row in reviews},
        **{
            (Kind.LETTER, row.id): _letter(row, [one for one in requests if one.ticket_id == row.ticket_id], seals)
            for row in letters
        },
        **{(Kind.REQUEST, row.id): _request(row, seals) for row in requests if row.id in ids[Kind.REQUEST]},
        **{
            (Kind.TICKET, number): _closed(ended, seals)
            for number, ended in _ended(requests).items()
            if number in ids[Kind.TICKET]
        },
    }
    # One that was decided, or opened again, since its place was read is left out.
    return tuple(rows[key] for _, _, kind, number in chosen if (key := (Kind(kind), number)) in rows)


def _review(row: Review, seals: Seals) -> Row:
    try:
        requester = reading_of(row.mail, seals).get("requester", {})
    except PrivbotError:
        requester = {"name": ERASED}
    return Row(
        Kind.REVIEW, row.id, _date(row.due), row.urgent, row.controller, row.ticket.reference if row.ticket else "",
        requester.get("name") or next(iter(requester.get("emails", ())), ""), row.categories, row.mail.language, tuple(row.codes), row.owner,
        mail=row.mail_id, closed=row.decided_at.date() if row.decided_at else None, decision=row.decision,
    )  # fmt: skip


def _letter(row: Letter, asked: Sequence[Request], seals: Seals) -> Row:
    return Row(
        Kind.LETTER, row.id, _date(row.due), False, row.controller, row.ticket.reference, _who(row.ticket, seals),
        {one.category: 1.0 for one in asked}, row.language, (row.state,), asked[0].owner if asked else UNASSIGNED, letter=row.name,
        mail=row.cause_id,
    )  # fmt: skip


def _request(row: Request, seals: Seals) -> Row:
    return Row(
        Kind.REQUEST, row.id, _date(row.respond_by), False, row.controller, row.ticket.reference, _who(row.ticket, seals),
        {row.category: 1.0}, row.ticket.language, (row.state,), row.owner, mail=row.mail_id, acknowledge_by=row.acknowledge_by, right=row.right,
        regime=row.regime, minor=row.ticket.minor,
    )  # fmt: skip


def _ended(requests: Iterable[Request]) -> dict[int, list[Request]]:
    """By ticket, the requests of those that have none open."""
    by_ticket: dict[int, list[Request]] = defaultdict(list)
    for one in requests:
        by_ticket[one.ticket_id].append(one)
    return {number: rows for number, rows in by_ticket.items() if all(one.closed_at for one in rows)}


def _closed(ended: Sequence[Request], seals: Seals) -> Row:
    """A ticket by its requests, none of which is open."""
    ticket, last = ended[0].ticket, max(ended, key=lambda one: one.closed_at)
    return Row(
        Kind.TICKET, ticket.id, None, False, ticket.controller, ticket.reference, _who(ticket, seals), {one.category: 1.0 for one in ended},
        ticket.language, (), last.owner, minor=ticket.minor, closed=last.closed_at.date(), outcome=[(one.right, one.state) for one in ended],
    )  # fmt: skip


def _who(ticket: Ticket, seals: Seals) -> str:
    try:
        requester = requester_of(ticket, seals)
    except PrivbotError:
        return ERASED
    return requester.name or requester.address


def _date(due: date) -> date | None:
    return None if due == NO_DATE else due
