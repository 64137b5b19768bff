"""Text that strangers wrote → text that is safe to show: nothing invisible, no letters turned around or painted over their neighbours."""

from __future__ import annotations

import re

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
_INSIDE_WORD = re.compile(
    "(?<=\\w)[\u034f\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0001-\U000e007f]+(?=\\w)"
)
_JOINERS = "\u200c\u200d"
_LATIN_JOINER = re.compile(
    "(?<=[\u0020-\u04ff\u3040-\u30ff\u4e00-\u9fff])[\u200c\u200d]+(?=[\u0020-\u04ff\u3040-\u30ff\u4e00-\u9fff])"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MARK = "[\u0300-\u036f\u0483-\u0489\u064b-\u065f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_STACK = re.compile(f"({_MARK}{{4}}){_MARK}+")
"""No language puts more than four marks on a letter; towers of them are drawn over the lines above and below."""


def visible(text: str) -> tuple[str, bool]:
    """Text without invisible and control characters and towers of accents, and whether any invisible one stood inside a word, where
    only a trick puts it."""
    if text.isascii() and not _CONTROLS.search(text):
        return text, False
    inside = bool(_INSIDE_WORD.search(text)) or bool(re.search(rf"(?<=[A-Za-z])[{_JOINERS}]+(?=[A-Za-z])", text))
    # Joiners belong to Persian, Indic scripts and emoji; between other letters nobody types them.
    text = _LATIN_JOINER.sub("", text)
    text = _INVISIBLE.sub(lambda found: found.group() if found.group() in _JOINERS else "", text)
    return _CONTROLS.sub("", _STACK.sub(r"\1", text)), inside


def one_line(text: str, most: int) -> str:
    """Visible text on one line, cut to `most` characters with an ellipsis."""
    line = " ".join(visible(text)[0].split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
