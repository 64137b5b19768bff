"""Changing the words of a draft."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from privbot.letters import outbox, rewording
from privbot.letters.rewording import Words
from privbot.records.audit import Event, record
from privbot.records.database import writing
from privbot.records.models import Letter, LetterVersion
from privbot.records.sealing import Seals
from privbot.worker.desk import UnknownLetter, approve, working_on
from privbot.worker.office import Office

SEAL = "letter version"


@dataclass(frozen=True, slots=True)
class Version:
    """How a letter read until somebody changed it."""

    at: datetime
    """UTC."""
    actor: str
    words: Words


def edit_letter(office: Office, letter_id: int, subject: str, text: str, *, actor: str, seen: int | None = None) -> Letter:
    """Change what a draft says; `seen`: the version of its ticket that was shown. The HTML is made again from the text, what the letter said until
    then is kept sealed. What must come back exactly – reference, code, a text to be signed – cannot be changed.

    Raises UnknownLetter where it is no draft, AlreadyErased, TextRefused, ChangedMeanwhile.
    """
    with working_on(office, letter_id, "edit", actor, seen) as letter:
        if letter.state != Letter.State.DRAFT:
            raise UnknownLetter
        told = outbox.words(letter, office.seals)
        before = Words(told["subject"], told["text"])
        after = rewording.reworded(before, subject, text, reference=letter.ticket.reference)
        if after == before:
            return letter
        words = json.dumps({"subject": before.subject, "text": before.text}, ensure_ascii=False).encode()
        LetterVersion.objects.create(
            letter=letter, at=office.clock(), actor=actor, sealed_words=office.seals.seal(letter.ticket.key, SEAL, words)
        )
        outbox.reword(letter, after, rewording.html_of(after, letter.language), office.seals)
        event = Event("letter edited", f"ticket:{letter.ticket.reference}", {"letter": letter.id})
        record([event], actor=actor, now=office.clock())
        return letter


def edit_and_approve(office: Office, letter_id: int, subject: str, text: str, *, actor: str, seen: int | None = None) -> Letter:
    """Change what a draft says and send it, in one transaction: nobody's words come in between. Raises what both raise; then neither is done."""
    with writing():
        edit_letter(office, letter_id, subject, text, actor=actor, seen=seen)
        # No version: the latest is our own, and nobody else acts on the ticket before the transaction ends.
        return approve(office, letter_id, actor=actor)


def history(letter: Letter, seals: Seals) -> list[Version]:
    """How a letter read before, oldest first."""
    return [
        Version(one.at, one.actor, Words(**json.loads(seals.open(letter.ticket.key, SEAL, one.sealed_words))))
        for one in letter.versions.order_by("id")
    ]
