"""The words of details.toml, compiled: labels, introductions, closing formulas, and the words before a number that identifies."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from privbot.reading.fold import fold

_FILE = Path(__file__).parent / "details.toml"
_NUMBER_WORDS = (
    r"(?: |-|s-)?(?:(?:account|card|id|konto) )?"
    r"(?:number|numbers|no|nr|num|id|ids|nummer|numer|numero|n°|nº|nro|cislo|broj|kod|code|#|番号|no\.)"
)


@cache
def label(field: str) -> re.Pattern[str]:
    """A line that begins with a label and a colon (or a Japanese one, with or without): group 1 is the value."""
    words = _either(_data()["labels"][field])
    return re.compile(rf"^[ \-*•>]*(?:{words})[ ]*(?:\([^)\n]*\))?[ ]*[::：=][ ]*(\S[^\n]*)$", re.MULTILINE)


@cache
def inline_label(field: str) -> re.Pattern[str]:
    """The same label inside a sentence ("born on 3 May 1980"): group 1 is what follows, up to 40 characters."""
    return re.compile(
        rf"(?<!\w)(?:{_either(_data()['labels'][field])})\b[ ]*(?:is|was|:|on|ist|am|est|es|è|den)?[ ]*([^\n]{{4,60}})"
    )


@cache
def introduction() -> re.Pattern[str]:
    """ "My name is": the end of the match is where the name starts."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(_folded(_data()['introductions']['words']))}) ")


@cache
def closing() -> re.Pattern[str]:
    """A line that is only a closing formula; the name stands below (or behind the comma)."""
    return re.compile(rf"^[ ]*(?:{_either(_data()['closings']['words'])})[ ]*[,.!;:]*[ ]*(?:\n|$)", re.MULTILINE)


@cache
def identifiers() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """(kind, pattern) of labelled numbers: group 1 is the number."""
    return tuple(
        (
            kind,
            re.compile(
                rf"(?<!\w)(?:{_either(words)}){_NUMBER_WORDS}?\.?[ ]*(?:\([^)\n]*\))?[ ]*(?:is|lautet|ist|est|es|は)?[ ]*[:：#]?[ ]*"
                r"(\d{2,4}(?: \d{2,4}){1,4}(?!\d)|(?=[a-z0-9/_.-]*\d)[a-z0-9][a-z0-9/_.-]{2,24}[a-z0-9])(?![\w@])"
            ),
        )
        for kind, words in _data()["ids"].items()
    )


@cache
def _data() -> dict[str, dict[str, list[str]]]:
    with _FILE.open("rb") as file:
        return tomllib.load(file)


def _folded(words: Iterable[str]) -> list[str]:
    return sorted({fold(word).text for word in words}, key=lambda word: (-len(word), word))


def _either(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, _folded(words)))
