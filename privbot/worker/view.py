"""A ticket, a review, a mail or a letter whole, for an operator's eyes."""

from __future__ import annotations

from typing import Any

from privbot.errors import WrongUse
from privbot.letters import outbox
from privbot.records import cases
from privbot.records.models import IncomingMail, Letter, Review, Ticket
from privbot.records.queue import reading_of
from privbot.worker.kept import task_of
from privbot.worker.office import Office
from privbot.worker.stepping import NOT_VERIFIED
from privbot.worker.understanding import parse_task


class NothingThere(WrongUse):
    """There is nothing with that name; say a ticket's reference, review:N, mail:N or letter:N."""

    code = "nothing-there"


def view(office: Office, what: str) -> dict[str, Any]:
    """Everything about one thing, as plain data. Raises NothingThere, UnknownReference."""
    kind, _, number = what.partition(":")
    if not number:
        return _ticket(office, cases.by_reference(what))
    if not number.isdigit():
        raise NothingThere
    match kind:
        case "review":
            return _review(office, int(number))
        case "mail":
            return _mail(office, IncomingMail.objects.filter(id=int(number)).first())
        case "letter":
            return _letter(office, Letter.objects.select_related("ticket").filter(id=int(number)).first())
    raise NothingThere


def _ticket(office: Office, ticket: Ticket) -> dict[str, Any]:
    requester = cases.requester_of(ticket, office.seals)
    return {
        "ticket": ticket.reference, "controller": ticket.controller, "opened": ticket.opened_at, "language": ticket.language,
        "backlog": ticket.backlog, "minor": ticket.minor, "agent": ticket.agent, "authority": ticket.authority,
        "registered_agent": ticket.registered_agent, "address": requester.address, "name": requester.name,
        "details": requester.details,
        "requests": [
            {
                "right": one.right, "regime": one.regime, "category": one.category, "state": one.state, "reason": one.state_reason,
                "owner": one.owner, "verified": one.verified_level, "received": one.received_at,
                "acknowledge_by": one.acknowledge_by, "due": one.respond_by, "statute": one.statute, "promise": one.promise, "alarm": one.alarm,
                "extend_by": one.extend_by, "sources": one.sources, "verification": one.verification, "mailbox_proven": one.mailbox_proven_at,
            }
            for one in ticket.requests.order_by("respond_by", "id")
        ],
        "mails": [_mail(office, mail) for mail in ticket.mails.order_by("id")],
        "letters": [_letter(office, letter) for letter in ticket.letters.order_by("id")],
        "reviews": [review.id for review in ticket.reviews.filter(decided_at=None)],
    }  # fmt: skip


NEXT = {NOT_VERIFIED: "privbot request expire {reference}"}
"""How a review of this kind is usually decided, besides `privbot decide`."""


def _review(office: Office, number: int) -> dict[str, Any]:
    review = Review.objects.filter(id=number).select_related("mail", "ticket").first()
    if review is None:
        raise NothingThere
    return {
        "review": review.id, "controller": review.controller, "codes": review.codes, "due": review.due, "urgent": review.urgent,
        "ticket": review.ticket.reference if review.ticket else None, "decided": review.decided_at, "by": review.decided_by,
        "decision": review.decision, "next": _next(review), "mail": _mail(office, review.mail),
    }  # fmt: skip


def _next(review: Review) -> list[str]:
    if review.ticket is None or review.decided_at:
        return []
    return [NEXT[code].format(reference=review.ticket.reference) for code in review.codes if code in NEXT]


def _mail(office: Office, kept: IncomingMail | None) -> dict[str, Any]:
    if kept is None:
        raise NothingThere
    mail = parse_task(task_of(kept, office.seals), office.circumstances)
    return {
        "mail": kept.id, "mailbox": kept.mailbox, "received": kept.received_at, "state": kept.state, "outcome": kept.outcome,
        "outcome_code": kept.outcome_code, "fault": kept.fault, "model": kept.model,
        "from": f"{mail.sender.name} <{mail.sender.address}>".strip() if mail.sender else "", "subject": mail.subject,
        "origin": mail.origin.kind.value, "authentication": mail.origin.authentication.value, "defects": [one.value for one in mail.defects],
        "text": mail.text, "quoted": mail.quoted, "attachments": [{"name": one.name, "type": one.type, "size": one.size} for one in mail.attachments],
        "reading": reading_of(kept, office.seals),
    }  # fmt: skip


def _letter(office: Office, letter: Letter | None) -> dict[str, Any]:
    if letter is None:
        raise NothingThere
    return {
        "letter": letter.id, "name": letter.name, "language": letter.language, "state": letter.state, "created": letter.created_at,
        "sent": letter.sent_at, "deliveries": letter.deliveries, "fault": letter.fault, **outbox.words(letter, office.seals),
    }  # fmt: skip
