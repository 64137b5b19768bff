"""Changing the settings of a running service, and telling the audit trail which – by their names, never by what they say."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from privbot import settings_file
from privbot.config import Config, read_text, version_of
from privbot.errors import WrongUse
from privbot.records.audit import Event, record
from privbot.records.database import writing
from privbot.records.models import AuditEvent, IncomingMail, Letter, Request, Review
from privbot.settings_file import Change, Kind, NoSettingsFile, Place
from privbot.worker.office import Office

CHANGED = "settings changed"


class StillNeeded(WrongUse):
    """That cannot be taken out while something of it is open."""

    code = "still-needed"


def save(office: Office, place: Place, values: Mapping[str, Any], *, shown: str, actor: str) -> Change:
    """Change settings of one part. Raises StillNeeded and what `settings_file.put` raises; then nothing was changed."""
    if place[0] == "mailbox" and "controllers" in values:
        _nobody_loses_a_mail(office.config, place[-1], values["controllers"] or ())
    return _told(office, place, lambda: settings_file.put(office.config, place, values, shown=shown), actor=actor)


def add(office: Office, kind: Kind, values: Mapping[str, Any], *, shown: str, actor: str) -> Change:
    """Add a mailbox or a controller. Raises what `settings_file.add` raises."""
    place = (kind, str(values.get("id", "")))
    return _told(office, place, lambda: settings_file.add(office.config, kind, values, shown=shown), actor=actor, how="added")


def remove(office: Office, kind: Kind, identifier: str, *, shown: str, actor: str) -> Change:
    """Take a mailbox or a controller out. Raises StillNeeded, and what `settings_file.remove` raises."""
    if open_still := what_is_open(office.config, kind, identifier):
        told = ", ".join(f"{number} {what}" for what, number in open_still.items())
        raise StillNeeded(
            f"{identifier} cannot be taken out while something of it is open ({told}); close that first, or pause it."
        )
    return _told(
        office, (kind, identifier), lambda: settings_file.remove(office.config, kind, identifier, shown=shown), actor=actor,
        how="removed",
    )  # fmt: skip


def pause(office: Office, kind: Kind, identifier: str, *, paused: bool, actor: str) -> Change:
    """Let a mailbox or a controller rest, or go on – whatever else was edited meanwhile: a stop does not wait. Raises what `save` raises."""
    if office.config.file is None:
        raise NoSettingsFile
    shown = version_of(read_text(office.config.file))
    return save(office, (kind, identifier), {"paused": paused or None}, shown=shown, actor=actor)


def what_is_open(config: Config, kind: Kind, identifier: str) -> dict[str, int]:
    """What still needs a mailbox or a controller, by kind: only what there is. A mail that nobody could read yet may be for any controller of its
    mailbox."""
    active, undecided = Q(state__in=Request.ACTIVE), Q(decided_at=None)
    if kind == "mailbox":
        found = {
            "mails": _unhandled().filter(mailbox=identifier).count(),
            "reviews": Review.objects.filter(undecided, mail__mailbox=identifier).count(),
            "requests": Request.objects.filter(active, ticket__mails__mailbox=identifier).distinct().count(),
        }
    else:
        left = (Letter.State.SENT, Letter.State.DISCARDED)
        shared = [one.id for one in config.mailbox if identifier in one.controllers]
        found = {
            "mails": _unhandled().filter(Q(controller=identifier) | Q(controller="", mailbox__in=shared)).count(),
            "reviews": Review.objects.filter(undecided, controller=identifier).count(),
            "requests": Request.objects.filter(active, controller=identifier).count(),
            "letters": Letter.objects.filter(controller=identifier).exclude(state__in=left).count(),
        }
    return {what: number for what, number in found.items() if number}


def last_change() -> AuditEvent | None:
    """Who changed settings last, and which; None: nobody from here."""
    return AuditEvent.objects.filter(action=CHANGED).order_by("-id").first()


def _nobody_loses_a_mail(config: Config, mailbox: str, left: Collection[str]) -> None:
    """A mail that nobody could read yet would be taken for another controller's, once the one it may be for is out of its mailbox."""
    known = config.mailboxes.get(mailbox)
    gone = sorted(set(known.controllers) - set(left)) if known else []
    if gone and (number := _unhandled().filter(Q(controller__in=gone) | Q(controller=""), mailbox=mailbox).count()):
        raise StillNeeded(
            f"{', '.join(gone)} cannot be taken out of {mailbox} while mails there are not yet handled ({number}), as they may be for it; "
            "work them off first, also those in quarantine."
        )


def _unhandled() -> QuerySet[IncomingMail]:
    return IncomingMail.objects.exclude(state=IncomingMail.State.HANDLED)


def _told(office: Office, place: Place, change: Callable[[], Change], *, actor: str, how: str = "changed") -> Change:
    """The file is changed inside the transaction that tells of it: where the records cannot be written, nothing is changed."""
    with writing():
        done = change()
        if done.keys:
            record([Event(CHANGED, ":".join(place), {"how": how, "keys": list(done.keys)})], actor=actor, now=office.clock())
    return done
