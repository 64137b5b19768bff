"""What came in: the only state of intake.

A folder is held by a lease with an *epoch*: claiming adds one, and every batch is committed "where epoch = mine". A worker that wakes from
the dead with an old epoch changes nothing. Raw mails, ledger entries and the watermark are committed together, before anything is parsed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from privbot.errors import FaultOfWorld
from privbot.intake.imap import FetchedMail
from privbot.records.database import writing
from privbot.records.models import Folder, IncomingMail, LedgerEntry
from privbot.records.sealing import Seals


class LeaseLost(FaultOfWorld):
    """Another worker took this folder over while this one was away; it goes on there."""

    code = "lease-lost"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to take in one folder, until another worker claims it."""

    folder_id: int
    epoch: int


def claim(mailbox: str, folder: str, *, holder: str, now: datetime, seconds: float) -> Lease | None:
    """Claim a folder for `seconds`: the holder's own again, or one whose lease has run out. None while another worker holds it."""
    with writing():
        row, _ = Folder.objects.get_or_create(mailbox=mailbox, name=folder)
        free = Q(holder=holder) | Q(held_until=None) | Q(held_until__lt=now)
        claimed = Folder.objects.filter(free, id=row.id, epoch=row.epoch).update(
            epoch=F("epoch") + 1, holder=holder, held_until=now + timedelta(seconds=seconds)
        )
        return Lease(row.id, row.epoch + 1) if claimed else None


def renew(lease: Lease, *, now: datetime, seconds: float, **changes: object) -> None:
    """Prolong a lease, and change the folder's row with it. Raises LeaseLost when another worker has claimed it since."""
    changes["held_until"] = now + timedelta(seconds=seconds)
    if not Folder.objects.filter(id=lease.folder_id, epoch=lease.epoch).update(**changes):
        raise LeaseLost


def keep(
    lease: Lease, mailbox: str, uidvalidity: int, mails: Sequence[FetchedMail], *, go_live: datetime, after_work: bool, seals: Seals,
    now: datetime, seconds: float,
) -> int:  # fmt: skip
    """Keep a batch: raw bytes sealed, ledger and watermark, in one transaction. Returns how many were new.

    The same bytes in the same mailbox are one mail, however often and under whatever UIDVALIDITY they are seen.
    """
    seals.reserve(len(mails))
    with writing():
        folder = Folder.objects.filter(id=lease.folder_id, epoch=lease.epoch).first()
        if folder is None:
            raise LeaseLost
        digests = {mail.uid: hashlib.sha256(mail.raw).hexdigest() for mail in mails}
        known = dict(IncomingMail.objects.filter(mailbox=mailbox, sha256__in=digests.values()).values_list("sha256", "id"))
        listed = set(_entries(lease, uidvalidity).filter(uid__in=digests).values_list("uid", flat=True))
        fresh: dict[str, IncomingMail] = {}
        for mail in mails:
            digest = digests[mail.uid]
            if digest not in known and digest not in fresh:
                key = seals.new_key()
                fresh[digest] = IncomingMail(
                    mailbox=mailbox, sha256=digest, received_at=mail.received, kept_at=now, size=mail.size, truncated=mail.truncated,
                    backlog=mail.received < go_live, key=key, sealed_raw=seals.seal(key, "raw mail", mail.raw),
                )  # fmt: skip
        known |= {mail.sha256: mail.id for mail in IncomingMail.objects.bulk_create(fresh.values())}
        LedgerEntry.objects.bulk_create(
            LedgerEntry(
                folder_id=lease.folder_id,
                uidvalidity=uidvalidity,
                uid=mail.uid,
                mail_id=known[digests[mail.uid]],
                after_done=not after_work,
            )
            for mail in mails
            if mail.uid not in listed
        )
        watermark = max(folder.watermark, max(digests, default=0))
        renew(lease, now=now, seconds=seconds, watermark=watermark)
        return len(fresh)


def unknown_uids(lease: Lease, uidvalidity: int, on_server: Collection[int]) -> list[int]:
    """Of the UIDs on the server, those that the ledger does not know. Entries of what was moved away long ago are not looked at."""
    if not on_server:
        return []
    listed = _entries(lease, uidvalidity).filter(uid__gte=min(on_server))
    return sorted(set(on_server) - set(listed.values_list("uid", flat=True)))


def after_work_left(lease: Lease, uidvalidity: int) -> list[int]:
    """UIDs whose mail is kept but not yet marked or moved on the server."""
    return list(_entries(lease, uidvalidity).filter(after_done=False).values_list("uid", flat=True))


def after_work_done(lease: Lease, uidvalidity: int, uids: Collection[int]) -> None:
    """Remember that these are marked or moved."""
    with writing():
        _entries(lease, uidvalidity).filter(uid__in=list(uids)).update(after_done=True)


def _entries(lease: Lease, uidvalidity: int) -> QuerySet:
    return LedgerEntry.objects.filter(folder_id=lease.folder_id, uidvalidity=uidvalidity)
