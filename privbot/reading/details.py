"""The words of details.toml, compiled: labels, introductions, closing formulas, and the words around numbers, phones and addresses."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from privbot.reading.fold import fold

_FILE = Path(__file__).parent / "details.toml"
LONG = 6
"""Letters from which on a label is known inside a compound word."""
_IS = r"(?:is|was|lautet|ist|war|est|es|era|e|er|ar|on|je|to|jest|は|の|が|というのは|という)"
_GAP = rf"(?:[ ]?(?:{_IS}(?![a-z])|[:：;#=.,('\"「（『-]+))*[ ]?"


@cache
def label(field: str) -> re.Pattern[str]:
    """A line that begins with a label and a colon (or a Japanese one, with or without): group 1 is the value."""
    words = _either(_data()["labels"][field])
    japanese = "|".join(word for word in _folded(_data()["labels"][field]) if word[0] >= "\u3040")
    return re.compile(
        rf"^[ \-*•>・○●■◆①-⑳0-9.)]*(?:(?:{words})[ ]*(?:\([^)\n]*\))?[ ]*[::：=]|(?:{japanese})[ ])[ ]*(\S[^\n]*)$",
        re.MULTILINE,
    )


@cache
def inline_label(field: str) -> re.Pattern[str]:
    """The same label inside a sentence ("born on 3 May 1980"): group 1 is what follows, up to 60 characters."""
    return re.compile(
        rf"(?<!\w)(?:{_either(_data()['labels'][field])})\b[ ]*(?:is|was|:|on|ist|am|est|es|è|den)?[ ]*([^\n]{{4,60}})"
    )


@cache
def introduction() -> re.Pattern[str]:
    """ "My name is": the end of the match is where the name starts; group 1 where the words say it less surely ("I am")."""
    words = _data()["introductions"]
    return re.compile(rf"(?<!\w)(?:{'|'.join(_folded(words['words']))}|({_either(words['weak'])})) ")


@cache
def closing() -> re.Pattern[str]:
    """A line that is only a closing formula; the name stands below (or behind the comma)."""
    return re.compile(rf"^[ ]*(?:{_either(_data()['closings']['words'])})[ ]*[,.!;:]*[ ]*(?:\n|$)", re.MULTILINE)


def number_kind(before: str) -> str | None:
    """What the words right before a number say it is: customer, order, …; empty for a mere "number"; None if they say nothing."""
    return _kind_of(_labelled_number().search(before))


def number_kind_after(after: str) -> str | None:
    """The same for the words behind it: "20-88714 is my membership number"."""
    return _kind_of(_number_then_label().match(after))


@cache
def phone_before() -> re.Pattern[str]:
    """Words that end in one that announces a phone number."""
    words = _either(_data()["phones"]["words"])
    return re.compile(rf"(?<![a-z])(?:{words})(?:[ ]?(?:{_number_words()}))?[ ]?(?:\([^)\n]*\))?{_GAP}(?:(?:me|us) )?(?:on|at|under|unter|au|al|op|na|pa|numerossa)?[ ]?\(?$")


@cache
def user_words() -> re.Pattern[str]:
    """Words that announce a user name."""
    return re.compile(rf"(?<![a-z])(?:{_either(_data()['ids']['user'])})(?:[ -]?(?:name|id))?(?![a-z])")


@cache
def residence() -> re.Pattern[str]:
    """ "I live at": the end of the match is where the address starts."""
    return re.compile(rf"(?<!\w)(?:{_either(_data()['residence']['words'])})[ ]*:?[ ]+")


@cache
def relative() -> re.Pattern[str]:
    """ "My late father, ": the end of the match is where the relative's name starts."""
    words = _data()["relations"]
    return re.compile(
        rf"(?<!\w)(?:(?:{_either(words['possessives'])}) (?:(?:{_either(words['late'])}) ){{0,2}})(?:{_either(words['adults'] + words['children'])}),? "
    )


