"""What active requests still have to be done by which day: what the operators' notices, the digest and the calendar are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db.models import Exists, OuterRef, QuerySet

from privbot.records.models import Letter, Request

What = Literal["acknowledge_by", "respond_by", "extend_by"]


@dataclass(frozen=True, slots=True)
class OpenDate:
    """A day by which something about an active request must be done. Nothing in it says who asks."""

    request: int
    reference: str
    controller: str
    regime: str
    right: str
    what: What
    day: date
    """In the place of the regime."""
    sources: tuple[str, ...]
    minor: bool
    """It seems to concern a child."""


def active_requests(controller: str | None = None) -> QuerySet:
    """Active requests with their tickets, each with `acknowledged`: a letter has left since its mail was handled."""
    letters = Letter.objects.filter(
        ticket=OuterRef("ticket"), state=Letter.State.SENT, created_at__gte=OuterRef("mail__handled_at")
    )  # fmt: skip
    active = Request.objects.filter(state__in=Request.ACTIVE).annotate(acknowledged=Exists(letters)).select_related("ticket")
    return (active.filter(ticket__controller=controller) if controller else active).order_by("respond_by", "id")


def undone(request: Request) -> dict[What, date]:
    """The dates of one of `active_requests` that still ask for something."""
    dates: dict[What, date] = {"respond_by": request.respond_by}
    if request.acknowledge_by and not request.acknowledged:
        dates["acknowledge_by"] = request.acknowledge_by
    if request.extend_by and request.extended_on is None:
        dates["extend_by"] = request.extend_by
    return dates


def open_dates(controller: str | None = None) -> list[OpenDate]:
    """Every such day, nearest first; of one controller, or of all."""
    found = [
        OpenDate(
            row.id, row.ticket.reference, row.ticket.controller, row.regime, row.right, what, day, tuple(row.sources), row.ticket.minor
        )
        for row in active_requests(controller)
        for what, day in undone(row).items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.day, one.request, one.what))
