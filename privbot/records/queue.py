"""What waits for a person, and what is open: nearest date first."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from privbot.errors import PrivbotError
from privbot.records.cases import Requester, requester_of
from privbot.records.models import IncomingMail, Letter, Request, Review, Ticket
from privbot.records.sealing import Seals

ERASED = "(erased)"
"""In the place of what can no longer be read: the queue lists all that waits, whatever became of one."""


@dataclass(frozen=True, slots=True)
class WaitingReview:
    """A mail that a person must decide about. `who` and `categories` come from its sealed reading."""

    review: int
    due: date
    urgent: bool
    controller: str
    who: str
    categories: dict[str, float]
    language: str
    codes: tuple[str, ...]
    reference: str | None


@dataclass(frozen=True, slots=True)
class WaitingLetter:
    """A letter that only a person may send: a draft, a refused one, or one of which nobody knows whether it left."""

    letter: int
    state: str
    name: str
    reference: str
    recipient: str


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """An active request and when it is due."""

    reference: str
    due: date
    acknowledge_by: date | None
    controller: str
    who: str
    right: str
    regime: str
    state: str
    verification: str
    minor: bool
    """It seems to concern a child."""


@dataclass(frozen=True, slots=True)
class Queue:
    """All that waits, each list nearest date first."""

    reviews: tuple[WaitingReview, ...]
    letters: tuple[WaitingLetter, ...]
    requests: tuple[OpenRequest, ...]


def load(seals: Seals, *, limit: int) -> Queue:
    """At most `limit` of each kind."""
    reviews = (
        Review.objects.filter(decided_at=None)
        .select_related("ticket", "mail")
        .defer("mail__sealed_raw")
        .order_by("-urgent", "due", "id")[:limit]
    )
    letters = Letter.objects.filter(state__in=Letter.WAITING).select_related("ticket").order_by("id")[:limit]
    requests = Request.objects.filter(state__in=Request.ACTIVE).select_related("ticket").order_by("respond_by", "id")[:limit]
    return Queue(
        tuple(_review(row, seals) for row in reviews),
        tuple(_letter(row, seals) for row in letters),
        tuple(_request(row, seals) for row in requests),
    )


def as_json(queue: Queue) -> dict[str, Any]:
    """The stable JSON of `privbot queue --json`: {"reviews": […], "letters": […], "requests": […]}, dates in ISO form."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(queue), default=str))
    return plain


def quarantined() -> list[dict[str, Any]]:
    """The mails in quarantine: number, mailbox, when received, size in bytes, tries and the fault."""
    rows = IncomingMail.objects.filter(state=IncomingMail.State.QUARANTINED).order_by("id")
    return [
        {
            "mail": row.id,
            "mailbox": row.mailbox,
            "received": row.received_at.isoformat(),
            "size": row.size,
            "tries": row.tries,
            "fault": row.fault,
        }
        for row in rows.defer("sealed_raw", "sealed_reading")
    ]


def reading_of(mail: IncomingMail, seals: Seals) -> dict[str, Any]:
    """The sealed reading of a handled mail, as `privbot read --json` gives it; empty if there is none."""
    return dict(json.loads(seals.open(mail.key, "reading", mail.sealed_reading))) if mail.sealed_reading else {}


def _review(row: Review, seals: Seals) -> WaitingReview:
    try:
        reading = reading_of(row.mail, seals)
    except PrivbotError:
        reading = {"requester": {"name": ERASED}}
    name = reading.get("requester", {}).get("name")
    return WaitingReview(
        row.id, row.due, row.urgent, row.controller, name or "", reading.get("categories", {}), row.mail.language, tuple(row.codes),
        row.ticket.reference if row.ticket else None,
    )  # fmt: skip


def _letter(row: Letter, seals: Seals) -> WaitingLetter:
    who = _requester(row.ticket, seals)
    return WaitingLetter(row.id, row.state, row.name, row.ticket.reference, who.address if who else ERASED)


def _request(row: Request, seals: Seals) -> OpenRequest:
    who = _requester(row.ticket, seals)
    verified = "mailbox proven" if row.mailbox_proven_at else row.verification
    return OpenRequest(
        row.ticket.reference,
        row.respond_by,
        row.acknowledge_by,
        row.ticket.controller,
        who.name or who.address if who else ERASED,
        row.right,
        row.regime,
        row.state,
        verified,
        row.ticket.minor,
    )


def _requester(ticket: Ticket, seals: Seals) -> Requester | None:
    try:
        return requester_of(ticket, seals)
    except PrivbotError:
        return None
