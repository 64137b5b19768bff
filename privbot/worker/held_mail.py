"""A mail that was held for a person, with all that is needed to decide about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from privbot.law.regimes import regime
from privbot.reading.model import RIGHTS_BY_CATEGORY
from privbot.records.models import AuditEvent, Review, Ticket
from privbot.worker.controllers import for_casework
from privbot.worker.desk import UnknownReview
from privbot.worker.office import Office
from privbot.worker.shown_mail import ShownMail, shown_mail

MOST_TICKETS = 20


@dataclass(frozen=True, slots=True)
class GuessedRegime:
    """A law that the mail may stand under."""

    regime: str
    confidence: float
    """0 for one that the controller answers under and nothing in the mail speaks for."""
    reasons: tuple[str, ...]
    rights: Mapping[str, tuple[str, ...]]
    """What can be asked under it: category → rights."""


@dataclass(frozen=True, slots=True)
class HeldMail:
    """A review before whoever decides it."""

    review: Review
    """With its mail and, where there is one, its ticket."""
    shown: ShownMail | None
    """None once the mail is erased."""
    regimes: tuple[GuessedRegime, ...]
    """Every law that the controller answers under, the likeliest first."""
    rights: tuple[str, ...]
    """What was read, and is proposed."""
    tickets: tuple[Ticket, ...]
    """Whose mails come from the same address: what it may be attached to, newest first."""
    trail: tuple[AuditEvent, ...]
    """What the audit trail tells of the review and its mail, oldest first."""


def held_mail(office: Office, number: int) -> HeldMail:
    """A review and its mail, open. Raises UnknownReview."""
    review = Review.objects.filter(id=number).select_related("mail", "ticket").first()
    if review is None:
        raise UnknownReview
    shown = shown_mail(office, review.mail)
    return HeldMail(
        review, shown, _regimes(office, review, shown), tuple(one.right for one in shown.found) if shown else (),
        tuple(_tickets(review)), tuple(AuditEvent.objects.filter(_about(review)).order_by("id")),
    )  # fmt: skip


def _regimes(office: Office, review: Review, shown: ShownMail | None) -> tuple[GuessedRegime, ...]:
    offered = for_casework(office.config.named_controller(review.controller)).regimes
    guesses = {one["regime"]: one for one in (shown.reading.get("regimes", ()) if shown else ())}
    found = [_regime(name, guesses.get(name, {})) for name in offered]
    return tuple(sorted(found, key=lambda one: -one.confidence))


def _regime(name: str, guess: Mapping[str, Any]) -> GuessedRegime:
    return GuessedRegime(name, guess.get("confidence", 0.0), tuple(guess.get("reasons", ())), _rights(name))


def _rights(name: str) -> dict[str, tuple[str, ...]]:
    granted = regime(name).rights
    sorted_by = {
        category: tuple(right for right in rights if right in granted) for category, rights in RIGHTS_BY_CATEGORY.items()
    }
    return {category: rights for category, rights in sorted_by.items() if rights}


def _tickets(review: Review) -> list[Ticket]:
    index = review.mail.sender_index
    found = Ticket.objects.filter(controller=review.controller, erased_at=None)
    of_sender = Q(sender_index=index) & ~Q(sender_index="")
    return list(found.filter(of_sender | Q(id=review.ticket_id)).order_by("-id")[:MOST_TICKETS])


def _about(review: Review) -> Q:
    return Q(subject__in=[f"review:{review.id}", f"mail:{review.mail_id}"])
