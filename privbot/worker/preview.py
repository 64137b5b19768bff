"""A letter as a ticket would get it, for an operator's eyes. Nothing is sent."""

from __future__ import annotations

from privbot.casework.model import AddRequest, Controller
from privbot.law.clocks import due
from privbot.law.verification import verification
from privbot.letters.model import ComposedLetter
from privbot.letters.sample import invented_values
from privbot.records import cases
from privbot.records.models import Request
from privbot.worker.controllers import for_casework
from privbot.worker.office import Office
from privbot.worker.writing import write_letter


def letter_for_ticket(office: Office, reference: str, name: str, language: str | None) -> ComposedLetter:
    """A letter as this ticket would get it; what only an operator or a later step knows is invented. Raises UnknownReference."""
    ticket = cases.living(reference)
    controller = for_casework(office.config.controllers[ticket.controller])
    rows = list(ticket.requests.order_by("id"))
    return write_letter(
        office.config, controller, name, language or ticket.language, reference=ticket.reference,
        requester_name=cases.requester_of(ticket, office.seals).name, requests=[_as_added(row, controller) for row in rows],
        received=rows[0].received_at, now=office.clock(), more=invented_values(name),
    )  # fmt: skip


def _as_added(row: Request, controller: Controller) -> AddRequest:
    """A request as it was added, with its clocks reckoned again."""
    place, promise = controller.places.get(row.regime), controller.promises.get(row.regime)
    dates = due(row.regime, row.right, row.received_at, place=place, promise=promise)
    return AddRequest(row.regime, row.right, row.category, dates, verification(row.regime, row.right))
