"""The words of details.toml, compiled: labels, introductions, closing formulas, and the words around numbers, phones and addresses."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from privbot.reading.fold import fold
from privbot.reading.patterns import any_word

_FILE = Path(__file__).parent / "details.toml"
SHORTEST_INFLECTED = 4
"""Letters of a label that is known with an ending too."""
LONG, MOST_INFLECTION, MOST_WORDS, LONGEST_JAPANESE = 6, 3, 4, 12
"""Letters from which on a label is known inside a compound word; letters of inflection behind one; words (and Japanese characters) looked at
before a number."""
_IS = frozenset(
    ["is", "was", "lautet", "ist", "war", "est", "es", "era", "e", "er", "ar", "on", "je", "to", "jest", "the", "my", ":", "="]
)
_OF = frozenset(["di", "de", "du", "d", "da", "del", "della", "van", "of", "des"])
_NUMBER_ENDINGS = ("nummer", "numret", "number", "numero", "numer", "nummern", "nro", "nr", "id", "code")
_WORDS = re.compile(r"[^\W\d_]+(?:[.'/-][^\W\d_]+)*|[#№☎☏📞✆]")
_ENUMERATED = re.compile(r"(?:[a-z0-9/_-]*\d[a-z0-9/_-]*)(?: (?:and|und|et|y|e|en|og|och|oraz|i|a|ja|&) |, ?|と|、)$")
_JAPANESE_GAP = re.compile(r"[\s:：#=.・「『（(]*(?:というのは|という|は|の|が)?[\s:：#=.・「『（(]*$")
_IS_MY = re.compile(
    r"[ ]?(?:(?:is|ist|est|es|e|er|ar|on|je|to) (?:my|our|the|mein\w*|unser\w*|mon|ma|mi|mia|il mio|la mia|mijn|o meu|a minha|min|mitt|moje|moj) |\()"
    r"([^\W\d_]+)"
)


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
    return re.compile(rf"{_any(_data()['labels'][field])}\b[ ]*(?:is|was|:|on|ist|am|est|es|è|den)?[ ]*([^\n]{{4,60}})")


@cache
def introduction() -> re.Pattern[str]:
    """ "My name is": the end of the match is where the name starts; group 1 where the words say it less surely ("I am")."""
    words = _data()["introductions"]
    return re.compile(rf"{_any(words['words'])},? |({_any(words['weak'])}) ")


@cache
def closings() -> frozenset[str]:
    """Lines that are only a closing formula, without the marks behind it; the name stands below."""
    return frozenset(_folded(_data()["closings"]["words"]))


def number_kind(before: str) -> str | None:
    """What the words right before a number say it is: customer, order, …; empty for a mere "number"; None if they say nothing."""
    before = _ENUMERATED.sub("", before)
    if before and (kind := _japanese_kind(before)) is not None:
        return kind
    words = _WORDS.findall(before)[-MOST_WORDS:]
    while words and words[-1] in _IS:
        words.pop()
    numbered = False
    while words and words[-1].strip(".") in _numbers():
        words.pop()
        numbered = True
    if not words:
        return "" if numbered else None
    if (kind := _labels().get(" ".join(words[-2:]))) is not None:
        return kind
    candidates = [words[-1]]
    if len(words) > 2 and words[-2] in _OF:
        candidates.append(words[-3])  # "contratto di noleggio"
    for word in candidates:
        if (kind := _kind_of(word)) is not None:
            return kind
    if numbered or words[-1].endswith(_NUMBER_ENDINGS):
        return ""
    return "" if any(word.strip(".") in _numbers() for word in words[-3 if before.rstrip().endswith(":") else -2 :]) else None


def _japanese_kind(before: str) -> str | None:
    """Japanese words run together: the longest label that the words before the number end in."""
    said = _JAPANESE_GAP.sub("", before)[-LONGEST_JAPANESE:]
    if max(said, default="") < "\u3040":
        return None
    return next((_japanese_labels()[said[at:]] for at in range(len(said)) if said[at:] in _japanese_labels()), None)


def number_kind_after(after: str) -> str | None:
    """The same for the words behind it: "20-88714 is my membership number"."""
    match = _IS_MY.match(after)
    return _kind_of(match[1]) if match else None


def says_phone(before: str) -> bool:
    """Whether the words right before a number announce a phone."""
    if before.rstrip(" :：はのへ(（").endswith(_phones_japanese()):
        return True
    return any(word.strip(".") in _phones() for word in _WORDS.findall(before)[-MOST_WORDS:])


@cache
def user_words() -> re.Pattern[str]:
    """Words that announce a user name."""
    return re.compile(rf"{any_word(_folded(_data()['ids']['user']), '(?<![a-z])').pattern}(?:[ -]?(?:name|id))?(?![a-z])")


@cache
def residence() -> re.Pattern[str]:
    """ "I live at": the end of the match is where the address starts."""
    return re.compile(rf"{_any(_data()['residence']['words'])}[ ]*:?[ ]+")


@cache
def relative() -> re.Pattern[str]:
    """ "My late father, ": the end of the match is where the relative's name starts."""
    words = _data()["relations"]
    late = rf"(?:(?:{_either(words['late'])}) ){{0,2}}"
    mine = rf"{_any(words['possessives'])} {late}{_any(words['adults'] + words['children'])}"
    return re.compile(rf"(?:{mine}|{_any(words['plain'])})(?:,|:| on| er| is)? ")


