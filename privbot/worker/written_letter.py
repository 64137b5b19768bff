"""One letter before an operator: its words, where it is on its way, and which steps it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from privbot.errors import PrivbotError, WrongUse
from privbot.letters import outbox
from privbot.records.models import AuditEvent, Letter, StepTaken
from privbot.worker.office import Office


class NoSuchLetter(WrongUse):
    """There is no letter with that number."""

    code = "no-such-letter"


@dataclass(frozen=True, slots=True)
class WrittenLetter:
    """A letter whole."""

    row: Letter
    """With its ticket."""
    words: Mapping[str, Any]
    """sender, recipient, subject, text, attachments (name, type, size in bytes); empty once the ticket is erased."""
    steps: tuple[StepTaken, ...]
    """The steps it tells the requester of."""
    trail: tuple[AuditEvent, ...]
    """What the audit trail tells of it, oldest first."""


def written_letter(office: Office, number: int) -> WrittenLetter:
    """A letter by its number. Raises NoSuchLetter."""
    row = Letter.objects.filter(id=number).select_related("ticket").first()
    if row is None:
        raise NoSuchLetter
    try:
        words = outbox.words(row, office.seals)
    except PrivbotError:
        words = {}
    events = AuditEvent.objects.filter(subject=f"ticket:{row.ticket.reference}").order_by("id")
    steps = tuple(row.steps.select_related("request").order_by("id"))
    return WrittenLetter(row, words, steps, tuple(event for event in events if event.data.get("letter") == row.id))
