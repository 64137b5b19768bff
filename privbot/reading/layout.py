"""The lines of a mail as extraction sees them: where each stands, and where the writer's closing block begins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from privbot.reading import details
from privbot.reading.fold import Folded

TAIL = 6
"""Lines at the end of a mail in which a signature is looked for when no closing formula announces it."""
LONGEST_BLOCK = 8
"""Lines after a closing formula that can still belong to the signature."""
LONGEST_LINE = 60
"""Characters of a line in a signature."""

_QUOTED = re.compile(r"^[ ]*>[^\n]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Line:
    """One line without the spaces around it."""

    text: str
    start: int

    def tail(self, length: int) -> Line:
        """The end of the line, at most `length` characters of it."""
        return Line(self.text[-length:], max(self.start, self.end - length))

    @property
    def end(self) -> int:
        """Where the line ends in the text."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Layout:
    """The lines of a text that are not empty, and those that can be its signature."""

    lines: tuple[Line, ...]
    closing: int | None
    """Index of the first line after the last closing formula ("Kind regards"), if one stands near the end."""
    last_paragraph: int | None
    """Index of the first line of the last paragraph, if that has few and short lines and is not the whole mail."""

    @property
    def block(self) -> tuple[Line, ...]:
        """The lines in which the writer signs: those below the closing formula, else the last few."""
        if self.closing is not None:
            return self.lines[self.closing : self.closing + LONGEST_BLOCK]
        return self.lines[-TAIL:]

    @property
    def block_of_its_own(self) -> tuple[Line, ...]:
        """The last paragraph, if its few short lines stand apart from the text as a signature does; read from the top."""
        return self.lines[self.last_paragraph :] if self.last_paragraph else ()

    @property
    def block_start(self) -> int:
        """Where the first line of the block stands in the text."""
        return self.block[0].start if self.block else 0


def without_quotes(text: str) -> str:
    """The text with quoted lines blanked out, so that nobody who is quoted is taken for the writer; all offsets stay."""
    return _QUOTED.sub(lambda quoted: " " * len(quoted[0]), text) if ">" in text else text


def of(text: str, folded: Folded) -> Layout:
    """The layout of a text and its folded form."""
    lines, closing = [], None
    position = 0
    for line, said in zip(text.split("\n"), folded.text.split("\n"), strict=True):
        if stripped := line.strip():
            lines.append(Line(stripped, position + line.index(stripped[0])))
            if said.strip(" ,.!;:") in details.closings():
                closing = len(lines)
        position += len(line) + 1
    if closing is not None and not 0 < len(lines) - closing <= LONGEST_BLOCK + TAIL:
        closing = None
    return Layout(tuple(lines), closing, _last_paragraph(text, lines))


def _last_paragraph(text: str, lines: Sequence[Line]) -> int | None:
    blank = text.rstrip().rfind("\n\n")
    first = next((index for index, line in enumerate(lines) if line.start > blank), 0)
    paragraph = lines[first:]
    if blank < 0 or len(paragraph) > LONGEST_BLOCK or any(len(line.text) > LONGEST_LINE for line in paragraph):
        return None
    return first or None
