"""A mail that was held for a person, with all that is needed to decide about it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from privbot.records import versions
from privbot.records.models import AuditEvent, Review, Ticket
from privbot.worker.desk import UnknownReview
from privbot.worker.grantable import Law, laws
from privbot.worker.office import Office
from privbot.worker.shown_mail import ShownMail, shown_mail

MOST_TICKETS = 20


@dataclass(frozen=True, slots=True)
class HeldMail:
    """A review before whoever decides it."""

    version: int
    """Of what is told here (`records.versions`)."""
    review: Review
    """With its mail and, where there is one, its ticket."""
    shown: ShownMail | None
    """None once the mail is erased."""
    laws: tuple[Law, ...]
    """Every law that the controller answers under, the likeliest first."""
    rights: tuple[str, ...]
    """What was read, and is proposed."""
    tickets: tuple[Ticket, ...]
    """Whose mails come from the same address: what it may be attached to, newest first."""
    trail: tuple[AuditEvent, ...]
    """What the audit trail tells of the review and its mail, oldest first."""


def held_mail(office: Office, number: int) -> HeldMail:
    """A review and its mail, open. Raises UnknownReview."""
    # First: what a colleague does before the rest is read must not count as seen.
    version = versions.version_of(Review(id=number))
    review = Review.objects.filter(id=number).select_related("mail", "ticket").first()
    if review is None:
        raise UnknownReview
    shown = shown_mail(office, review.mail)
    rights = tuple(one.right for one in shown.found) if shown else ()
    return HeldMail(
        version, review, shown, laws(office, review.controller, shown.reading if shown else None), rights,
        tuple(_tickets(review)), tuple(AuditEvent.objects.filter(_about(review)).order_by("id")),
    )  # fmt: skip


def _tickets(review: Review) -> list[Ticket]:
    index = review.mail.sender_index
    found = Ticket.objects.filter(controller=review.controller, erased_at=None)
    of_sender = Q(sender_index=index) & ~Q(sender_index="")
    return list(found.filter(of_sender | Q(id=review.ticket_id)).order_by("-id")[:MOST_TICKETS])


def _about(review: Review) -> Q:
    return Q(subject__in=[f"review:{review.id}", f"mail:{review.mail_id}"])
