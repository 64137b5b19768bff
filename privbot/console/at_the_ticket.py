"""What the ticket's page needs for acting: the forms of each request and of the ticket, its drafts, and what can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from privbot.casework.lifecycle import Role
from privbot.console import team
from privbot.console.steps.catalogue import forms_for, steps_for
from privbot.console.steps.draft import EditDraft
from privbot.console.steps.form import About, StepForm
from privbot.console.steps.ticket import TicketForm, Whole
from privbot.law.calendar import day_in
from privbot.law.regimes import regime
from privbot.records import cases, life, proofs, versions
from privbot.records.models import Letter, Request, Ticket
from privbot.worker.controllers import for_casework
from privbot.worker.conversation import Conversation, LetterWritten, MailCame, Standing, StepWasTaken
from privbot.worker.office import Office
from privbot.worker.undo import Standing as Undoable
from privbot.worker.undo import standing


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter that waits for a person, beside the mail it answers."""

    letter: Letter
    form: EditDraft
    mail: MailCame | None

    @property
    def editable(self) -> bool:
        return bool(self.letter.state == Letter.State.DRAFT)


@dataclass(frozen=True, slots=True)
class Desk:
    """All that can be done on a ticket now."""

    version: int
    """Goes with every form."""
    steps: tuple[tuple[Standing, tuple[StepForm, ...]], ...]
    forms: dict[str, TicketForm]
    drafts: tuple[Draft, ...]
    undo: tuple[Undoable, ...]


def desk_of(office: Office, conversation: Conversation, role: Role) -> Desk:
    """For a ticket's page; asks the database for nothing that the conversation has."""
    ticket = conversation.ticket
    if conversation.requester is None or ticket.controller not in office.config.controllers:
        return Desk(0, (), {}, (), ())
    rows = [one.row for one in conversation.standings if one.case.active]
    whole = Whole(office, ticket, conversation.requester, rows, role)
    people = _people(ticket)
    return Desk(
        _version(conversation),
        tuple((one, tuple(steps_for(_about(office, conversation, one, role, people)))) for one in conversation.standings),
        forms_for(whole),
        tuple(_drafts(office, conversation)),
        tuple(standing(ticket)),
    )


def about(office: Office, row: Request, role: Role) -> About:
    """One request, for its form alone."""
    case = life.case_of(row, for_casework(office.config.named_controller(row.ticket.controller)), proofs.shown_for(row))
    today = day_in(office.clock(), (case.place or regime(case.regime).place.place).zone)
    pending = frozenset(one.kind for one in proofs.pending(row.ticket))
    taken = frozenset(row.steps.values_list("step", flat=True))
    return About(office, row.ticket, row, case, today, pending, taken, role, _people(row.ticket))


def whole_of(office: Office, ticket: Ticket, role: Role) -> Whole:
    """A ticket, for a form alone."""
    active = ticket.requests.filter(state__in=Request.ACTIVE).order_by("respond_by", "id")
    return Whole(office, ticket, cases.requester_of(ticket, office.seals), list(active), role)


def _people(ticket: Ticket) -> tuple[str, ...]:
    return tuple(one.name for one in team.workers([ticket.controller]))


def _about(office: Office, conversation: Conversation, one: Standing, role: Role, people: tuple[str, ...]) -> About:
    steps = (each.row for each in conversation.entries if isinstance(each, StepWasTaken))
    taken = frozenset(step.step for step in steps if step.request_id == one.row.id)
    pending = frozenset(each.kind for each in one.pending)
    return About(office, conversation.ticket, one.row, one.case, one.today, pending, taken, role, people)


def _version(conversation: Conversation) -> int:
    """As `versions.version_of`, from the events that are loaded already."""
    subjects = ("ticket:", "review:")
    counted = (
        one.id
        for one in conversation.trail
        if one.subject.startswith(subjects) and one.actor != versions.OUTBOX and one.action != versions.REFUSED
    )
    return max(counted, default=0)


def _drafts(office: Office, conversation: Conversation) -> Sequence[Draft]:
    mails = {one.row.id: one for one in conversation.entries if isinstance(one, MailCame)}
    letters = [one.row for one in conversation.entries if isinstance(one, LetterWritten) and one.row.state in Letter.WAITING]
    return [
        Draft(letter, EditDraft(office, letter), mails.get(letter.cause_id)) for letter in sorted(letters, key=lambda one: one.id)
    ]
