"""Requests in the records, as their lives left them: what every report is made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

from privbot.casework.model import OpenTicket
from privbot.law.clocks import due
from privbot.reading.model import CATEGORY_OF_RIGHT
from privbot.records import cases
from privbot.records.database import writing
from privbot.records.models import IncomingMail, Letter, Request, StepTaken, Ticket
from privbot.worker.office import Office

NUMBERS = count(1)
RECEIVED = datetime(2026, 11, 20, 20, tzinfo=UTC)


def ask(
    office: Office, right: str = "know-categories", regime: str = "ccpa", *, received: datetime = RECEIVED, controller: str = "lumen",
    answered_after: float | None = None, step: str = "fulfil", letter: bool = True, sent: bool = True, agent: bool = False,
    language: str = "en", **columns: object,
) -> Request:  # fmt: skip
    """Put one request of Mel's into the records, as its life left it."""
    number, seals = next(NUMBERS), office.seals
    clocks = due(regime, right, received)
    with writing():
        mail = IncomingMail.objects.create(
            mailbox="main", sha256=f"{number:064}", received_at=received, kept_at=received, size=1, controller=controller, outcome="ticket",
            key=seals.new_key(), sealed_raw=b"box",
        )  # fmt: skip
        ticket, _ = cases.open_ticket(
            mail, OpenTicket(language), requester=cases.Requester("mel@ortega.example", "Mel Ortega", {}), minor=False, agent=agent,
            seals=seals, now=received,
        )  # fmt: skip
        closed_at = received + timedelta(days=answered_after) if answered_after is not None else None
        request = Request.objects.create(
            ticket=ticket, mail=mail, controller=controller, regime=regime, right=right, category=CATEGORY_OF_RIGHT[right],
            received_at=received, statute=clocks.statute, respond_by=clocks.respond_by, alarm=clocks.alarm, verification="reasonable",
            closed_at=closed_at, **columns,
        )  # fmt: skip
        if closed_at:
            written = a_letter(ticket, closed_at, sent=sent) if letter else None
            StepTaken.objects.create(request=request, step=step, at=closed_at, actor="wilhelmina", letter=written)
    return request


def a_letter(ticket: Ticket, at: datetime, *, sent: bool) -> Letter:
    return Letter.objects.create(
        ticket=ticket, automatic=False, controller=ticket.controller, name="answer", language="en", created_at=at, next_try_at=at,
        state="sent" if sent else "draft", sent_at=at if sent else None, message_id=f"<{ticket.reference}@harbour.example>", sealed=b"box",
    )  # fmt: skip
