"""Text → sentences with spans: full stops, Japanese 。, list items, and lines that were meant as lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from privbot.reading.fold import Folded

WRAPPED_FROM = 48
"""A line at least this long, without an end mark, is taken for wrapped text that goes on below."""

_BULLET = re.compile(r"[ ]*(?:[-*•·‣▪◦○●・–—]+[ ]?|\(?\d{1,2}[.)．、][ ]|\(?[a-z]\)[ ]|[①-⑳]|\([ivx]+\)[ ])")
_END = re.compile(r"[。！？]+[」』）)]*|[.!?…]+[\"')\]]*(?=\s)")
_ABBREVIATION = re.compile(
    r"(?:^|[\s('])(?:art|artt|abs|nr|no|no|z|b|bzw|ggf|gem|lit|s|cal|civ|cf|e\.g|i\.e|mr|mrs|ms|dr|dott|ing|hr|hrn|st|str|tel|sec|inc|ltd|par|cl|odst|pism|ust|kpl|mm|al|vs|d\.h|z\.b|p|pp|sr|sra|mme|bl|ca|t\.a\.v|resp|\d{1,2}|[a-z])\.$"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its folded words, and the span in the folded text they stand at."""

    text: str
    start: int
    end: int
    subject: bool = False
    """The subject line of the mail."""
    item: bool = False
    """A bullet or a numbered item."""


def split(folded: Folded, *, subject_length: int = 0) -> list[Sentence]:
    """Split a folded text whose first `subject_length` characters are the subject line."""
    text = folded.text
    found: list[Sentence] = []
    if subject_length and text[:subject_length].strip():
        found.append(Sentence(text[:subject_length], 0, subject_length, subject=True))
    for start, end, item in _blocks(text, subject_length):
        found.extend(Sentence(text[a:b].replace("\n", " "), a, b, item=item) for a, b in _within(text, start, end))
    return found


def _blocks(text: str, start: int) -> list[tuple[int, int, bool]]:
    """Runs of lines that belong together: paragraphs as they were wrapped, list items, and single short lines."""
    blocks: list[tuple[int, int, bool]] = []
    goes_on = False
    position = start
    for line in text[start:].splitlines(keepends=True):
        end = position + len(line)
        stripped = line.strip()
        bullet = bool(_BULLET.match(line))
        if stripped:
            if goes_on and not bullet and blocks:
                first, _, item = blocks[-1]
                blocks[-1] = (first, end, item)
            else:
                blocks.append((position, end, bullet))
            goes_on = len(stripped) >= WRAPPED_FROM and stripped[-1] not in ".!?:;。！？：;"
        else:
            goes_on = False
        position = end
    return blocks


def _within(text: str, start: int, end: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    head = start
    for mark in _END.finditer(text, start, end):
        if mark[0] == "." and _ABBREVIATION.search(text, max(head, mark.end() - 8), mark.end()):
            continue
        spans.append((head, mark.end()))
        head = mark.end()
    spans.append((head, end))
    trimmed = []
    for a, b in spans:
        piece = text[a:b]
        left = a + len(piece) - len(piece.lstrip())
        right = a + len(piece.rstrip())
        if any(character.isalnum() for character in text[left:right]):
            trimmed.append((left, right))
    return trimmed
