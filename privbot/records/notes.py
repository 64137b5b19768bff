"""What operators write beside a ticket, for colleagues: sealed under the ticket's key, so that it is erased with it."""

from __future__ import annotations

from privbot.records.models import Note, Ticket
from privbot.records.sealing import Seals

SEAL = "note"


def words_of(note: Note, ticket: Ticket, seals: Seals) -> str:
    """The words of a note. Raises KeyDestroyed, SealBroken once its ticket is erased."""
    return seals.open(ticket.key, SEAL, note.sealed_words).decode()