@cache
def principal() -> re.Pattern[str]:
    """ "on behalf of Mrs ": the end of the match is where the name of the one who is written for starts; group `title` holds a title."""
    whose = r"(?: (?:our|my) (?:client|customer|member|user)| the consumer)?"
    article = r"(?:(?:la|il|el|o|a|der|die|de) (?:[a-z]+ (?=d\.|sig))?|l'[a-z]+ )?"
    titles = _either(_data()["people"]["titles"])
    return re.compile(
        rf"{_any(_data()['agents']['phrases'])}{whose}[,:]? {article}(?P<title>(?:{titles})\.? )?(?:(?:{titles})\.? )*"
    )


@cache
def entrusts() -> re.Pattern[str]:
    """ "Mrs … has asked us": the end of the match is where the name starts."""
    titles = _either(_data()["people"]["titles"])
    return re.compile(rf"(?<!\w)(?P<title>(?:{titles})\.?|dass uns) (?=[^\n]{{4,80}}? {_any(_data()['agents']['entrusts'])})")


@cache
def child() -> re.Pattern[str]:
    """ "My son", "as her mum": whose parent writes."""
    words = _data()["relations"]
    mine = rf"{_any(words['possessives'])} (?:\w+ )?{_any(words['children'])}(?!\w)"
    return re.compile(rf"{mine}|{_any(words['parents'])}(?!\w)|息子|娘|子ども|子供|の(?:父|母)です")


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
def enclosures() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """(role, words that name it) of attachments, the gravest role first."""
    return tuple(
        (role, re.compile(rf"(?<![a-z0-9])(?:{_either(words)})(?![a-z])")) for role, words in _data()["enclosures"].items()
    )


@cache
def services() -> re.Pattern[str]:
    """ "your app ", "the newsletter ": the end of the match is where the name of the service starts."""
    return re.compile(rf"{_any(_data()['services']['words'])} ")


@cache
def helpdesk() -> re.Pattern[str]:
    """How a help desk calls itself in a header."""
    return re.compile(_either(_data()["people"]["helpdesks"]))


@cache
def titles() -> frozenset[str]:
    """ "Dr", "Frau": before a name, and no part of it."""
    return frozenset(_folded(_data()["people"]["titles"]))


@cache
def particles() -> frozenset[str]:
    """The small words inside names: "van der", "de la"."""
    return frozenset(_folded(_data()["people"]["particles"]))


