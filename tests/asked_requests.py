"""Requests in the records, put there as they are: for tests of what is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

NO_KEY = "00000000-0000-0000-0000-000000000000"


def put_request(clock: Callable[[], datetime], reference: str, controller: str = "lumen", **changes: object) -> Any:
    """A Californian request for deletion, on a ticket of its own. `changes` replace columns of the request."""
    from privbot.records.models import IncomingMail, Request, Ticket

    number = IncomingMail.objects.count()
    mail = IncomingMail.objects.create(
        mailbox="privacy", sha256=f"{number:064}", received_at=clock(), kept_at=clock(), handled_at=clock(), size=1, controller=controller,
        key=NO_KEY, sealed_raw=b"",
    )  # fmt: skip
    ticket = Ticket.objects.create(
        reference=reference, controller=controller, opened_at=clock(), language="en", last_contact=clock(), sender_index="", key=NO_KEY,
        sealed_requester=b"",
    )  # fmt: skip
    dates = {
        "acknowledge_by": date(2026, 12, 7), "statute": date(2027, 1, 4), "respond_by": date(2027, 1, 4), "alarm": date(2027, 1, 3),
        "extend_by": date(2027, 1, 4), "sources": ["statute: §7021(b)"],
    }  # fmt: skip
    return Request.objects.create(
        ticket=ticket, mail=mail, controller=controller, regime="ccpa", right="erasure", category="deletion", received_at=clock(),
        verification="reasonable", **(dates | changes),
    )  # fmt: skip
