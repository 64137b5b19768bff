"""What is proposed when an operator says of a held mail what it asks for: the rights of that category under the law it most likely stands under."""

from __future__ import annotations

from dataclasses import dataclass

from privbot.errors import PrivbotError, WrongUse
from privbot.law.regimes import regime as law
from privbot.reading.model import CATEGORIES, KINDS_OF_OTHER, RIGHTS_BY_CATEGORY
from privbot.records import versions
from privbot.records.models import Review, Ticket
from privbot.records.queue import reading_of
from privbot.worker.desk import UnknownReview
from privbot.worker.office import Office

SOMETHING_ELSE = "something-else"
"""None of the kinds that the reading knows: nothing is learnt from it."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an operator confirms or changes."""

    review: int
    category: str
    version: int
    """Of the review (`records.versions`)."""
    regimes: tuple[str, ...]
    """All that the controller answers under and that know a right of this category, the likeliest first."""
    regime: str
    """The one that the rights are of; empty for `other`."""
    rights: tuple[str, ...]
    """Those of the category that this regime knows."""
    chosen: tuple[str, ...]
    """Those that were read, else the first."""
    kinds: tuple[str, ...] = ()
    """For `other`: what kind of mail it may be (`kinds_for`)."""
    kind: str = ""
    """As read."""


def propose(office: Office, review_id: int, category: str, regime: str | None = None) -> Proposal:
    """A proposal for one category; `regime`: under this law instead of the likeliest. Raises UnknownReview, WrongUse."""
    # First: what a colleague does before the rest is read must not count as seen.
    version = versions.version_of(Review(id=review_id))
    review = Review.objects.select_related("mail").defer("mail__sealed_raw").filter(id=review_id).first()
    if review is None:
        raise UnknownReview
    if category not in CATEGORIES:
        raise WrongUse(f"{category!r} is not a category; categories are {', '.join(CATEGORIES)}.")
    try:
        reading = reading_of(review.mail, office.seals)
    except PrivbotError:
        reading = {}
    if category == "other":
        kind = str(reading.get("kind") or "")
        return Proposal(review_id, category, version, (), "", (), (), kinds_for(_is_known(review)), kind)
    offered = office.config.named_controller(review.controller).regimes
    guessed = [one["regime"] for one in reading.get("regimes", ()) if one["regime"] in offered]
    knowing = tuple(name for name in dict.fromkeys((*guessed, *offered)) if _rights(name, category))
    chosen_law = regime if regime and regime in knowing else next(iter(knowing), "")
    rights = _rights(chosen_law, category) if chosen_law else ()
    read = tuple(right for right in rights if right in reading.get("decided_rights", ()))
    return Proposal(review_id, category, version, knowing, chosen_law, rights, read or rights[:1])


def kinds_for(requester_is_known: bool) -> tuple[str, ...]:
    """What a mail that asks for nothing may be. First what is never wrong, for whoever only presses a key; a follow-up only of somebody who has
    written before."""
    return (SOMETHING_ELSE, *(kind for kind in KINDS_OF_OTHER if kind != "follow-up" or requester_is_known))


def _is_known(review: Review) -> bool:
    mail = review.mail
    if review.ticket_id or mail.ticket_id:
        return True
    return (
        bool(mail.sender_index) and Ticket.objects.filter(controller=review.controller, sender_index=mail.sender_index).exists()
    )


def _rights(regime: str, category: str) -> tuple[str, ...]:
    return tuple(right for right in RIGHTS_BY_CATEGORY[category] if right in law(regime).rights)
