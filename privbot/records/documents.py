"""Copies of identity documents that nobody asked for: cut out of the kept mail once what it asks for is decided.

Data minimisation (Art 5(1)(c) GDPR; 11 CCR §7060(d)). The mail is sealed anew without them under a new key, and the old key is destroyed, so that
they are unreadable in older backups as well.
"""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime

from django.db.models import Q, QuerySet

from privbot.casework.documents import identity_documents
from privbot.mail.cut import without
from privbot.mail.parse import ParseSettings, parse
from privbot.records.audit import Event, record
from privbot.records.database import writing
from privbot.records.models import AuditEvent, IncomingMail, Request
from privbot.records.sealing import Seals

CUT = "identity documents cut out"


def to_purge() -> QuerySet:
    """Mails with such copies, whose requests and reviews are all decided, and which no hold keeps."""
    mails = IncomingMail.objects.filter(identity_documents__gt=0, purged_at=None, state=IncomingMail.State.HANDLED).exclude(
        sealed_raw=b""
    )
    active = Request.objects.filter(state__in=Request.ACTIVE)
    waits = Q(requests__in=active) | Q(ticket__requests__in=active) | Q(reviews__decided_at=None, reviews__isnull=False)
    busy = IncomingMail.objects.filter(waits | Q(ticket__hold__gt=""))
    return mails.exclude(id__in=busy.values("id")).order_by("id")


def purge(mail_id: int, seals: Seals, *, actor: str, now: datetime) -> None:
    """Cut the copies out of one mail.

    The new box is safe before the old key goes, so that nothing else of the mail can be lost; `purged_at` is set last, so that whoever is
    killed in between is followed by another who finishes.
    """
    subject = f"mail:{mail_id}"
    if not AuditEvent.objects.filter(action=CUT, subject=subject).exists():
        with writing():
            mail = to_purge().select_for_update(of=("self",)).filter(id=mail_id).first()
            if mail is None:
                return  # erased, held or asked about again since the list was made
            _cut(mail, seals, actor, now)
    cut = AuditEvent.objects.filter(action=CUT, subject=subject)
    seals.destroy([uuid.UUID(event.data["key"]) for event in cut], now)
    with writing():
        IncomingMail.objects.filter(id=mail_id).update(purged_at=now)
        record([Event("identity documents purged", subject)], actor=actor, now=now)


def _cut(mail: IncomingMail, seals: Seals, actor: str, now: datetime) -> None:
    raw = seals.open(mail.key, "raw mail", mail.sealed_raw)
    found = identity_documents(parse(raw, settings=ParseSettings(truncated=mail.truncated)))
    key = seals.new_key()
    told = {"count": len(found), "key": str(mail.key), "sha256": hashlib.sha256(bytes(mail.sealed_raw)).hexdigest()}
    IncomingMail.objects.filter(id=mail.id).update(
        key=key,
        sealed_raw=seals.seal(key, "raw mail", without(raw, {one.part for one in found})),
        # What was read may quote the document.
        sealed_reading=b"",
    )
    mail.corrections.update(sealed_text=b"")  # sealed under the old key, and made of what was read
    record([Event(CUT, f"mail:{mail.id}", told)], actor=actor, now=now)
