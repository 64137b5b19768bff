"""Everything that was said and done on one ticket, as rows: the same few questions to the database however long the conversation is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import BigIntegerField, Case, F, Q, Subquery, Value, When

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
    """Those that wait for a person with their boxes; the others without, because a box may hold large files."""
    reviews: tuple[Review, ...]
    notes: tuple[Note, ...]
    events: tuple[AuditEvent, ...]
    """What the audit trail tells of the ticket, its mails and its reviews."""


def rows_of(ticket: Ticket, opened: Collection[int] = ()) -> Rows:
    """The rows of a ticket. Its latest mail comes with its bytes, and so do the mails whose numbers are in `opened`."""
    mails = tuple(_mails(ticket, opened))
    reviews = tuple(Review.objects.filter(Q(ticket=ticket) | Q(mail__in=[mail.id for mail in mails])).order_by("id"))
    # The version is told from them, so they are read before all that can be changed – the ticket too, which comes anew with its requests.
    events = tuple(_events(ticket, mails, reviews))
    requests = tuple(ticket.requests.select_related("ticket").order_by("id"))
    ticket = requests[0].ticket if requests else ticket
    for request in requests:
        request.ticket = ticket
    letters = tuple(_letters(ticket))
    steps, notes = _steps_and_notes(ticket, requests, letters)
    return Rows(ticket, requests, steps, tuple(ticket.challenges.order_by("id")), mails, letters, reviews, notes, events)


def _mails(ticket: Ticket, opened: Collection[int]) -> list[IncomingMail]:
    """All mails of the ticket. An agent's mail for several consumers lies on the first one's ticket, and asks on those of all."""
    # A union: an OR over both tables would look at every mail.
    mails = IncomingMail.objects.filter(id__in=ticket.mails.values("id").union(ticket.requests.values("mail")))
    latest = mails.order_by("-received_at", "-id").values("id")[:1]
    shown_open = When(Q(id__in=opened) | Q(id=Subquery(latest)), then=F("sealed_raw"))
    return list(mails.defer("sealed_raw").annotate(opened=Case(shown_open, default=None)).order_by("received_at", "id"))


def _letters(ticket: Ticket) -> list[Letter]:
    box = Case(When(state__in=Letter.WAITING, then=F("sealed")), default=None)
    letters = list(ticket.letters.defer("sealed").annotate(box=box).order_by("id"))
    for letter in letters:
        letter.ticket = ticket
        if letter.box is not None:
            letter.sealed = letter.box
    return letters


def _steps_and_notes(
    ticket: Ticket, requests: Collection[Request], letters: Collection[Letter]
) -> tuple[tuple[StepTaken, ...], tuple[Note, ...]]:
    """In one question, because both are few and shaped alike."""
    shared, nothing = ("id", "at", "actor", "sealed_words"), Value(None, BigIntegerField())
    taken = StepTaken.objects.filter(request__ticket=ticket).values_list(*shared, "step", "request_id", "letter_id")
    noted = ticket.notes.annotate(step=Value(""), about=nothing, told=nothing).values_list(*shared, "step", "about", "told")
    requests_by_number, letters_by_number = {one.id: one for one in requests}, {one.id: one for one in letters}
    steps, notes = [], []
    for *what, step, request, letter in taken.union(noted, all=True).order_by("id"):
        said = dict(zip(shared, what, strict=True))
        if step:
            about, told = requests_by_number[request], letters_by_number.get(letter)
            steps.append(StepTaken(step=step, request=about, letter=told, **said))
        else:
            notes.append(Note(ticket=ticket, **said))
    return tuple(steps), tuple(notes)


def _events(ticket: Ticket, mails: Collection[IncomingMail], reviews: Collection[Review]) -> list[AuditEvent]:
    subjects = [f"ticket:{ticket.reference}", *(f"mail:{one.id}" for one in mails), *(f"review:{one.id}" for one in reviews)]
    return list(AuditEvent.objects.filter(subject__in=subjects).order_by("-id")[:MOST_EVENTS])[::-1]