@cache
def child() -> re.Pattern[str]:
    """ "My son": whose parent writes."""
    words = _data()["relations"]
    return re.compile(
        rf"(?<!\w)(?:{_either(words['possessives'])}) (?:\w+ )?(?:{_either(words['children'])})(?!\w)|息子|娘|子ども|子供|の(?:父|母)です|\b(?:his|her) (?:mum|mom|mother|father|dad|parent)\b"
    )


@cache
def nobody() -> frozenset[str]:
    """Words that no name of a person contains."""
    return frozenset(_folded(_data()["people"]["nobody"]))


@cache
def nobody_japanese(*, whole_word: bool) -> re.Pattern[str]:
    """The same in Japanese, where words run together; of a name without a space also its beginning and its end tell."""
    words = _data()["people"]["nobody_japanese"]
    if whole_word:
        words = [*words, *_data()["people"]["nobody_japanese_edges"]]
    return re.compile("|".join(words))


@cache
def roles_japanese() -> re.Pattern[str]:
    """How offices and trades end in Japanese: 司法書士, 営業部."""
    return re.compile("|".join(_data()["people"]["roles_japanese"]))


@cache
def titles() -> frozenset[str]:
    """ "Dr", "Frau": before a name, and no part of it."""
    return frozenset(_folded(_data()["people"]["titles"]))


@cache
def particles() -> frozenset[str]:
    """The small words inside names: "van der", "de la"."""
    return frozenset(_folded(_data()["people"]["particles"]))


@cache
def street_words() -> frozenset[str]:
    """Small words a street may begin with: "rue", "via", "ul."."""
    return frozenset(_folded(_data()["addresses"]["street_words"]))


@cache
def not_in_address() -> frozenset[str]:
    """Words of the sentence around an address."""
    return frozenset(_folded(_data()["addresses"]["not_in_address"]))


@cache
def address_japanese() -> re.Pattern[str]:
    """How places end in Japanese."""
    return re.compile("|".join(_data()["addresses"]["words_japanese"]))


@cache
def _labelled_number() -> re.Pattern[str]:
    kinds = "|".join(f"(?P<{kind}>{_either(words)})" for kind, words in _data()["ids"].items())
    number = _number_words()
    other = r"(?:[a-z0-9/_-]*\d[a-z0-9/_-]*(?: (?:and|und|et|y|e|en|og|och|oraz|i|a|ja|&) |, ?|と|、))?"
    return re.compile(
        rf"(?:(?:(?<![a-z])|(?<=[a-z]-)|(?<=[a-z])(?={_either(_long(_data()['ids']))}))(?:{kinds})[a-z]{{0,3}}(?:[a-z]?[- ]?(?:{number}))?|(?<![a-z])(?P<any>{number})|(?<=[a-z])(?:nummer|nr)){_GAP}{other}$"
    )


@cache
def _number_then_label() -> re.Pattern[str]:
    kinds = "|".join(f"(?P<{kind}>{_either(words)})" for kind, words in _data()["ids"].items())
    is_my = r"(?:is|ist|est|es|e|er|ar|on|je|to)(?: (?:my|our|the|mein\w*|unser\w*|mon|ma|mi|mia|il mio|la mia|mijn|o meu|a minha|min|mitt|moje|moj))"
    return re.compile(rf"[ ]?(?:{is_my} |\()(?:{kinds})(?:[a-z]{{0,4}}[- ]?(?:{_number_words()}))?(?![a-z])")


def _kind_of(match: re.Match[str] | None) -> str | None:
    if match is None:
        return None
    return next((kind for kind, said in match.groupdict().items() if said and kind != "any"), "")


@cache
def _number_words() -> str:
    return _either(_data()["numbers"]["words"])


@cache
def _data() -> dict[str, Any]:
    with _FILE.open("rb") as file:
        return tomllib.load(file)


def _long(ids: dict[str, list[str]]) -> list[str]:
    """Labels long enough to be found inside a compound: "Versicherungsvertrag"."""
    return [word for words in ids.values() for word in words if len(word) >= LONG]


def _folded(words: Iterable[str]) -> list[str]:
    return sorted({fold(word).text for word in words}, key=lambda word: (-len(word), word))


def _either(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, _folded(words)))
