"""What operators tell each other about a ticket."""

from __future__ import annotations

from privbot.casework.errors import ReasonMissing
from privbot.errors import WrongUse
from privbot.records import notes
from privbot.records.models import Note
from privbot.worker.acting import By
from privbot.worker.office import Office
from privbot.worker.stepping import stepping

LONGEST = 10_000
"""Characters of one note."""


class NoteTooLong(WrongUse):
    """The note is longer than 10,000 characters; write several."""

    code = "note-too-long"


def add_note(office: Office, reference: str, words: str, *, by: By) -> Note:
    """Write a note beside a ticket; only colleagues read it. Raises ReasonMissing, NoteTooLong, UnknownReference, AlreadyErased."""
    with stepping(office, reference, "note", by) as now:
        if not words.strip():
            raise ReasonMissing("Write something.")
        if len(words) > LONGEST:
            raise NoteTooLong
        note, event = notes.add(now.ticket, words.strip(), actor=by.name, at=office.clock(), seals=office.seals)
        now.events.append(event)
        return note