@cache
def before_street() -> re.Pattern[str]:
    """A part of an address that may stand before the street: "flat 2", "#08-11", "14 bis"."""
    words = _as_written("before_street")
    return re.compile(rf"(?:(?:{words})(?!\w)\.? ?[\w/-]*|#[\w-]+|[a-z]{{1,2}}-?\d+\w*|\d+[a-z]?(?: bis| ter)?)", re.IGNORECASE)


@cache
def after_number() -> re.Pattern[str]:
    """A part that may stand behind street and number: "2. tv", "piso 3", "Apt 4B"."""
    words, sides = _as_written("after_number"), _as_written("sides")
    return re.compile(
        rf"(?:\d{{1,4}}\.?[º°ª]?\.? ?(?:[a-z]|{sides})?\.?|#[\w-]+|(?:{words})(?!\w)\.?.*|c/o .*|[a-z] ?\d{{1,3}})", re.IGNORECASE
    )


@cache
def post_box() -> re.Pattern[str]:
    """A box at the post office, which stands for a street."""
    return re.compile(rf"(?:{_as_written('post_boxes')})\.? \d[\d ]*", re.IGNORECASE)


@cache
def country() -> re.Pattern[str]:
    """A country behind an address, on the same line or the next."""
    return re.compile(rf"[ ]*[,\n][ ]*(?:{_as_written('countries')})(?!\w)")


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


def _kind_of(word: str) -> str | None:
    """The kind of one label, also inflected ("kundin"), before "number" in one word ("kundennummer") or last in a compound."""
    labels = _labels()
    for ending in _NUMBER_ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            word = word[: -len(ending)].rstrip("-")
            word = word if word in labels else word.rstrip("s")
            break
    for shorter in range(MOST_INFLECTION + 1):
        stem = word[: len(word) - shorter]
        if stem in labels and (shorter == 0 or len(stem) >= SHORTEST_INFLECTED):
            return labels[stem]
        if stem.endswith(_long_labels()):
            return next(labels[label] for label in _long_labels() if stem.endswith(label))
    return None


@cache
def _labels() -> dict[str, str]:
    return {word: kind for kind, words in _data()["ids"].items() for word in _folded(words) if word[0] < "\u3040"}


@cache
def _long_labels() -> tuple[str, ...]:
    return tuple(word for word in _labels() if len(word) >= LONG)


@cache
def _japanese_labels() -> dict[str, str]:
    """Every way a Japanese label ends right before the number: 会員番号, 会員ID, 会員, and the mere 番号."""
    words = {word: kind for kind, words in _data()["ids"].items() for word in words if word[0] >= "\u3040"}
    endings = ["番号", "コード", "id", "no", "no.", "名", ""]
    mere = {"番号": "", "コード": "", "末尾": ""}
    return {word + ending: kind for word, kind in words.items() for ending in endings} | mere


@cache
def _numbers() -> frozenset[str]:
    return frozenset(word.strip(".") for word in _folded(_data()["numbers"]["words"]))


@cache
def _phones() -> frozenset[str]:
    return frozenset(word for word in _folded(_data()["phones"]["words"]) if word[0] < "\u3040")


@cache
def _phones_japanese() -> tuple[str, ...]:
    return tuple(word for word in _folded(_data()["phones"]["words"]) if word[0] >= "\u3040")


@cache
def _data() -> dict[str, Any]:
    with _FILE.open("rb") as file:
        return tomllib.load(file)


def _as_written(name: str) -> str:
    """Words about addresses, longest first, with their accents."""
    return "|".join(map(re.escape, sorted(_data()["addresses"][name], key=len, reverse=True)))


def _folded(words: Iterable[str]) -> list[str]:
    return sorted({fold(word).text for word in words}, key=lambda word: (-len(word), word))


def _either(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, _folded(words)))


def _any(words: Iterable[str]) -> str:
    """The longest of many words, at the start of a word, as one expression that looks at each letter once."""
    return any_word(_folded(words), r"(?<!\w)").pattern
