"""The case records: what is known about a sender, and how decisions become rows.

Every function that writes expects to be inside `database.writing()` and returns the audit events that tell of what it did, so that rows and
events are committed together.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Prefetch, Q, QuerySet

from privbot.casework import challenge as challenges
from privbot.casework.errors import AlreadyActive
from privbot.casework.model import AddRequest, HoldForReview, KnownTicket, OpenRequest, OpenTicket
from privbot.casework.verification import Kind
from privbot.config import Limits
from privbot.errors import WrongUse
from privbot.records import proofs
from privbot.records.audit import Event
from privbot.records.models import Challenge, IncomingMail, Request, Review, Ticket
from privbot.records.sealing import Seals

DAY = timedelta(days=1)
REFERENCE_ALPHABET = challenges.ALPHABET
MORE_THAN_MAILBOX = ("reasonable", "reasonably-high")
"""Levels of verification that control of the mailbox alone does not reach."""
_WRITTEN = re.compile(r"[A-Z0-9-]{1,24}")
"""All that a reference can hold."""
SENDER_LOCKS = 1
"""The first of PostgreSQL's two lock numbers, which keeps these locks apart from the audit trail's."""


class UnknownReference(WrongUse):
    """There is no ticket with that reference; the queue lists what is open."""

    code = "unknown-reference"
    command = "privbot queue"


class AlreadyErased(WrongUse):
    """That ticket is erased already: nothing can be read of it or added to it."""

    code = "already-erased"


class AnotherController(WrongUse):
    """That ticket is another controller's; choose one of the controller that the mail was written to."""

    code = "another-controller"


@dataclass(frozen=True, slots=True)
class Requester:
    """Where a ticket's letters go, and what is known of the person."""

    address: str
    name: str
    details: dict[str, Any]

    @property
    def addressee(self) -> str:
        """Whom letters address: the agent, where one writes for the person."""
        return str(self.details.get("agent") or self.name)


# -- finding -------------------------------------------------------------------------------------------------------------


def ticket_named(reference: str) -> Ticket | None:
    """The ticket with this very reference, also one that was merged into another."""
    written = reference.strip().upper()
    if not _WRITTEN.fullmatch(written):
        # Not asked for: to PostgreSQL a NUL is a fault, not a reference that nobody has.
        return None
    return Ticket.objects.select_related("merged_into").filter(reference=written).first()


def by_reference(reference: str) -> Ticket:
    """The ticket with this reference, or the one that it was merged into. Raises UnknownReference."""
    ticket = ticket_named(reference)
    if ticket is None:
        raise UnknownReference
    return ticket.merged_into or ticket


def sees_all(controller: str) -> bool:
    """Whoever sits at the machine itself sees every controller."""
    return True


def living(reference: str, *, controller: str | None = None, sees: Callable[[str], bool] = sees_all) -> Ticket:
    """The ticket with this reference, to be worked on; `controller`: whose it must be; `sees`: whether whoever asks may see a controller. What
    they may not see is unknown to them, erased or not. Raises UnknownReference, AlreadyErased, AnotherController."""
    ticket = by_reference(reference)
    if controller not in (None, ticket.controller):
        raise AnotherController if sees(ticket.controller) else UnknownReference
    if ticket.erased_at:
        raise AlreadyErased
    return ticket


def alone_with(reference: str) -> Ticket:
    """The ticket with this reference as it is once nobody else decides about its sender, until the transaction ends: another worker may have merged,
    corrected or erased it while this one waited. Raises UnknownReference, AlreadyErased."""
    alone_with_sender = None
    # Whoever waited for a sender whose address was corrected meanwhile waits for the new one, too.
    while (ticket := living(reference)).sender_index != alone_with_sender:
        alone_with_sender = ticket.sender_index
        one_sender_at_a_time(alone_with_sender)
    return ticket


def tickets_of(controller: str, sender_index: str, person_index: str, seals: Seals) -> list[KnownTicket]:
    """The tickets with active requests of a sender – or of a person, for whom somebody else may have written – newest first."""
    # One question that both indexes answer; an OR over both tables would look at every ticket of the controller.
    found = Request.objects.filter(controller=controller, person_index=person_index, state__in=Request.ACTIVE).values_list(
        "ticket_id"
    )
    if sender_index == person_index:
        own = Ticket.objects.filter(controller=controller, sender_index=sender_index, merged_into=None)
        found = found.union(own.values_list("id"))
    ids = [number for (number,) in found]
    return [known_ticket(ticket, sender_index, seals) for ticket in _with_requests().filter(id__in=ids)] if ids else []


