"""What proof of identity does to the requests of a ticket, whoever – the bot or an operator – takes note of it. Inside `database.writing()`."""

from __future__ import annotations

from datetime import datetime

from privbot.casework import lifecycle
from privbot.casework.lifecycle import NEED_USER_VERIFICATION, Role, Step
from privbot.casework.model import Controller
from privbot.casework.verification import Kind
from privbot.records import life, proofs
from privbot.records.audit import Event
from privbot.records.models import Letter, Request, Ticket
from privbot.records.sealing import Seals


def active_requests(ticket: Ticket) -> list[Request]:
    """The ticket's active requests, locked until the transaction ends."""
    rows = ticket.requests.filter(state__in=Request.ACTIVE).select_related("ticket").order_by("id")
    return list(rows.select_for_update(of=("self",)))


def take_note(ticket: Ticket, controller: Controller, seals: Seals, *, who: Role, actor: str, at: datetime) -> list[Event]:
    """What has been shown counts for each of the ticket's active requests that needs it. `at`: when the last of it arrived."""
    events: list[Event] = []
    for row in active_requests(ticket):
        shown = proofs.shown_for(row)
        case = life.case_of(row, controller, shown)
        if not case.needs.kinds and case.reason != NEED_USER_VERIFICATION:
            continue
        taken = lifecycle.proven(case, who, life.day_of(case, at), shown)
        events += life.write_step(row, taken, Step.PROVEN, actor=actor, at=at, seals=seals)
    return events


def code_was_asked(
    ticket: Ticket, controller: Controller, seals: Seals, *, actor: str, at: datetime, letter: Letter
) -> list[Event]:
    """The bot's letter asks for a code: every request that needs the mailbox proven now waits for it."""
    events: list[Event] = []
    for row in active_requests(ticket):
        case = life.case_of(row, controller, proofs.shown_for(row))
        if Kind.MAILBOX in case.missing:
            taken = lifecycle.ask_identity(case, Role.BOT, life.day_of(case, at))
            events += life.write_step(row, taken, Step.ASK_IDENTITY, actor=actor, at=at, seals=seals, letter=letter)
    return events


def take_answer(ticket: Ticket, controller: Controller, seals: Seals, *, actor: str, at: datetime) -> list[Event]:
    """The requester has answered our question."""
    events: list[Event] = []
    for row in active_requests(ticket):
        case = life.case_of(row, controller, proofs.shown_for(row))
        if case.asking:
            taken = lifecycle.answered(case, Role.BOT, life.day_of(case, at))
            events += life.write_step(row, taken, Step.ANSWERED, actor=actor, at=at, seals=seals)
    return events
