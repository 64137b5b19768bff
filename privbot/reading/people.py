"""Whether a piece of text can be the name of a person, rather than a company, a role, a greeting or a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from privbot.reading import details
from privbot.reading.fold import fold

LONGEST, MOST_WORDS = 48, 6

_AND = frozenset(["a", "and", "e", "en", "et", "i", "ja", "och", "og", "und", "y"])
"""Between the first names of a couple."""
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.-])*")
_CAMEL = re.compile(r"[a-zß-ÿ][A-ZÀ-Þ]")
_HARMLESS_CAMEL = re.compile(r"(?:Mc|Mac|De|Di|La|Le|Fitz|Van)[A-ZÀ-Þ]")
_JAPANESE = re.compile(
    r"[\u4e00-\u9fff々ヶ髙﨑]{1,4}[ 　][\u4e00-\u9fff々ヶ\u3041-\u30ff]{1,6}"
    r"|[\u4e00-\u9fff々ヶ]{1,6}[\u3041-\u309f]{0,4}|[\u4e00-\u9fff々ヶ]{1,4}[\u30a0-\u30ff]{1,5}"
    r"|[\u3041-\u309f]{2,6}[ 　]?[\u3041-\u309f]{0,6}"
    r"|[\u30a0-\u30ff]{2,10}(?:[ 　・][\u30a0-\u30ff]{1,10}){0,4}|[\u30a0-\u30ff]{2,10}[ 　]?[\u4e00-\u9fff々]{1,3}"
)


def is_japanese(text: str) -> bool:
    """Whether a text has a Japanese letter in it."""
    return any("\u3040" <= character <= "\u9fff" for character in text)


def is_person(name: str, *, lower_case: bool = False) -> bool:
    """Whether a piece of text can be a person's name. Names all in small letters count only where `lower_case` allows them."""
    name = name.strip(" 　,.;:\"'()")
    if not 2 <= len(name) <= LONGEST or any(character.isdigit() or character in "@/<>!?&" for character in name):
        return False
    if is_japanese(name):
        spaced = " " in name or "\u3000" in name
        return bool(_JAPANESE.fullmatch(name)) and not details.nobody_japanese(whole_word=not spaced).search(
            re.sub(r"\s", "", name)
        )
    words = name.split()
    if len(words) > MOST_WORDS or (_CAMEL.search(name) and not _HARMLESS_CAMEL.search(name)):
        return False
    return _all_are_names(words, lower_case=lower_case)


def contained(few: Sequence[str], many: Sequence[str]) -> bool:
    """Whether the words of a short form of a name stand in the long one, in their order; an initial stands for its word."""
    left = iter(many)
    return bool(few) and all(any(_stands_for(word, other) for other in left) for word in few)


def _stands_for(word: str, other: str) -> bool:
    initial = word.strip(".")
    return word == other or (len(initial) == 1 and other.startswith(initial))


def without_title(name: str) -> str:
    """ "Dr. Vera Quist" → "Vera Quist"."""
    words = name.split()
    while len(words) > 1 and fold(words[0]).text.strip(".,()") in details.titles():
        words = words[1:]
    return name[name.index(words[0]) :] if words else name


def _all_are_names(words: list[str], *, lower_case: bool) -> bool:
    capitals = 0
    for place, word in enumerate(words):
        folded = fold(word).text
        if folded in details.particles() or (folded in _AND and 0 < place < len(words) - 1):
            continue
        if not _WORD.fullmatch(word) or folded.strip(".") in details.nobody():
            return False
        if not (word[0].isupper() or lower_case):
            return False
        capitals += 1
    return capitals > 0
