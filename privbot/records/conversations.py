"""Everything that was said and done on one ticket, as rows: the same few questions to the database however long the conversation is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Case, F, Q, Subquery, When

from privbot.records.models import AuditEvent, Challenge, IncomingMail, Letter, Note, Request, Review, StepTaken, Ticket

MOST_EVENTS = 500
"""Of the audit trail, the latest; the page of the audit trail has them all."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A ticket's rows, each list oldest first. Nothing is opened yet."""

    ticket: Ticket
    requests: tuple[Request, ...]
    steps: tuple[StepTaken, ...]
    challenges: tuple[Challenge, ...]
    mails: tuple[IncomingMail, ...]
    """Each with `opened`: the sealed bytes of those that are shown open, None for all others."""
    letters: tuple[Letter, ...]
    """Without their boxes, which may hold large files."""
    reviews: tuple[Review, ...]
    notes: tuple[Note, ...]
    events: tuple[AuditEvent, ...]
    """What the audit trail tells of the ticket, its mails and its reviews."""


def rows_of(ticket: Ticket, opened: Collection[int] = ()) -> Rows:
    """The rows of a ticket. Its latest mail comes with its bytes, and so do the mails whose numbers are in `opened`."""
    requests = tuple(ticket.requests.order_by("id"))
    for request in requests:
        request.ticket = ticket
    mails = tuple(_mails(ticket, requests, opened))
    letters = tuple(ticket.letters.defer("sealed").order_by("id"))
    by_number = {letter.id: letter for letter in letters}
    requests_by_number = {request.id: request for request in requests}
    steps = tuple(StepTaken.objects.filter(request__in=requests).order_by("id"))
    for step in steps:
        step.request, step.letter = requests_by_number[step.request_id], by_number.get(step.letter_id)
    reviews = tuple(Review.objects.filter(Q(ticket=ticket) | Q(mail__in=[mail.id for mail in mails])).order_by("id"))
    return Rows(
        ticket, requests, steps, tuple(ticket.challenges.order_by("id")), mails, letters, reviews,
        tuple(ticket.notes.order_by("id")), tuple(_events(ticket, mails, reviews)),
    )  # fmt: skip


def _mails(ticket: Ticket, requests: Collection[Request], opened: Collection[int]) -> list[IncomingMail]:
    """All mails of the ticket. An agent's mail for several consumers lies on the first one's ticket, and asks on those of all."""
    mails = IncomingMail.objects.filter(Q(ticket=ticket) | Q(id__in={request.mail_id for request in requests}))
    latest = mails.order_by("-received_at", "-id").values("id")[:1]
    shown_open = When(Q(id__in=opened) | Q(id=Subquery(latest)), then=F("sealed_raw"))
    return list(mails.defer("sealed_raw").annotate(opened=Case(shown_open, default=None)).order_by("received_at", "id"))


def _events(ticket: Ticket, mails: Collection[IncomingMail], reviews: Collection[Review]) -> list[AuditEvent]:
    subjects = [f"ticket:{ticket.reference}", *(f"mail:{one.id}" for one in mails), *(f"review:{one.id}" for one in reviews)]
    return list(AuditEvent.objects.filter(subject__in=subjects).order_by("-id")[:MOST_EVENTS])[::-1]
