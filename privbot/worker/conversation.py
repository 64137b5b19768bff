"""A ticket whole, for the page where operators work on it: who asks, where each request stands, and all that was said and done, oldest first.

Few questions to the database, however long the conversation is; a box is opened once, and only the mails that are shown open are parsed –
`worker.view` tells the same at a command line, mail by mail. Of an erased ticket stays what names nobody: rights, dates, states and steps.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from privbot.casework.lifecycle import Case
from privbot.casework.next_step import Around, NextStep, Todo, Why, next_step
from privbot.errors import PrivbotError
from privbot.law.calendar import day_in
from privbot.law.regimes import regime
from privbot.records import cases, conversations, life, notes, proofs
from privbot.records.conversations import Rows
from privbot.records.models import AuditEvent, Challenge, IncomingMail, Letter, Note, Request, Review, StepTaken, Ticket
from privbot.records.queue import reading_of
from privbot.worker.controllers import in_the_records
from privbot.worker.office import Office
from privbot.worker.shown_mail import Known, ShownMail, known, shown_mail

TOLD_BY_ENTRIES = (
    "ticket opened", "request added", "mail attached", "held for review", "review decided", "note added", "letter sent",
)  # fmt: skip
"""Events of the audit trail that the timeline tells by other entries, as it does each step and each letter put into the outbox."""
UNDELIVERED = (Letter.State.DEAD, Letter.State.UNKNOWN)


# -- what is told ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened. `at`: UTC."""

    at: datetime


@dataclass(frozen=True, slots=True)
class MailCame(Entry):
    """A mail of the conversation; open, or only by what is known of it."""

    kind: ClassVar[str] = "mail"
    row: IncomingMail
    from_requester: bool
    """It comes from the address that letters go to."""
    sender: str
    """Empty once the mail is erased."""
    categories: tuple[str, ...]
    shown: ShownMail | None
    """None where it is not shown open."""


@dataclass(frozen=True, slots=True)
class LetterWritten(Entry):
    """A letter, in whatever state it is now."""

    kind: ClassVar[str] = "letter"
    row: Letter


@dataclass(frozen=True, slots=True)
class StepWasTaken(Entry):
    """A step in a request's life."""

    kind: ClassVar[str] = "step"
    row: StepTaken
    words: Mapping[str, str]
    """The reason, question or doubt, as people wrote it; nothing once the ticket is erased."""


@dataclass(frozen=True, slots=True)
class ReviewDecided(Entry):
    """What a person decided on a mail that was held."""

    kind: ClassVar[str] = "review"
    row: Review


@dataclass(frozen=True, slots=True)
class NoteWritten(Entry):
    """What a colleague wrote."""

    kind: ClassVar[str] = "note"
    actor: str
    words: str


@dataclass(frozen=True, slots=True)
class Happened(Entry):
    """What only the audit trail tells, such as a proof that was decided or a clock that moved."""

    kind: ClassVar[str] = "event"
    row: AuditEvent


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one request stands."""

    row: Request
    case: Case
    today: date
    """In the place of its regime."""
    pending: tuple[Challenge, ...]
    """What was asked for and is not here yet."""
    next: NextStep | None
    """What to do about it first; None once it is closed."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A ticket whole."""

    ticket: Ticket
    requester: cases.Requester | None
    """None once the ticket is erased."""
    known: tuple[Known, ...]
    """What is known of the requester, each with the label of the words it was read from in `asked_in`."""
    asked_in: int | None
    """The mail that the ticket was opened for."""
    standings: tuple[Standing, ...]
    """Nearest date first."""
    entries: tuple[Entry, ...]
    """Oldest first."""
    open_reviews: tuple[Review, ...]
    trail: tuple[AuditEvent, ...]
    """The audit trail's latest events about it, oldest first."""
    next: NextStep | None
    """What to do first of all; None where nothing is left to do."""
    next_right: str | None
    """The right of the request that the next step is for; None where it is for the ticket."""


# -- the ticket --------------------------------------------------------------------------------------------------------------


def conversation(office: Office, reference: str, *, opened: Collection[int] = ()) -> Conversation:
    """A ticket with its latest mail open, and the mails whose numbers are in `opened`. Raises UnknownReference."""
    return conversation_on(office, cases.by_reference(reference), opened=opened)


def conversation_on(office: Office, ticket: Ticket, *, opened: Collection[int] = ()) -> Conversation:
    """The same for a ticket that is loaded already."""
    rows = conversations.rows_of(ticket, opened)
    office.seals.have_ready([ticket.key, *(mail.key for mail in rows.mails if mail.sealed_reading)])
    requester = _requester(office, rows.ticket)
    standings = _standings(office, rows)
    first, right = _first(rows, standings)
    return Conversation(
        rows.ticket, requester, known(_sources(requester)) if requester else (), rows.requests[0].mail_id if rows.requests else None,
        standings, _in_order(rows, _entries(office, rows)),
        tuple(review for review in rows.reviews if review.decided_at is None), rows.events, first, right,
    )  # fmt: skip


def _requester(office: Office, ticket: Ticket) -> cases.Requester | None:
    try:
        return cases.requester_of(ticket, office.seals)
    except PrivbotError:
        return None


