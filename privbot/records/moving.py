"""Moving what hangs on one ticket to another: what is sealed is sealed anew, under the key of the ticket that it belongs to from then on.

Inside `database.writing()`.
"""

from __future__ import annotations

from django.db import models

from privbot.records import life, notes, proofs
from privbot.records.models import Challenge, Letter, LetterVersion, Note, Request, StepTaken, Ticket
from privbot.records.sealing import Seals

BOXES: dict[type[models.Model], tuple[str, str]] = {
    StepTaken: ("sealed_words", life.SEAL),
    Challenge: ("sealed_code", proofs.SEAL),
    Letter: ("sealed", "letter"),
    LetterVersion: ("sealed_words", "letter version"),
    Note: ("sealed_words", notes.SEAL),
}
"""Under a ticket's key: the column, and as what it is sealed. A test holds this against the models."""


def move_all(from_ticket: Ticket, into: Ticket, seals: Seals) -> dict[str, int]:
    """Everything but the requester and what can be undone. Returns how many of each kind."""
    moved = {}
    for model, which in (
        (StepTaken, {"request__ticket": from_ticket}),
        (LetterVersion, {"letter__ticket": from_ticket}),
        (Challenge, {"ticket": from_ticket}),
        (Letter, {"ticket": from_ticket}),
        (Note, {"ticket": from_ticket}),
    ):
        for row in model._default_manager.filter(**which):
            _seal_anew(row, from_ticket, into, seals)
    for name in ("requests", "challenges", "letters", "notes", "reviews", "mails"):
        moved[name] = getattr(from_ticket, name).update(ticket=into)
    from_ticket.terms.update(ticket=into)
    return moved


def move_request(row: Request, into: Ticket, seals: Seals) -> None:
    """One request with its steps. Letters stay where they were written."""
    for step in row.steps.all():
        _seal_anew(step, row.ticket, into, seals)
    row.ticket = into


def _seal_anew(row: models.Model, from_ticket: Ticket, into: Ticket, seals: Seals) -> None:
    column, what = BOXES[type(row)]
    if box := getattr(row, column):
        setattr(row, column, seals.seal(into.key, what, seals.open(from_ticket.key, what, box)))
        row.save(update_fields=[column])
