"""Which version of a ticket or a review somebody has seen, so that nobody overwrites what another has done meanwhile.

A version is the number of the last event about it in the audit trail: its own, and those of its reviews. That a letter left, or that somebody
tried in vain, makes no new version. Expects to be asked inside the transaction that changes something, once the ticket is locked.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from privbot.errors import WrongUse
from privbot.records.models import AuditEvent, Request, Review, Ticket

OUTBOX = "outbox"
"""The actor of what happens to a letter on its way (`letters.outbox`)."""
REFUSED = "step refused"


class ChangedMeanwhile(WrongUse):
    """Somebody has changed this since you opened it; nothing of yours was done. Look at it again."""

    code = "changed-meanwhile"

    def __init__(self, event: AuditEvent) -> None:
        super().__init__(
            f"{event.actor} has changed this since you opened it ({event.action}, {event.at:%Y-%m-%d %H:%M} UTC); "
            "nothing of yours was done. Look at it again."
        )
        self.who: str = event.actor
        self.what: str = event.action
        self.at: datetime = event.at
        """UTC."""


class TakenMeanwhile(WrongUse):
    """Somebody else has taken charge of a ticked row since you opened the list, so it was left as it is. Look at it again."""

    code = "taken-meanwhile"


def version_of(seen: Ticket | Review) -> int:
    """A number that grows with everything that people, or the bot, do about a ticket or a review."""
    latest = events_about(seen).order_by("-id").values_list("id", flat=True).first()
    return int(latest or 0)


def expect(seen: Ticket | Review, version: int | None) -> None:
    """Nothing was done since this version; None: whoever asks has looked at none. Raises ChangedMeanwhile."""
    if version is None:
        return
    latest = events_about(seen).filter(id__gt=version).order_by("-id").first()
    if latest:
        raise ChangedMeanwhile(latest)


def expect_owner(seen: Request | Review, owner: str | None) -> None:
    """It is still this one's; None: whoever takes charge of it has not looked whose it is. Raises TakenMeanwhile."""
    if owner not in (None, seen.owner):
        raise TakenMeanwhile


def events_about(seen: Ticket | Review) -> QuerySet:
    """What happened to a ticket and its reviews, or to a review."""
    if isinstance(seen, Review):
        subjects = [f"review:{seen.id}"]
    else:
        numbers = seen.reviews.values_list("id", flat=True)
        subjects = [f"ticket:{seen.reference}", *(f"review:{number}" for number in numbers)]
    return AuditEvent.objects.filter(subject__in=subjects).exclude(actor=OUTBOX).exclude(action=REFUSED)
