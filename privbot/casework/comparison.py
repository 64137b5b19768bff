"""How many details of a requester agree with what the controller has on file: a number, and never which.

People write one thing in many ways, so spelling is not compared: case, width, accents, punctuation, the order of names, the form of a
telephone number or a date. Each kind of detail counts once, however often it is given (11 CCR §7062 counts data points).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import phonenumbers

from privbot.casework.customers import CustomerRecord
from privbot.reading.dates import parse_date
from privbot.reading.fold import fold
from privbot.reading.model import Requester

FEWEST_PHONE_DIGITS = 7
SHORTEST_ID = 3
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "æ": "ae", "å": "aa", "ß": "ss"})
_SPELT_OUT = re.compile(r"([aou])e|aa")
"""Müller and Mueller, Ødegård and Oedegaard are the same name; as is, to us, Muller: rather one match too many than a person turned away."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a requester says about themselves; empty where nothing is said."""

    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    postal_addresses: tuple[str, ...] = ()
    dates_of_birth: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    wallets: tuple[str, ...] = ()


def claimed_in(requester: Requester, *, address: str) -> Claimed:
    """What a mail says about its writer, with the address that it came from."""
    return Claimed(
        names=(requester.name.value,) if requester.name else (),
        emails=tuple(dict.fromkeys((address, *(detail.value for detail in requester.emails)))),
        phones=tuple(detail.value for detail in requester.phones),
        postal_addresses=tuple(detail.value for detail in requester.addresses),
        dates_of_birth=(requester.date_of_birth.value,) if requester.date_of_birth else (),
        ids=tuple(detail.value for detail in requester.ids),
        wallets=tuple(detail.value for detail in requester.wallets),
    )


def matched(claimed: Claimed, candidates: Iterable[CustomerRecord]) -> int:
    """How many kinds of detail agree with the one record that agrees best; details of two customers are never added up."""
    return max((_agreeing(claimed, record) for record in candidates), default=0)


def _agreeing(claimed: Claimed, record: CustomerRecord) -> int:
    kinds: tuple[tuple[Sequence[str], str, Callable[[str, str], bool]], ...] = (
        (claimed.names, record.name, same_name),
        (claimed.emails, record.email, same_email),
        (claimed.phones, record.phone, same_phone),
        (claimed.postal_addresses, record.postal_address, same_postal_address),
        (claimed.dates_of_birth, record.date_of_birth, same_date),
        (claimed.ids, record.customer_id, same_id),
        (claimed.wallets, record.wallet, same_wallet),
    )
    return sum(any(same(said, on_file) for said in values if on_file.strip()) for values, on_file, same in kinds)


def same_name(one: str, other: str) -> bool:
    """The same words in any order; one may have middle names that the other leaves out, as long as two words agree."""
    first, second = _words(one), _words(other)
    if not first or not second:
        return False
    if sorted(first) == sorted(second) or "".join(first) == "".join(second):
        return True
    common = set(first) & set(second)
    return len(common) >= 2 and common in (set(first), set(second))


def same_email(one: str, other: str) -> bool:
    return _plain(one).strip() == _plain(other).strip() != ""


def same_phone(one: str, other: str) -> bool:
    """One number with and without country code, trunk zero, spaces and brackets."""
    first, second = _digits(one), _digits(other)
    if min(len(first), len(second)) < FEWEST_PHONE_DIGITS:
        return False
    agreeing = (phonenumbers.MatchType.EXACT_MATCH, phonenumbers.MatchType.NSN_MATCH)
    return first == second or phonenumbers.is_number_match(_international(one), _international(other)) in agreeing


def same_postal_address(one: str, other: str) -> bool:
    """The same numbers – house, postcode – and at least half of the words of the shorter one: "St" and "Street" may differ."""
    first, second = _words(one), _words(other)
    numbers = [sorted(word for word in words if any(map(str.isdigit, word))) for words in (first, second)]
    spoken = [{word for word in words if not any(map(str.isdigit, word))} for words in (first, second)]
    fewest = min(map(len, spoken))
    return bool(numbers[0]) and numbers[0] == numbers[1] and fewest > 0 and 2 * len(spoken[0] & spoken[1]) >= fewest


def same_date(one: str, other: str) -> bool:
    first, second = parse_date(_plain(one)), parse_date(_plain(other))
    return first is not None and first == second


def same_id(one: str, other: str) -> bool:
    """A customer's, account's or order's number, whatever stands between its characters."""
    first, second = "".join(_words(one)), "".join(_words(other))
    return first == second and len(first) >= SHORTEST_ID


def same_wallet(one: str, other: str) -> bool:
    return _plain(one).strip() == _plain(other).strip() != ""


def same_spelling(name: str) -> str:
    """One spelling for all spellings of a name: equal names have equal ones."""
    return " ".join(sorted(_words(name)))


def _plain(text: str) -> str:
    return fold(unicodedata.normalize("NFKC", text)).text.casefold()


def _words(text: str) -> list[str]:
    """The words of a name or address, folded so far that their usual spellings are one."""
    spelt = unicodedata.normalize("NFKC", text).casefold().translate(_UMLAUTS)
    folded = _SPELT_OUT.sub(lambda pair: pair[0][0], _plain(spelt))
    return re.findall(r"\w+", re.sub(r"['’`´.]", "", folded))


def _digits(text: str) -> str:
    return "".join(character for character in unicodedata.normalize("NFKC", text) if character.isdigit())


def _international(text: str) -> str:
    """`0043 …` as `+43 …`; everything else as it is."""
    written = unicodedata.normalize("NFKC", text).strip()
    return f"+{written[2:]}" if written.startswith("00") else written
