"""What operators write beside a ticket, for colleagues: sealed under the ticket's key, so that it is erased with it."""

from __future__ import annotations

from datetime import datetime

from privbot.records.audit import Event
from privbot.records.models import Note, Ticket
from privbot.records.sealing import Seals

SEAL = "note"


def add(ticket: Ticket, words: str, *, actor: str, at: datetime, seals: Seals) -> tuple[Note, Event]:
    """Write a note down, inside `database.writing()`. The audit trail tells that there is one, not what it says."""
    note = Note.objects.create(ticket=ticket, at=at, actor=actor, sealed_words=seals.seal(ticket.key, SEAL, words.encode()))
    return note, Event("note added", f"ticket:{ticket.reference}", {"note": note.id})


def words_of(note: Note, ticket: Ticket, seals: Seals) -> str:
    """The words of a note. Raises KeyDestroyed, SealBroken once its ticket is erased."""
    return seals.open(ticket.key, SEAL, note.sealed_words).decode()
