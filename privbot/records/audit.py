"""The audit trail: each event's hash covers the one before it, so that a changed, removed or inserted event is found.

Two writers never fork the chain: `previous` is read and the event written under the records' write lock (SQLite), or under an advisory lock
that lasts until the transaction ends (PostgreSQL).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from privbot.records.database import writing
from privbot.records.models import AuditEvent

GENESIS = "0" * 64
VERIFIED, TRAIL = "audit trail verified", "audit trail"
"""Action and subject of the event that tells of a walk along the trail."""
POSTGRESQL_LOCK = 0x7072_6976
"""Any constant will do, as long as every worker uses the same ("priv")."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `data` holds codes, dates and counts; never personal data."""

    action: str
    subject: str
    data: Mapping[str, Any] = field(default_factory=dict)


def record(events: Sequence[Event], *, actor: str, now: datetime) -> None:
    """Write events at the end of the trail, inside the transaction that they tell of."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [POSTGRESQL_LOCK])
    previous = AuditEvent.objects.order_by("-id").values_list("hash", flat=True).first() or GENESIS
    links = []
    for event in events:
        link = AuditEvent(
            at=now, actor=actor, action=event.action, subject=event.subject, data=dict(event.data), previous=previous
        )
        link.hash = previous = _hash(link)
        links.append(link)
    AuditEvent.objects.bulk_create(links)


def first_break() -> int | None:
    """The id of the first event that does not fit the chain, or None if the trail is whole."""
    return _walk()[1]


@dataclass(frozen=True, slots=True)
class Verification:
    """One walk along the whole trail."""

    at: datetime
    """UTC."""
    actor: str
    events: int
    """How many fitted the chain."""
    broken: int | None
    """The id of the first event that does not; None: the trail is whole."""


def verify(*, actor: str, now: datetime) -> Verification:
    """Walk the trail, and let it tell itself of that. Takes seconds for a hundred thousand events; nobody waits for it meanwhile."""
    events, broken = _walk()
    with writing():
        record([Event(VERIFIED, TRAIL, {"events": events, "broken": broken})], actor=actor, now=now)
    return Verification(now, actor, events, broken)


def last_verification() -> Verification | None:
    """The last time that anybody walked the trail; None: never yet."""
    told = AuditEvent.objects.filter(subject=TRAIL, action=VERIFIED).order_by("-id").first()
    return Verification(told.at, told.actor, told.data["events"], told.data["broken"]) if told else None


def _walk() -> tuple[int, int | None]:
    """How many events fit the chain, and the id of the first that does not."""
    previous, events = GENESIS, 0
    for link in AuditEvent.objects.order_by("id").iterator(chunk_size=2000):
        if link.previous != previous or link.hash != _hash(link):
            return events, int(link.id)
        previous, events = link.hash, events + 1
    return events, None


def _hash(link: AuditEvent) -> str:
    told = [link.previous, link.at.astimezone(UTC).isoformat(), link.actor, link.action, link.subject, link.data]
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