def ticket_of_token(controller: str, reference: str, sender_index: str, seals: Seals) -> KnownTicket | None:
    """The ticket that a checked token names, or the one that it was merged into, if it is this controller's and not erased: nobody can tell any
    more who may answer on it."""
    named = Q(reference=reference, merged_into=None) | Q(merged__reference=reference)
    ticket = _with_requests().filter(named, controller=controller, erased_at=None).first()
    return known_ticket(ticket, sender_index, seals) if ticket else None


def known_ticket(ticket: Ticket, sender_index: str, seals: Seals) -> KnownTicket:
    """A ticket as casework sees it."""
    requests, pending = ticket.active_requests, ticket.pending_challenges
    others = {Kind(one.kind) for one in pending} - {*proofs.CODES, Kind.WALLET}
    return KnownTicket(
        ticket.reference,
        sender_matches=ticket.sender_index == sender_index,
        requests=tuple(OpenRequest(request.regime, request.right, request.respond_by) for request in requests),
        challenge=proofs.pending_code(ticket, pending, sender_index, seals),
        wallet=proofs.pending_wallet(ticket, pending, seals),
        awaited=tuple(kind for kind in Kind if kind in others),
        asking=any(request.asking for request in requests),
        more_than_mailbox=any(request.verification in MORE_THAN_MAILBOX for request in requests),
        agent=ticket.agent,
        # Only of what is open: the keys of older tickets may be destroyed.
        name=requester_of(ticket, seals).name if requests else "",
    )


def _with_requests() -> QuerySet:
    active = Prefetch("requests", Request.objects.filter(state__in=Request.ACTIVE), to_attr="active_requests")
    pending = Prefetch(
        "challenges", Challenge.objects.filter(state=Challenge.State.PENDING).order_by("-id"), to_attr="pending_challenges"
    )
    return Ticket.objects.prefetch_related(active, pending).order_by("-id")


def was_handled_before(mail: IncomingMail) -> bool:
    """Whether the same message – by Message-ID, sender and text – was handled for the same controller already."""
    handled = IncomingMail.objects.filter(
        likeness_index=mail.likeness_index, controller=mail.controller, state=IncomingMail.State.HANDLED
    )
    return handled.exclude(id=mail.id).exists()


def limit_reached(controller: str, recipient_index: str, domain_index: str, limits: Limits, now: datetime) -> str | None:
    """Which cap on automatic letters in 24 hours is reached: address, domain, controller, or none."""
    # One round trip and never more rows than the caps: three counts through the models cost a tenth of a mail.
    count = (
        "(SELECT count(*) FROM (SELECT 1 FROM records_letter WHERE {} = %s AND created_at > %s AND automatic LIMIT %s) AS recent)"
    )
    columns = {
        "address": ("recipient_index", recipient_index, limits.per_address),
        "domain": ("domain_index", domain_index, limits.per_domain),
        "controller": ("controller", controller, limits.per_controller),
    }
    question = "SELECT " + ", ".join(count.format(column) for column, _, _ in columns.values())
    with connection.cursor() as cursor:
        cursor.execute(question, [answer for _, value, cap in columns.values() for answer in (value, now - DAY, cap)])
        counts = cursor.fetchone()
    reached = (name for (name, (_, _, cap)), counted in zip(columns.items(), counts, strict=True) if counted >= cap)
    return next(reached, None)


def requester_of(ticket: Ticket, seals: Seals) -> Requester:
    """Who the ticket's letters go to. Raises KeyDestroyed once the ticket is erased."""
    return Requester(**json.loads(seals.open(ticket.key, "requester", ticket.sealed_requester)))


def person_of(ticket: Ticket) -> str:
    """Of whose data a ticket is about, as an index."""
    return ticket.requests.values_list("person_index", flat=True).order_by("id").first() or ticket.sender_index