def _sources(requester: cases.Requester) -> Iterator[dict[str, Any]]:
    """The details as a ticket keeps them, in the form and order in which a reading lists its sources."""
    for field, found in requester.details.items():
        details = [found] if isinstance(found, dict) else found
        if isinstance(details, list):
            yield from ({"field": field, **detail} for detail in details)


# -- where the requests stand ------------------------------------------------------------------------------------------------


def _standings(office: Office, rows: Rows) -> tuple[Standing, ...]:
    controller = in_the_records(office.config, rows.ticket.controller)
    told = [life.case_of(row, controller, proofs.shown_by(row, rows.challenges)) for row in rows.requests]
    pending = tuple(one for one in rows.challenges if one.state == Challenge.State.PENDING)
    standings = []
    for row, case in zip(rows.requests, told, strict=True):
        asked = proofs.asked_of(row, case.awaited, rows.challenges)
        around = Around(
            siblings=[other for other in told if other is not case], answer_came=_answer_came(rows, row),
            proof_is_over=proofs.ran_out(asked, office.clock()), proof_is_pending=proofs.is_pending(asked),
        )  # fmt: skip
        today = _today(office, case)
        standings.append(Standing(row, case, today, pending if case.active else (), next_step(case, today, around)))
    return tuple(sorted(standings, key=lambda one: (not one.case.active, one.row.respond_by, one.row.id)))


def _today(office: Office, case: Case) -> date:
    return day_in(office.clock(), (case.place or regime(case.regime).place.place).zone)


def _answer_came(rows: Rows, request: Request) -> bool:
    asked = [step.at for step in rows.steps if step.request_id == request.id and step.step == "ask"]
    answers = (mail for mail in rows.mails if mail.sender_index == rows.ticket.sender_index)
    return bool(asked) and any(mail.received_at >= asked[-1] for mail in answers)


def _first(rows: Rows, standings: Collection[Standing]) -> tuple[NextStep | None, str | None]:
    """What to do first on the ticket: what waits for a person, then the request whose date is nearest."""
    if any(review.decided_at is None for review in rows.reviews):
        return NextStep(Todo.DECIDE, Why.HELD), None
    if any(letter.state == Letter.State.DRAFT for letter in rows.letters):
        return NextStep(Todo.APPROVE, Why.DRAFT_WAITS), None
    if any(letter.state in UNDELIVERED for letter in rows.letters):
        return NextStep(Todo.RESEND, Why.NOT_DELIVERED), None
    steps = [(one.next, one.row.right) for one in standings if one.next]
    busy = [found for found in steps if found[0].todo is not Todo.WAIT]
    return next(iter(busy or steps), (None, None))


# -- the timeline ------------------------------------------------------------------------------------------------------------


def _entries(office: Office, rows: Rows) -> Iterator[Entry]:
    for mail in rows.mails:
        yield _mail(office, rows.ticket, mail)
    for review in rows.reviews:
        if review.decided_at:
            yield ReviewDecided(review.decided_at, review)
    for step in rows.steps:
        yield StepWasTaken(step.at, step, _words(office, step))
    for letter in rows.letters:
        yield LetterWritten(letter.created_at, letter)
    for note in rows.notes:
        yield NoteWritten(note.at, note.actor, _note(office, rows.ticket, note))
    for event in rows.events:
        if _only_the_trail_tells(event):
            yield Happened(event.at, event)


def _in_order(rows: Rows, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Oldest first. Our clock and the mail server's may differ a little: nothing comes before the mail that it answers."""
    received = {mail.id: mail.received_at for mail in rows.mails}

    def place(entry: Entry) -> datetime:
        match entry:
            case LetterWritten(row=letter):
                return max(entry.at, received.get(letter.cause_id, entry.at))
            case StepWasTaken(row=step):
                return max(entry.at, received.get(step.request.mail_id, entry.at))
        return entry.at

    return tuple(sorted(entries, key=place))


def _mail(office: Office, ticket: Ticket, mail: IncomingMail) -> MailCame:
    shown = shown_mail(office, mail, mail.opened) if mail.opened else None
    reading = shown.reading if shown else _reading(office, mail)
    return MailCame(
        mail.received_at,
        mail,
        mail.sender_index == ticket.sender_index,
        _sender(reading),
        tuple(reading.get("decided", ())),
        shown,
    )


def _reading(office: Office, mail: IncomingMail) -> Mapping[str, Any]:
    try:
        return reading_of(mail, office.seals)
    except PrivbotError:
        return {}


def _sender(reading: Mapping[str, Any]) -> str:
    sources = reading.get("requester", {}).get("sources", ())
    return next((one["value"] for one in sources if one["field"] == "emails" and one["source"] == "header"), "")


def _words(office: Office, step: StepTaken) -> Mapping[str, str]:
    try:
        return life.words_of(step, office.seals)
    except PrivbotError:
        return {}


def _note(office: Office, ticket: Ticket, note: Note) -> str:
    try:
        return notes.words_of(note, ticket, office.seals)
    except PrivbotError:
        return ""


def _only_the_trail_tells(event: AuditEvent) -> bool:
    by_step = event.action.startswith("request ") and "state" in event.data
    by_letter = event.action.startswith("letter ") and "language" in event.data
    return not (by_step or by_letter or event.action in TOLD_BY_ENTRIES)
