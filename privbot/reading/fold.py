"""Text as the patterns see it: lower case, without accents, tricks undone – and every character still traceable to the original.

Patterns and text go through the same `fold`, so a pattern may be written with accents and still meets a mail typed without them.
Undone are zero-width characters inside words, full-width Latin, typographic quotes, and look-alike letters from other scripts
(Unicode Technical Standard #39, "confusables") inside an otherwise Latin word.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
    "\u0300-\u036f\U000e0000-\U000e007f]"
)
"""Characters nobody sees, and combining accents: dropped before matching. Anything that is here changes the length of the text."""

_LOOKALIKES = dict(zip("асеһіјорѕхуԁԛԝкмтвнαβεικνορτυχ", "acehijopsxydqwkmtbhabeikvoptux", strict=True))
_OTHER_SCRIPT = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")
_MIXED_WORD = re.compile(r"(?=\w*[a-z])(?=\w*[\u0370-\u03ff\u0400-\u052f])\w+")


_WITHOUT_STROKE = {"ø": "o", "ł": "l", "đ": "d"}
"""Letters whose stroke Unicode does not take for an accent."""


def _folded_character(character: str) -> str:
    lower = character.lower()
    if len(lower) != 1:
        lower = character
    if "ａ" <= lower <= "ｚ" or "！" <= lower <= "～":
        return chr(ord(lower) - 0xFEE0).lower()
    base = unicodedata.normalize("NFD", _WITHOUT_STROKE.get(lower, lower))[0]
    return base if base.isalpha() else lower


_TABLE = {
    code: _folded_character(chr(code))
    for block in (range(0x41, 0x5B), range(0xC0, 0x250), range(0x370, 0x530), range(0x1E00, 0x2000), range(0xFF01, 0xFF5F))
    for code in block
    if chr(code).isprintable()
}
_TABLE |= {ord(a): b for a, b in zip("‘’‚‛´`“”„«»‐‑‒–—", "''''''\"\"\"\"\"-----", strict=True)}
_TABLE |= {ord(space): " " for space in "\u00a0\u202f\u3000\t\r"}


@dataclass(frozen=True, slots=True)
class Folded:
    """The folded text, and where each of its characters stood. `offsets` is None while nothing moved."""

    text: str
    offsets: tuple[int, ...] | None = None

    def place_of(self, position: int) -> int:
        """Where in the folded text a position of the original one stands."""
        return position if self.offsets is None else bisect_left(self.offsets, position)

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original text behind a span of the folded one."""
        if self.offsets is None:
            return start, end
        if not self.offsets or start >= len(self.offsets):
            return (0, 0)
        return self.offsets[start], self.offsets[max(start, end - 1)] + 1


def fold(text: str) -> Folded:
    """Fold a text for matching, keeping the way back to it."""
    offsets: tuple[int, ...] | None = None
    if not text.isascii() and _INVISIBLE.search(text):
        offsets = tuple(index for index, character in enumerate(text) if not _INVISIBLE.match(character))
        text = "".join(text[index] for index in offsets)
    folded = text.translate(_TABLE)
    if _OTHER_SCRIPT.search(folded):
        folded = _MIXED_WORD.sub(_latin_word, folded)
    return Folded(folded, offsets)


def fold_pattern(pattern: str) -> str:
    """Fold a regular expression: its letters, but not its escapes (`\\S`, `\\W` and `\\D` keep their case)."""
    return re.sub(r"\\.|[^\\]+", lambda part: part[0] if part[0].startswith("\\") else fold(part[0]).text, pattern)


def _latin_word(word: re.Match[str]) -> str:
    return "".join(_LOOKALIKES.get(letter, letter) for letter in word[0])