def one_sender_at_a_time(sender_index: str) -> None:
    """Until the transaction ends, no other worker decides about the same sender: two deliveries of one mail must not both find that nothing is
    known of it. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [SENDER_LOCKS, int(sender_index[:7] or "0", 16)])


# -- writing -------------------------------------------------------------------------------------------------------------


def open_ticket(
    mail: IncomingMail, opened: OpenTicket, *, requester: Requester, minor: bool, agent: bool, seals: Seals, now: datetime
) -> tuple[Ticket, Event]:  # fmt: skip
    """A new conversation of the mail's sender with the mail's controller."""
    key = seals.new_key()
    told = {"address": requester.address, "name": requester.name, "details": requester.details}
    ticket = Ticket.objects.create(
        reference=_new_reference(mail.controller), controller=mail.controller, opened_at=now, language=opened.language, backlog=mail.backlog,
        minor=minor, agent=agent, authority=opened.authority, last_contact=mail.received_at,
        sender_index=mail.sender_index, key=key, sealed_requester=seals.seal(key, "requester", json.dumps(told, ensure_ascii=False).encode()),
    )  # fmt: skip
    return ticket, Event(
        "ticket opened", f"ticket:{ticket.reference}", {"mail": mail.id, "language": opened.language, "backlog": mail.backlog}
    )


def add_requests(ticket: Ticket, mail: IncomingMail, requests: Iterable[AddRequest], *, person_index: str) -> list[Event]:
    """Requests with their clocks, on a ticket. `person_index`: of whose data they are about. Raises AlreadyActive."""
    rows = [
        Request(
            ticket=ticket, mail=mail, controller=ticket.controller, person_index=person_index, regime=one.regime, right=one.right,
            category=one.category, received_at=mail.received_at, acknowledge_by=one.due.acknowledge_by, statute=one.due.statute,
            promise=one.due.promise, respond_by=one.due.respond_by, alarm=one.due.alarm, extend_by=one.due.extend_by,
            sources=list(one.due.sources), verification=one.verification.level, doubted=one.doubted,
            authenticated=one.authenticated,
        )
        for one in requests
    ]  # fmt: skip
    try:
        with transaction.atomic():
            Request.objects.bulk_create(rows)
    except IntegrityError:
        # The rule of one, which the database holds: another ticket, perhaps of another worker at this very moment, was first.
        raise AlreadyActive from None
    return [
        Event(
            "request added",
            f"ticket:{ticket.reference}",
            {"regime": row.regime, "right": row.right, "respond_by": row.respond_by.isoformat()},
        )
        for row in rows
    ]


def attach(mail: IncomingMail, ticket: Ticket, role: str) -> Event:
    """The mail joins a conversation."""
    Ticket.objects.filter(id=ticket.id).update(last_contact=max(ticket.last_contact, mail.received_at))
    return Event("mail attached", f"ticket:{ticket.reference}", {"mail": mail.id, "role": role})


def hold(
    mail: IncomingMail,
    held: HoldForReview,
    ticket: Ticket | None,
    *,
    now: datetime,
    categories: Mapping[str, float] | None = None,
) -> Event:
    """A review: something a person must decide. `categories`: what was read of the mail, with scores from 0 to 1."""
    review = Review.objects.create(
        mail=mail,
        ticket=ticket,
        controller=mail.controller,
        codes=list(held.codes),
        due=held.due,
        urgent=held.urgent,
        opened_at=now,
        categories=dict(categories or {}),
    )
    return Event(
        "held for review", f"review:{review.id}", {"mail": mail.id, "codes": list(held.codes), "due": held.due.isoformat()}
    )


def close_review(review: Review, *, decision: str, actor: str, now: datetime) -> Event:
    """An operator decided. Raises AlreadyDecided."""
    closed = Review.objects.filter(id=review.id, decided_at=None).update(decided_at=now, decided_by=actor, decision=decision)
    if not closed:
        raise AlreadyDecided
    return Event("review decided", f"review:{review.id}", {"decision": decision})


class AlreadyDecided(WrongUse):
    """That review is decided already; nothing was changed."""

    code = "already-decided"


def _new_reference(controller: str) -> str:
    """Such as LUM-7K3F-M2QD: readable over the telephone, and telling nothing."""
    prefix = controller.replace("-", "")[:3].upper()
    letters = "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(8))
    return f"{prefix}-{letters[:4]}-{letters[4:]}"


def likeness(message_id: str, sender: str, text: str) -> str:
    """What makes two deliveries the same mail; to be indexed, never stored. Without a Message-ID only the very same bytes are the same mail."""
    return "\0".join((message_id, sender, text))
