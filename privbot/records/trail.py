"""Reading the audit trail: who did what, about what, and when – all of it, or what concerns some controllers."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from privbot.records.models import AuditEvent, IncomingMail, Letter, Review, Ticket

RECENT = 5000
"""Events that the names of actions are collected from: a trail of years is not walked for a list of suggestions."""


@dataclass(frozen=True, slots=True)
class Sought:
    """Which events. What is empty does not matter; days are UTC, both included."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    """Whole, such as `mail:17`, or only its kind, such as `mail`."""
    first: date | None = None
    last: date | None = None
    controllers: Collection[str] | None = None
    """Only events about these controllers' tickets, mails, reviews and letters, and about the controllers themselves; None: all there are."""

    @property
    def narrowed_by(self) -> list[str]:
        """What matters: names, and nothing that anybody typed."""
        return [
            name
            for name in ("actor", "action", "subject", "first", "last", "controllers")
            if getattr(self, name) not in ("", None)
        ]


def newest(sought: Sought, *, before: int | None = None, limit: int) -> list[AuditEvent]:
    """At most so many events, the newest first; `before`: older than the event with this id."""
    rows = _events(sought)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])


def oldest_first(sought: Sought) -> Iterator[AuditEvent]:
    """All of them, as they were written."""
    return iter(_events(sought).order_by("id").iterator(chunk_size=2000))


def recent_actions() -> list[str]:
    """What has lately been done, by name."""
    return _recent("action")


def recent_actors() -> list[str]:
    """Who has lately done anything."""
    return _recent("actor")


def _recent(column: str) -> list[str]:
    newest = AuditEvent.objects.order_by("-id").values("id")[:RECENT]
    return list(AuditEvent.objects.filter(id__in=newest).values_list(column, flat=True).distinct().order_by(column))


def _events(sought: Sought) -> QuerySet[AuditEvent]:
    rows = AuditEvent.objects.all()
    if sought.actor:
        rows = rows.filter(actor=sought.actor)
    if sought.action:
        rows = rows.filter(action=sought.action)
    if sought.subject:
        about = Q(subject=sought.subject)
        rows = rows.filter(about if ":" in sought.subject else about | Q(subject__startswith=f"{sought.subject}:"))
    if sought.first:
        rows = rows.filter(at__gte=_midnight(sought.first))
    if sought.last:
        rows = rows.filter(at__lt=_midnight(sought.last) + timedelta(days=1))
    return rows if sought.controllers is None else rows.filter(_of(sought.controllers))


def _of(controllers: Collection[str]) -> Q:
    """An event knows no controller, only what it is about."""
    found = Q(subject__in=[f"controller:{one}" for one in controllers])
    for kind, model, name in (
        ("ticket", Ticket, "reference"),
        ("mail", IncomingMail, "id"),
        ("review", Review, "id"),
        ("letter", Letter, "id"),
    ):
        theirs = model.objects.filter(controller__in=controllers)
        found |= Q(subject__in=theirs.annotate(subject=Concat(Value(f"{kind}:"), Cast(name, CharField()))).values("subject"))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
