"""Requesters whom we wait for: reminded after two and after five days of what has not come back, and told when its time is over.

The bot reminds; it never decides. When time is over, the request goes on and an operator says what becomes of it. In observe and assist
mode, and for backlog, letters are only drafted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError

from privbot.casework import challenge as challenges
from privbot.casework.answers import LetterFor
from privbot.casework.lifecycle import NEED_USER_VERIFICATION, Role
from privbot.casework.model import HoldForReview
from privbot.casework.verification import Kind
from privbot.errors import FaultOfWorld, PrivbotError
from privbot.law.calendar import day_in
from privbot.letters.errors import LetterIncomplete, UnknownLetter
from privbot.records import cases, proofs
from privbot.records.audit import Event, record
from privbot.records.database import writing
from privbot.records.models import Challenge, Folder, IncomingMail, Letter, Notice, Request, Ticket
from privbot.worker.acting import By
from privbot.worker.controllers import zone_of
from privbot.worker.office import Office
from privbot.worker.stepping import NOT_VERIFIED, Stepping, stepping

log = structlog.get_logger()

SWEEP = By("sweep", Role.BOT)
REMINDER, RUN_OUT = "reminder", "code-expired"
"""Names of letters; the first is also the code of the review that is held where it cannot be written."""
BROKEN = "sweep-failed"
"""Code of the review that is held where a ticket cannot be looked after."""


@dataclass(slots=True)
class Waited:
    """What was done about those whom we wait for."""

    reminded: int = 0
    run_out: int = 0


def look_after(office: Office) -> Waited:
    """Remind, and close what has run out: one transaction for each ticket, so that a broken one keeps no other waiting.

    Raises FaultOfWorld and the database's own errors: then no ticket can be looked after.
    """
    done = Waited()
    now = office.clock()
    waiting = Ticket.objects.filter(
        challenges__state=Challenge.State.PENDING, controller__in=office.config.controllers
    ).distinct()
    for ticket in waiting.order_by("id"):
        try:
            _look_after(office, ticket, now, done)
        except (FaultOfWorld, OperationalError, InterfaceError, OSError):
            raise
        except Exception as fault:
            code = fault.code if isinstance(fault, PrivbotError) else type(fault).__name__
            log.error("ticket cannot be looked after", ticket=ticket.reference, fault=code)
            _hold_broken(ticket, now)
    return done


def _look_after(office: Office, ticket: Ticket, now: datetime, done: Waited) -> None:
    pending = proofs.pending(ticket)
    if over := [one.expires_at for one in pending if one.expires_at < now]:
        if _is_taken_in(office, ticket, max(over)):
            done.run_out += _close(office, ticket, now)
    elif (due := _reminders_due(ticket, pending, now)) and _is_taken_in(office, ticket, due[-1]):
        done.reminded += _remind(office, ticket, len(due), now)


def _is_taken_in(office: Office, ticket: Ticket, moment: datetime) -> bool:
    """Whether all that the controller's mailboxes received until then is kept and handled. If not – as after a pause of the service – what we
    wait for may be here already."""
    mailboxes = [one for one in office.config.mailbox if ticket.controller in one.controllers]
    polled = set(Folder.objects.filter(last_good_poll__gte=moment).values_list("mailbox", "name"))
    if any((one.id, name) not in polled for one in mailboxes for name in one.folders):
        return False
    unhandled = IncomingMail.objects.filter(state=IncomingMail.State.KEPT, received_at__lte=moment)
    return not unhandled.filter(mailbox__in=[one.id for one in mailboxes]).exists()


def _reminders_due(ticket: Ticket, pending: Sequence[Challenge], now: datetime) -> list[datetime]:
    """The moments of the reminders whose time has come, the latest last. Counted from the moment the letter that asked really left."""
    asked = _asked_at(ticket, pending)
    return [moment for moment in challenges.reminders(asked, pending[0].expires_at) if moment <= now] if asked else []


def _asked_at(ticket: Ticket, pending: Sequence[Challenge]) -> datetime | None:
    """When the requester was asked; None while the letter that asks waits for an operator."""
    letters = ticket.letters.filter(state=Letter.State.SENT, created_at__gte=pending[0].created_at)
    return letters.order_by("id").values_list("sent_at", flat=True).first()


def _remind(office: Office, ticket: Ticket, step: int, now: datetime) -> int:
    with stepping(office, ticket.reference, REMINDER, SWEEP) as stepped:
        pending, requests = _locked(ticket), _waiting_requests(ticket)
        if not pending or not requests or not _first_time(ticket, pending[0], f"{REMINDER} {step}", now):
            return 0
        if any(one.recipient_index not in ("", ticket.sender_index) for one in pending):
            # The consumer must answer, not the agent who wrote: a person sees to it that the right one is reminded.
            _hold(stepped, requests, REMINDER, "the consumer's confirmation has not come back")
            return 1
        awaited = [proofs.AWAITED_AS[kind] for one in pending if (kind := Kind(one.kind)) in proofs.AWAITED_AS]
        more: dict[str, Any] = {"awaited": tuple(dict.fromkeys(awaited))}
        zone = zone_of(office.config.controllers[ticket.controller], requests[0].regime)
        coded = next((one for one in pending if Kind(one.kind) in proofs.CODES), None)
        if coded:
            more |= {
                "challenge_code": proofs.code_of(ticket, coded, office.seals), "challenge_expires": day_in(coded.expires_at, zone)
            }  # fmt: skip
        else:
            more["answer_by"] = day_in(min(one.expires_at for one in pending), zone)
        _write_or_hold(stepped, REMINDER, requests, more)
    return 1


def _close(office: Office, ticket: Ticket, now: datetime) -> int:
    with stepping(office, ticket.reference, RUN_OUT, SWEEP) as stepped:
        over = [one for one in _locked(ticket) if one.expires_at < now]
        if not over:
            return 0
        asked = _asked_at(ticket, over)
        stepped.events += [proofs.run_out(ticket, Kind(one.kind), actor=SWEEP.name, now=now) for one in over]
        if requests := _waiting_requests(ticket):
            if asked and any(Kind(one.kind) is Kind.MAILBOX for one in over):
                _write_or_hold(stepped, RUN_OUT, requests, {})
            _hold(stepped, requests, NOT_VERIFIED, "what the requester was asked to show has not come in time")
    return 1


def _locked(ticket: Ticket) -> list[Challenge]:
    """What is pending, newest first, until the transaction ends: another worker may have closed it meanwhile."""
    pending = Challenge.objects.select_for_update().filter(ticket=ticket, state=Challenge.State.PENDING)
    return list(pending.order_by("-id"))


def _waiting_requests(ticket: Ticket) -> list[Request]:
    """The ticket's requests that cannot go on before the requester has shown something."""
    waiting = ticket.requests.filter(state__in=Request.ACTIVE, state_reason=NEED_USER_VERIFICATION)
    return list(waiting.select_related("ticket", "mail").order_by("id"))


