"""Deletion that is real: the keys of a ticket and of its mails are destroyed, so that what they sealed cannot be read again – not here, and not
in any older backup of the records.

What stays says nothing of anybody: rights, regimes, dates, states and outcomes, which 11 CCR §7101 wants kept for 24 months at least. The proof
in the audit trail names each destroyed key, and the hash of each box that it sealed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

from django.db import connections, models

from privbot.records import search
from privbot.records.audit import Event
from privbot.records.database import KEYS
from privbot.records.models import Challenge, IncomingMail, Letter, Request, SearchTerm, Ticket
from privbot.records.sealing import Seals


def erase_ticket(ticket: Ticket, seals: Seals, *, reason: str, now: datetime) -> Event:
    """Destroy a ticket's key and its mails' keys, inside `writing()`. Returns the proof for the audit trail.

    The keys go first: a worker that dies in between leaves a ticket that nobody can read and that is erased again, not one that only says so.
    """
    mails, merged = list(mails_of(ticket)), list(ticket.merged.all())
    rows = [*_rows_below(ticket), *(row for mail in mails for row in _rows_of(mail))]
    proof = _proof(rows)
    keys = [ticket.key, *(one.key for one in merged), *(mail.key for mail in mails)]
    seals.destroy(keys, now)
    for _, row in rows:
        _empty(row)
    search.forget([ticket, *merged], mails)
    ticket.challenges.filter(state=Challenge.State.PENDING).update(state=Challenge.State.EXPIRED)
    ticket.letters.filter(state__in=(Letter.State.DRAFT, Letter.State.DEAD)).update(state=Letter.State.DISCARDED)
    Ticket.objects.filter(id__in=[ticket.id, *(one.id for one in merged)]).update(erased_at=now)
    told = {"reason": reason, "mails": len(mails), "keys": [str(key) for key in keys], "sha256": proof}
    return Event("ticket erased", f"ticket:{ticket.reference}", told)


def erase_mail(mail: IncomingMail, seals: Seals, *, reason: str, now: datetime) -> Event:
    """Destroy the key of a mail that belongs to no ticket, inside `writing()`. Returns the proof for the audit trail."""
    rows = list(_rows_of(mail))
    proof = _proof(rows)
    seals.destroy([mail.key], now)
    for _, row in rows:
        _empty(row)
    search.forget([], [mail])
    return Event("mail erased", f"mail:{mail.id}", {"reason": reason, "keys": [str(mail.key)], "sha256": proof})


def mails_of(ticket: Ticket) -> models.QuerySet:
    """The mails that go with a ticket: all of its own, but none that another ticket still lives on (an agent's mail for several consumers)."""
    own = IncomingMail.objects.filter(models.Q(ticket=ticket) | models.Q(requests__ticket=ticket))
    others = Request.objects.filter(ticket__erased_at=None).exclude(ticket=ticket)
    shared = IncomingMail.objects.filter(ticket__erased_at=None).exclude(ticket=ticket)
    return own.exclude(requests__in=others).exclude(id__in=shared.exclude(ticket=None).values("id")).distinct().order_by("id")


def leave_no_trace() -> None:
    """Make the key store forget what it overwrote: SQLite's write-ahead log and PostgreSQL's dead rows still hold it. Outside any transaction."""
    connection = connections[KEYS]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute("VACUUM records_datakey")


Row = tuple[str, models.Model]


def _rows_below(ticket: Ticket) -> Iterator[Row]:
    """The ticket and every row that hangs on it, on its requests and letters, or on a ticket that was merged into it – found by the models
    themselves, so that a new one is never forgotten."""
    yield "ticket", ticket
    for row in _hanging_on(ticket):
        yield f"{row._meta.model_name}:{row.pk}", row
        if isinstance(row, (Request, Letter, Ticket)):
            yield from ((f"{one._meta.model_name}:{one.pk}", one) for one in _hanging_on(row))


def _rows_of(mail: IncomingMail) -> Iterator[Row]:
    """The mail and every row that hangs on it alone; what hangs on a ticket as well goes with that ticket."""
    yield f"mail:{mail.id}", mail
    for row in _hanging_on(mail):
        if not any(
            field.related_model in (Ticket, Request) and getattr(row, field.attname) for field in row._meta.concrete_fields
        ):
            yield f"{row._meta.model_name}:{row.pk}", row


def _hanging_on(row: models.Model) -> Iterator[models.Model]:
    """Mails are looked at by themselves, and the words to find something by are deleted whole."""
    for relation in row._meta.related_objects:
        if relation.related_model not in (IncomingMail, SearchTerm):
            yield from relation.related_model.objects.filter(**{relation.field.name: row}).order_by("pk")


def _sealed(row: models.Model) -> list[str]:
    """The columns that hold boxes, by the naming rule of `records.models`."""
    return [field.name for field in row._meta.concrete_fields if field.name.split("_")[0] == "sealed"]


def _proof(rows: list[Row]) -> dict[str, str]:
    """The hash of each box that is destroyed, by where it was."""
    return {
        f"{name} {column}": hashlib.sha256(bytes(box)).hexdigest()
        for name, row in rows
        for column in _sealed(row)
        if (box := getattr(row, column))
    }


def _empty(row: models.Model) -> None:
    """Without its boxes, and without the hashes by which equal people are found."""
    emptied = dict.fromkeys(_sealed(row), b"")
    emptied |= {field.name: "" for field in row._meta.concrete_fields if field.name.endswith("_index")}
    if emptied:
        type(row).objects.filter(pk=row.pk).update(**emptied)
