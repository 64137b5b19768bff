"""Phone numbers, in E.164.

A number that a numbering plan knows (phonenumbers: VALID) counts anywhere; one that is only POSSIBLE where something says that it is a
phone: a label, a trunk zero or country code written as people write phones, or a signature line of its own. Numbering plans lag behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from privbot.reading import details
from privbot.reading.fold import Folded
from privbot.reading.model import Detail

REGION_OF_LANGUAGE = {
    "de": ("DE", "AT", "CH"), "fr": ("FR", "BE", "CH", "CA"), "es": ("ES", "MX", "AR", "CO", "CL", "US"), "it": ("IT", "CH"),
    "nl": ("NL", "BE"), "pt": ("PT", "BR"), "pl": ("PL",), "sv": ("SE", "FI"), "da": ("DK",), "fi": ("FI",), "cs": ("CZ", "SK"),
    "ja": ("JP", "US"), "en": ("GB", "US", "IE", "AU", "NZ"),
}  # fmt: skip
"""Where a phone number without a country code is looked for, first hit wins."""
FEWEST_DIGITS, MOST_DIGITS = 8, 15
FEWEST_NATIONAL = 9
"""Digits of a national number without a label, if no numbering plan knows it."""

_MAYBE = re.compile(
    r"(?<![A-Za-z0-9_@#/.-])(?:\+|00 ?\d|\(\+?\d{1,5}\) ?|\d)(?:[ \u00a0()./–-]{0,3}\d|の(?=\d)){6,15}(?![A-Za-z0-9/-]*[A-Za-z@_])"
)
_DATE = re.compile(r"\d{1,2}[./-] ?\d{1,2}[./-] ?\d{2,4}|\d{4}[-./]\d{1,2}[-./]\d{1,2}")
_NORTH_AMERICAN = re.compile(r"(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])[2-9]\d{2}[.-]\d{4}")
_JAPANESE_MOBILE = re.compile(r"0[6-9]0-\d{4}-\d{4}$")
_WRITTEN_AS_PHONE = re.compile(r"\+|\(?0[1-9]|\(\d{2,4}\)")
_NOBODYS = {PhoneNumberType.TOLL_FREE, PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.UAN}
"""Numbers of hotlines: no person has one."""


def find(body: str, folded: Folded, language: str) -> Iterator[Detail]:
    """The phone numbers of a text, each once. phonenumbers is slow and is shown nothing but what has the digits of one."""
    seen = set()
    for match in _MAYBE.finditer(body):
        written = match[0].rstrip()
        if not FEWEST_DIGITS <= sum(map(str.isdigit, written)) <= MOST_DIGITS or _DATE.fullmatch(written):
            continue
        said = _said_before(folded, match.start())
        labelled = details.says_phone(said)
        labelled = labelled or bool(_JAPANESE_MOBILE.match(written))
        if not labelled and (kind := details.number_kind(said)) is not None and _is_other(kind, written):
            continue
        found = _number(written, language, labelled=labelled)
        if found and found[0] not in seen:
            seen.add(found[0])
            yield Detail(found[0], "label" if found[1] > 0.8 else "body", found[1], match.start(), match.start() + len(written))


def _said_before(folded: Folded, start: int) -> str:
    """The folded words right before a place of the text."""
    start = folded.place_of(start)
    return folded.text[max(0, start - 40, folded.text.rfind("\n", 0, start) + 1) : start]


def _regions(written: str, language: str) -> tuple[str, ...]:
    """Where a number may be from: Japanese mobiles and North American numbers show it by their grouping, in any language."""
    if _NORTH_AMERICAN.fullmatch(written):
        return ("US",)
    if _JAPANESE_MOBILE.match(written):
        return ("JP",)
    return REGION_OF_LANGUAGE.get(language, REGION_OF_LANGUAGE["en"])


def _is_other(kind: str, written: str) -> bool:
    """Whether a number that a label calls something is that and no phone; a mere "my number" may well be a phone."""
    return written[0] != "+" and bool(kind)


def _number(written: str, language: str, *, labelled: bool) -> tuple[str, float] | None:
    possible, hotline = None, False
    looks_like_one = labelled or bool(_WRITTEN_AS_PHONE.match(written)) or bool(_NORTH_AMERICAN.fullmatch(written))
    for region in _regions(written, language):
        try:
            parsed = phonenumbers.parse(written.replace("の", "-"), region)
        except phonenumbers.NumberParseException:
            continue
        if region in ("US", "CA") and written[0] != "+" and not (labelled or _NORTH_AMERICAN.fullmatch(written)):
            continue
        number = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
        kind = phonenumbers.number_type(parsed)
        if kind in _NOBODYS and not _JAPANESE_MOBILE.match(written):
            hotline = True
            continue
        if kind != PhoneNumberType.UNKNOWN and (looks_like_one or (_grouped(written) and not _has_trunk_zero(region))):
            return number, 0.95 if labelled or written[0] == "+" else 0.75
        enough = labelled or len(str(parsed.national_number)) >= FEWEST_NATIONAL
        if possible is None and looks_like_one and enough and phonenumbers.is_possible_number(parsed):
            possible = number
        if written[0] == "+":
            break
    return (possible, 0.85 if labelled else 0.55) if possible and not hotline else None


@cache
def _has_trunk_zero(region: str) -> bool:
    """Whether a national number starts with a zero there, as in Germany and unlike in Denmark."""
    plan = phonenumbers.PhoneMetadata.metadata_for_region(region)
    return plan is not None and plan.national_prefix == "0"


def _grouped(written: str) -> bool:
    """Written in groups of two to four, as phones are; a bare run of digits without a trunk zero is some other number."""
    groups = re.findall(r"\d+", written)
    return len(groups) > 1 and all(2 <= len(group) <= 4 for group in groups)
