"""How well the requester's details are found: the name, postal address, phone numbers and ids that a mail states.

Counted per detail, over mails in which a clerk noted what the body says. A name is right when it is the same name in any spelling of case,
width and accents, titles aside. A body signed "Vera" under the header "Vera Quist" is rightly read as Vera Quist, so a truth that is
contained in what was found counts too, and so does a Slavic or Finnish name in another case than the clerk's. A *wrong person* is one who
shares no word of the name with the truth. Names are asked for twice: with the sender's name of the header, and without. Phones are the same
when their national numbers are, since a number that no plan knows has no sure country; ids when the parts of them that hold digits are
("policy V 88-12" and "88-12").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import phonenumbers

from privbot.reading.fold import fold
from privbot.reading.model import Requester
from privbot.reading.people import contained, without_title
from privbot.reading.phones import REGION_OF_LANGUAGE

FIELDS = ("name", "address", "phone", "ids")
SAME_ADDRESS = 0.8
"""Share of the words of an address that must be found, and of those found that must belong to it."""

SHORTEST_STEM, MOST_ENDING = 3, 3
"""Letters of a word that can be inflected, and by how many its forms may differ in length."""
FEWEST_NATIONAL = 7
"""Digits of a national number that must agree."""


@dataclass(slots=True)
class Count:
    """Hits, false finds and misses of one detail, in votes."""

    hits: float = 0.0
    false: float = 0.0
    missed: float = 0.0

    def as_figures(self) -> dict[str, float]:
        """precision, recall, f1 between 0 and 1, and how many there were."""
        return {
            "precision": _share(self.hits, self.hits + self.false),
            "recall": _share(self.hits, self.hits + self.missed),
            "f1": _share(2 * self.hits, 2 * self.hits + self.false + self.missed),
            "support": round(self.hits + self.missed, 1),
        }


@dataclass(slots=True)
class DetailCounts:
    """Adds mails up."""

    counts: dict[str, Count] = field(default_factory=lambda: {name: Count() for name in (*FIELDS, "name without header")})
    wrong_person: list[str] = field(default_factory=list)
    """Ids of the mails whose requester was taken to be somebody else."""

    def add(
        self,
        id: str,
        language: str,
        truth: Mapping[str, Sequence[str]],
        found: Requester,
        without_header: Requester,
        weight: float,
    ) -> None:
        """One mail. `truth` holds Name, Address, Phone and Ids as written; what it does not name is not stated."""
        for label, requester in (("name", found), ("name without header", without_header)):
            named = [requester.name.value] if requester.name else []
            if truth.get("Name"):
                self._count(label, truth["Name"], named, _same_name, weight)
                if label == "name" and named and not any(_related(named[0], name) for name in truth["Name"]):
                    self.wrong_person.append(id)
        self._count("address", truth.get("Address", ()), [one.value for one in found.addresses], _same_address, weight)

        def same_phone(one: str, other: str) -> bool:
            return _same_phone(one, other, language)

        self._count("phone", truth.get("Phone", ()), [one.value for one in found.phones], same_phone, weight)
        self._count("ids", truth.get("Ids", ()), [one.value for one in found.ids], _same_id, weight)

    def figures(self) -> dict[str, object]:
        """Ready for JSON."""
        return {**{name: count.as_figures() for name, count in self.counts.items()}, "wrong_person": self.wrong_person}

    def _count(
        self, label: str, truth: Iterable[str], found: Iterable[str], same: Callable[[str, str], bool], weight: float
    ) -> None:
        count, left = self.counts[label], list(dict.fromkeys(truth))
        for value in dict.fromkeys(found):
            match = next((one for one in left if same(value, one)), None)
            if match is None:
                count.false += weight
            else:
                left.remove(match)
                count.hits += weight
        count.missed += weight * len(left)


def _same_name(found: str, truth: str) -> bool:
    words, others = _words(without_title(found)), _words(without_title(truth))
    if any(word >= "\u3040" for word in others):
        return "".join(others) in "".join(words)
    return contained(others, words) or set(words) == set(others) or _inflected(others, words)


def _inflected(truth: Sequence[str], found: Sequence[str]) -> bool:
    """Whether a name is the same but for its case: "zastupuji Břetislava Doupala"."""
    return len(truth) == len(found) and all(
        len(word) > SHORTEST_STEM and other.startswith(word[:-1]) and abs(len(other) - len(word)) <= MOST_ENDING
        for word, other in zip(truth, found, strict=True)
    )


def _related(found: str, truth: str) -> bool:
    words, others = _words(found), _words(truth)
    if any(word >= "\u3040" for word in others):
        return bool(set("".join(words)) & set("".join(others)))
    return bool(set(words) & set(others)) or _inflected(others, words)


def _same_address(one: str, other: str) -> bool:
    words, others = set(_words(one)), set(_words(other))
    shared = len(words & others)
    return _share(shared, len(words)) >= SAME_ADDRESS and _share(shared, len(others)) >= SAME_ADDRESS


def _same_id(one: str, other: str) -> bool:
    return "".join(_words(one)) == "".join(_words(other)) or _identifying(one) == _identifying(other)


def _identifying(id: str) -> str:
    words = _words(id)
    with_digits = [re.sub(r"^[^\x00-\x7f]+|[^\x00-\x7f]+$", "", word) for word in words if re.search(r"\d", word)]
    return "".join(with_digits or words)


def _same_phone(found: str, truth: str, language: str) -> bool:
    if found == _e164(truth, language):
        return True
    national = re.sub(r"\D", "", truth).lstrip("0")
    return len(national) >= FEWEST_NATIONAL and re.sub(r"\D", "", found).endswith(national)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", fold(text).text)


def _e164(number: str, language: str) -> str:
    for region in REGION_OF_LANGUAGE.get(language, ("GB",)):
        try:
            parsed = phonenumbers.parse(number, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(parsed):
            return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return number


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0
