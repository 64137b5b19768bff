"""What still has to be done about requests, and by which day: what the operators' notices, the digest and the calendar are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from privbot.casework.lifecycle import CLOSING, Step
from privbot.records.models import Letter, Request, StepTaken

What = Literal["acknowledge_by", "respond_by", "extend_by"]
NOT_LEFT = (
    Letter.State.DRAFT, Letter.State.QUEUED, Letter.State.CLAIMED, Letter.State.SENDING, Letter.State.UNKNOWN, Letter.State.DEAD,
)  # fmt: skip
"""States of a letter that nobody can be sure to have received."""


@dataclass(frozen=True, slots=True)
class OpenDate:
    """A day by which something about a request must be done. Nothing in it says who asks."""

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


def unfinished_requests(controller: str | None = None) -> QuerySet:
    """Requests with their tickets of which the law still wants something: the active ones, and those that were closed while the letter that
    tells the requester has not left – a draft that nobody approved answers nobody.

    Each with `acknowledged`: a letter has left since its mail was handled; `answer` and `extension`: the state of the letter of the step that
    closed or extended it, None where there is none.
    """
    letters = Letter.objects.filter(
        ticket=OuterRef("ticket"), state=Letter.State.SENT, created_at__gte=OuterRef("mail__handled_at")
    )  # fmt: skip
    untold = StepTaken.objects.filter(step__in=CLOSING, letter__state__in=NOT_LEFT)
    unfinished = (
        Request.objects.annotate(acknowledged=Exists(letters), answer=_letter_of(*CLOSING), extension=_letter_of(Step.EXTEND))
        # The few letters that wait are looked up first, so that the many requests closed long ago need not be looked at one by one.
        .filter(Q(state__in=Request.ACTIVE) | Q(id__in=untold.values("request"), answer__in=NOT_LEFT))
        .select_related("ticket")
    )
    return (unfinished.filter(ticket__controller=controller) if controller else unfinished).order_by("respond_by", "id")


def untold_requests() -> QuerySet:
    """Of `unfinished_requests`, the closed ones: whose requesters have not been told. As a query of their own they are found without looking at
    all that was closed long ago."""
    untold = StepTaken.objects.filter(step__in=CLOSING, letter__state__in=NOT_LEFT)
    closed = Request.objects.exclude(state__in=Request.ACTIVE).filter(id__in=untold.values("request"))
    return closed.annotate(answer=_letter_of(*CLOSING)).filter(answer__in=NOT_LEFT)


def _letter_of(*steps: Step) -> Subquery:
    """The state of the letter of the latest of these steps."""
    return Subquery(StepTaken.objects.filter(request=OuterRef("pk"), step__in=steps).order_by("-id").values("letter__state")[:1])


def undone(request: Request) -> dict[What, date]:
    """The dates of one of `unfinished_requests` that still ask for something."""
    dates: dict[What, date] = {"respond_by": request.respond_by}
    if request.acknowledge_by and not request.acknowledged:
        dates["acknowledge_by"] = request.acknowledge_by
    announced = request.extended_on and request.extension not in NOT_LEFT
    if request.extend_by and request.state in Request.ACTIVE and not announced:
        dates["extend_by"] = request.extend_by
    return dates


def open_dates(controller: str | None = None) -> list[OpenDate]:
    """Every such day, nearest first; of one controller, or of all."""
    found = [
        OpenDate(
            row.id, row.ticket.reference, row.ticket.controller, row.regime, row.right, what, day, tuple(row.sources), row.ticket.minor
        )
        for row in unfinished_requests(controller)
        for what, day in undone(row).items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.day, one.request, one.what))