def _first_time(ticket: Ticket, challenge: Challenge, kind: str, now: datetime) -> bool:
    """Whether this was never told before; remembers that it is now."""
    _, first = Notice.objects.get_or_create(
        about=f"challenge:{challenge.id}", kind=kind, day=challenge.created_at.date(),
        defaults={"controller": ticket.controller, "created_at": now, "sent_at": now},
    )  # fmt: skip
    return bool(first)


def _write_or_hold(stepped: Stepping, name: str, requests: Sequence[Request], more: Mapping[str, Any]) -> None:
    """A letter to the requester, or – where it cannot be written – a review, so that a person writes."""
    try:
        stepped.letter(LetterFor(name), [stepped.case(one) for one in requests], more=more)
    except (UnknownLetter, LetterIncomplete):
        _hold(stepped, requests, name, f"the letter {name} cannot be written")


def _hold_broken(ticket: Ticket, now: datetime) -> None:
    """A person sees to a ticket that the sweep cannot look after; asked for once, until it is decided. Needs nothing of what may be broken."""
    with writing():
        requests = list(ticket.requests.filter(state__in=Request.ACTIVE).select_related("mail").order_by("id"))
        if requests and not ticket.reviews.filter(codes=[BROKEN], decided_at=None).exists():
            why = "the requester could not be reminded, nor told that the time is over"
            record([_held(ticket, requests, BROKEN, why, now)], actor=SWEEP.name, now=now)


def _hold(stepped: Stepping, requests: Sequence[Request], code: str, sentence: str) -> None:
    stepped.events.append(_held(stepped.ticket, requests, code, sentence, stepped.office.clock()))


def _held(ticket: Ticket, requests: Sequence[Request], code: str, sentence: str, now: datetime) -> Event:
    held = HoldForReview((code,), (sentence,), min(one.respond_by for one in requests), ticket.reference)
    return cases.hold(requests[0].mail, held, ticket, now=now)
