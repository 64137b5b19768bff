"""Blocks → plain text, wrapped for any mail program: at most 76 columns, a full-width character counting two."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate, chain
from unicodedata import east_asian_width

from privbot.letters.model import Block

COLUMNS = 76
RULE = "-" * 40
"""Above and below a text that is copied exactly: indenting or wrapping it would change it."""

# Japanese may break between any two characters, except after what opens and before what closes (JIS X 4051, "kinsoku").
_OPENS = frozenset("（「『【〔［｛《〈")
_CLOSES = frozenset("、。，．・：；？！）」』】〕］｝》〉ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々")
_COUNTERS = frozenset("年月日条項")
"""Stay with the number before them."""


def plain_text(blocks: Iterable[Block], label_end: str) -> str:
    """The whole letter. `label_end` stands between a fact's label and its value."""
    return "\n\n".join(_block(block, label_end) for block in blocks) + "\n"


def width(text: str) -> int:
    """Columns on a screen."""
    return sum(map(_columns, text))


def wrap(text: str, prefix: str = "") -> str:
    """The text in lines of at most COLUMNS columns, the first behind a prefix and the others below it. Longer words are never cut."""
    return prefix + ("\n" + " " * len(prefix)).join(_lines(text, COLUMNS - len(prefix)))


def _lines(text: str, columns: int) -> Iterator[str]:
    before: Sequence[int] = range(len(text) + 1) if text.isascii() else [0, *accumulate(map(_columns, text))]
    start = 0
    while before[-1] - before[start] > columns:
        fits = bisect_right(before, before[start] + columns) - 1
        places = chain(range(fits, start, -1), range(fits + 1, len(text)))
        end = next((place for place in places if _may_break(text, place)), len(text))
        yield text[start:end].rstrip()
        start = end + (text[end : end + 1] == " ")
    if start < len(text):
        yield text[start:]


def _may_break(text: str, place: int) -> bool:
    """Whether a line may end before the character at this place."""
    last, first = text[place - 1], text[place]
    if last == " " or first == " ":
        return True
    if last in _OPENS or first in _CLOSES or (first in _COUNTERS and last.isdigit()):
        return False
    return _columns(last) == 2 or _columns(first) == 2


@cache
def _columns(character: str) -> int:
    return 2 if east_asian_width(character) in "WF" else 1


def _block(block: Block, label_end: str) -> str:
    match block.kind:
        case "items":
            return "\n".join(wrap(line, "- ") for line in block.lines)
        case "facts":
            return "\n".join(wrap(f"{label}{label_end}{line}") for label, line in zip(block.labels, block.lines, strict=True))
        case "code":
            return "\n".join(f"    {line}" for line in block.lines)
        case "verbatim":
            return f"{RULE}\n{block.lines[0]}\n{RULE}"
        case _:
            return "\n".join(wrap(line) for line in block.lines)
