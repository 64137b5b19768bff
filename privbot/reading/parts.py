"""The text of a mail that is read: which parts of it, in which order, and what is left out of one that is too long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from privbot.mail.model import Mail

HEAD, TAIL = 12_000, 4_000
"""Characters of a mail that are read; between head and tail the rest is cut, and the mail goes to review."""
CUT = "\n[…]\n"
BETWEEN = "\n\n"
"""Stands between two parts."""
LONGEST_SUBJECT = 400


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a mail that is read as it stands."""

    kind: Literal["subject", "text", "attachment", "forwarded"]
    name: str
    """Of an attachment its file's name, of a forwarded mail its subject."""
    text: str


def parts(mail: Mail) -> tuple[Part, ...]:
    """What the writer says to us: their own text, then the text of attached letters; else what they only forward."""
    own = (Part("text", "", mail.text), *(Part("attachment", one.name, one.text) for one in mail.attachments))
    written = tuple(part for part in own if part.text.strip())
    return written or tuple(Part("forwarded", one.subject, one.text) for one in mail.forwarded)


def body(mail: Mail) -> str:
    """All parts as one text."""
    return BETWEEN.join(part.text for part in parts(mail))


def subject_line(subject: str) -> str:
    """The subject as it is read, on one line."""
    return " ".join(subject.split())[:LONGEST_SUBJECT]


def capped(text: str) -> tuple[str, bool]:
    """A body as it is read, and whether something was left out."""
    if len(text) <= HEAD + TAIL:
        return text, False
    return text[:HEAD] + CUT + text[-TAIL:], True


def uncapped(start: int, end: int, length: int) -> Iterator[tuple[int, int]]:
    """Where a span of a capped body stands in the whole one, which is `length` long: two pieces where it reaches over the cut."""
    if length <= HEAD + TAIL:
        yield start, end
        return
    if start < HEAD:
        yield start, min(end, HEAD)
    left_out = length - TAIL - HEAD - len(CUT)
    if end > HEAD + len(CUT):
        yield max(start, HEAD + len(CUT)) + left_out, end + left_out
