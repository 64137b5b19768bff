"""Requesters whom we wait for: reminded after two and after five days that a code has not come back, and told when it has run out.

The bot reminds; it never decides. When a code runs out, the request goes on and an operator says what becomes of it. In observe and assist
mode, and for backlog, letters are only drafted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from privbot.casework import challenge as challenges
from privbot.casework.model import HoldForReview
from privbot.letters import outbox
from privbot.letters.errors import LetterIncomplete, UnknownLetter
from privbot.records import cases
from privbot.records.audit import Event, record
from privbot.records.database import writing
from privbot.records.models import Challenge, Letter, Notice, Request, Ticket
from privbot.worker.controllers import for_casework
from privbot.worker.office import Office
from privbot.worker.preview import as_added
from privbot.worker.writing import write_letter

ACTOR = "sweep"
REMINDER, RUN_OUT = "reminder", "code-expired"
"""Names of letters; also the codes of the reviews that are held where a letter cannot be written."""


@dataclass(slots=True)
class Waited:
    """What was done about those whom we wait for."""

    reminded: int = 0
    run_out: int = 0


def look_after(office: Office) -> Waited:
    """Remind, and close what has run out: one transaction for each challenge."""
    done = Waited()
    now = office.clock()
    pending = Challenge.objects.filter(state=Challenge.State.PENDING, ticket__controller__in=office.config.controllers)
    for challenge in pending.select_related("ticket").order_by("id"):
        if challenge.expires_at < now:
            done.run_out += _close(office, challenge, now)
        elif step := _reminder_due(challenge, now):
            done.reminded += _remind(office, challenge, step, now)
    return done


def _reminder_due(challenge: Challenge, now: datetime) -> int:
    """Which reminder is the latest whose time has come: 1, 2, … or 0. Counted from the day the letter with the code really left."""
    asked = _asked_at(challenge)
    return sum(moment <= now for moment in challenges.reminders(asked, challenge.expires_at)) if asked else 0


def _asked_at(challenge: Challenge) -> datetime | None:
    """When the requester was asked; None while the letter with the code waits for an operator."""
    letters = challenge.ticket.letters.filter(state=Letter.State.SENT, created_at__gte=challenge.created_at)
    return letters.order_by("id").values_list("sent_at", flat=True).first()


def _remind(office: Office, challenge: Challenge, step: int, now: datetime) -> int:
    with writing():
        requests = _waiting_requests(challenge.ticket)
        if not requests or not _first_time(challenge, f"{REMINDER} {step}", now):
            return 0
        code = office.seals.open(challenge.ticket.key, "challenge code", challenge.sealed_code).decode()
        _write_or_hold(
            office, REMINDER, challenge.ticket, requests, now, challenge=(code, challenge.expires_at), awaited=("code",)
        )
    return 1


def _close(office: Office, challenge: Challenge, now: datetime) -> int:
    with writing():
        mine = Challenge.objects.filter(id=challenge.id, state=Challenge.State.PENDING).update(state=Challenge.State.FAILED)
        if not mine:
            return 0
        ticket = challenge.ticket
        record([Event("code run out", f"ticket:{ticket.reference}", {"challenge": challenge.id})], actor=ACTOR, now=now)
        if requests := _waiting_requests(ticket):
            if _asked_at(challenge):
                _write_or_hold(office, RUN_OUT, ticket, requests, now)
            _hold(ticket, requests, "not-verified", "the code that was sent has not come back in time", now)
    return 1


def _waiting_requests(ticket: Ticket) -> list[Request]:
    return list(
        ticket.requests.filter(state__in=Request.ACTIVE, mailbox_proven_at=None).exclude(verification="none").order_by("id")
    )


def _first_time(challenge: Challenge, kind: str, now: datetime) -> bool:
    """Whether this was never told before; remembers that it is now."""
    _, first = Notice.objects.get_or_create(
        about=f"challenge:{challenge.id}", kind=kind, day=challenge.created_at.date(),
        defaults={"controller": challenge.ticket.controller, "created_at": now, "sent_at": now},
    )  # fmt: skip
    return bool(first)


def _write_or_hold(
    office: Office, name: str, ticket: Ticket, requests: Sequence[Request], now: datetime, *,
    challenge: tuple[str, datetime] | None = None, awaited: tuple[str, ...] = (),
) -> None:  # fmt: skip
    """A letter to the requester, or – where it cannot be written – a review, so that a person writes."""
    settings = office.config.controllers[ticket.controller]
    controller = for_casework(settings)
    requester = cases.requester_of(ticket, office.seals)
    cause = requests[0].mail
    try:
        composed = write_letter(
            office.config, controller, name, ticket.language, reference=ticket.reference, requester_name=requester.name,
            requests=[as_added(one, controller) for one in requests], received=requests[0].received_at, now=now, challenge=challenge,
            more={"awaited": awaited},
        )  # fmt: skip
    except (UnknownLetter, LetterIncomplete):
        return _hold(ticket, requests, name, f"the letter {name} cannot be written", now)
    draft = outbox.Draft(
        composed.name, composed.language, composed.subject, composed.text, composed.html,
        sender=settings.addresses[0], sender_name=settings.name, recipient=requester.address, answers=None, personal=composed.personal,
    )  # fmt: skip
    by_itself = settings.mode == "auto" and not ticket.backlog and not _over_limit(office, ticket, requester.address, now)
    _, event = outbox.put(
        draft, ticket, cause, state=Letter.State.QUEUED if by_itself else Letter.State.DRAFT,
        copied=office.config.mailboxes[cause.mailbox].sent_folder is None,
        # Automatic letters answer a mail, one each; this one answers silence.
        automatic=False, seals=office.seals, now=now,
    )  # fmt: skip
    record([event], actor=ACTOR, now=now)
    return None


def _over_limit(office: Office, ticket: Ticket, address: str, now: datetime) -> bool:
    recipient, domain = office.seals.index("address", address), office.seals.index("domain", address.rpartition("@")[2])
    return cases.limit_reached(ticket.controller, recipient, domain, office.config.limits, now) is not None


def _hold(ticket: Ticket, requests: Sequence[Request], code: str, sentence: str, now: datetime) -> None:
    due = min(one.respond_by for one in requests)
    held = HoldForReview((code,), (sentence,), due, ticket.reference)
    record([cases.hold(requests[0].mail, held, ticket, urgent=False, now=now)], actor=ACTOR, now=now)
