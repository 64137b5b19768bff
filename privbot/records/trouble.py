"""What failed and waits for a person: letters that did not leave, mails that could not be worked on. Nothing here opens a seal."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from privbot.config import Config
from privbot.records.models import IncomingMail, Letter


@dataclass(frozen=True, slots=True)
class StuckLetter:
    """A letter that was refused for good, or of which nobody knows whether it left."""

    letter: int
    reference: str
    controller: str
    name: str
    state: str
    created_at: datetime
    """UTC."""
    fault: str
    """Code of the last fault."""


@dataclass(frozen=True, slots=True)
class QuarantinedMail:
    """A mail that broke a stage three times."""

    mail: int
    mailbox: str
    received_at: datetime
    """UTC."""
    size: int
    """Bytes on the server."""
    tries: int
    fault: str
    """Code and place of the last fault."""


def stuck_letters(*, only: Collection[str] | None, limit: int) -> list[StuckLetter]:
    """At most so many, oldest first; `only`: of these controllers."""
    rows = Letter.objects.filter(state__in=(Letter.State.DEAD, Letter.State.UNKNOWN)).select_related("ticket").defer("sealed")
    if only is not None:
        rows = rows.filter(controller__in=only)
    return [
        StuckLetter(one.id, one.ticket.reference, one.controller, one.name, one.state, one.created_at, one.fault)
        for one in rows.order_by("id")[:limit]
    ]


def quarantined(config: Config, *, only: Collection[str] | None, limit: int) -> list[QuarantinedMail]:
    """At most so many, oldest first; `only`: those that surely belong to one of these controllers."""
    rows = IncomingMail.objects.filter(state=IncomingMail.State.QUARANTINED).defer("sealed_raw", "sealed_reading")
    if only is not None:
        rows = rows.filter(surely_of(config, only))
    return [
        QuarantinedMail(one.id, one.mailbox, one.received_at, one.size, one.tries, one.fault)
        for one in rows.order_by("id")[:limit]
    ]


def surely_of(config: Config, controllers: Collection[str]) -> Q:
    """The mails that were read for one of these controllers, and the unread ones of mailboxes that get the mail of one of them alone."""
    theirs = [one.id for one in config.mailbox if len(one.controllers) == 1 and one.controllers[0] in controllers]
    return Q(controller__in=controllers) | Q(controller="", mailbox__in=theirs)


def is_quarantined(mail: int) -> bool:
    """Whether this mail waits in quarantine."""
    return IncomingMail.objects.filter(id=mail, state=IncomingMail.State.QUARANTINED).exists()


def owner_of_quarantined(config: Config, mail: int) -> str | None:
    """Whose mail it is: of the controller that it was read for, or the only one whose mail its mailbox gets; empty where that cannot be told,
    None where there is no such mail."""
    found = IncomingMail.objects.filter(id=mail).values_list("controller", "mailbox").first()
    if found is None:
        return None
    controller, name = found
    mailbox = config.mailboxes.get(name)
    alone = mailbox.controllers[0] if mailbox and len(mailbox.controllers) == 1 else ""
    return str(controller or alone)
