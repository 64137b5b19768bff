"""A mail as operators see it: its text with the words marked that the reading goes by.

A reading's spans count characters of the text that was read – subject line, newline, own text, attached letters, cut where too long. Here
they are carried over to the parts of the mail, which are shown whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from privbot.mail.model import Mail
from privbot.reading import parts
from privbot.reading.parts import BETWEEN, Part, capped, subject_line, uncapped

REQUESTER = "requester"
"""Labels of what the mail says of the requester: `requester-name-120-131`, by field and span."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of the text that was read, and what it speaks for."""

    label: str
    start: int
    end: int
    words: str | None = None
    """The words that stood there when the mail was read; None where the reading keeps no words."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and the labels of all marks over it, in order; empty for plain text."""

    text: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """One part of a mail, in pieces. `kind` and `name`: `parts.Part`."""

    kind: str
    name: str
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


def marks(reading: Mapping[str, Any]) -> tuple[Mark, ...]:
    """The marks of a reading in its JSON (`contract.as_json`); details from headers and signatures have none."""
    evidence = (Mark(one["label"], one["start"], one["end"], one["text"]) for one in reading.get("evidence", ()))
    sources = reading.get("requester", {}).get("sources", ())
    return (*evidence, *(Mark(label_of(one), one["start"], one["end"]) for one in sources if one["start"] >= 0))


def label_of(source: Mapping[str, Any]) -> str:
    """The label of the words that a detail of the requester was read from; empty where it stands in no text, or a person said it."""
    return f"{REQUESTER}-{source['field']}-{source['start']}-{source['end']}" if source["start"] >= 0 else ""


def passages(mail: Mail, found: Sequence[Mark]) -> tuple[Passage, ...]:
    """Subject and parts of a mail with what was found in it.

    Where the text of a mail is not the text that was read – a later version may parse it otherwise – nothing is marked rather than wrong words.
    """
    subject = Part("subject", "", subject_line(mail.subject))
    body = parts.parts(mail)
    whole = BETWEEN.join(part.text for part in body)
    placed = list(_placed(found, len(subject.text) + 1, len(whole))) if _is_what_was_read(subject.text, whole, found) else []
    shown = [Passage(subject.kind, subject.name, _pieces(subject.text, 0, placed))]
    start = len(subject.text) + 1
    for part in body:
        shown.append(Passage(part.kind, part.name, _pieces(part.text, start, placed)))
        start += len(part.text) + len(BETWEEN)
    return tuple(shown)


def _is_what_was_read(subject: str, whole: str, found: Sequence[Mark]) -> bool:
    read = f"{subject}\n{capped(whole)[0]}"
    return all(one.end <= len(read) and one.words in (None, read[one.start : one.end]) for one in found)


def _placed(found: Iterable[Mark], body: int, length: int) -> Iterator[Mark]:
    """Marks that count characters of subject line and *whole* body, which begins at `body`."""
    for one in found:
        if one.start < body:
            yield Mark(one.label, one.start, min(one.end, body))
        if one.end > body:
            for start, end in uncapped(max(one.start, body) - body, one.end - body, length):
                yield Mark(one.label, start + body, end + body)


def _pieces(text: str, at: int, placed: Iterable[Mark]) -> tuple[Piece, ...]:
    """A text that begins `at` a place, cut wherever a mark begins or ends."""
    changes: dict[int, list[tuple[str, int]]] = {0: [], len(text): []}
    for one in placed:
        start, end = max(one.start - at, 0), min(one.end - at, len(text))
        if start < end:
            changes.setdefault(start, []).append((one.label, 1))
            changes.setdefault(end, []).append((one.label, -1))
    pieces = []
    over: Counter[str] = Counter()
    places = sorted(changes)
    for start, end in pairwise(places):
        for label, more in changes[start]:
            over[label] += more
        over = +over
        pieces.append(Piece(text[start:end], tuple(sorted(over))))
    return tuple(pieces)
