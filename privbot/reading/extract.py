"""Who is asking: name, addresses, phones, date of birth, numbers and wallets that the writer states about themselves.

Each detail carries where it stood and how sure the bot is. The order for names is the one that held on real letters: header name found
in the body > label > introduction > signature; the header alone is a low-confidence guess. Never taken: the addressee, a data
protection officer, a company, somebody quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import phonenumbers

from privbot.reading import details
from privbot.reading.fold import Folded, fold
from privbot.reading.model import Detail, Requester

REGION_OF_LANGUAGE = {
    "de": ("DE", "AT", "CH"), "fr": ("FR", "BE", "CH"), "es": ("ES", "MX"), "it": ("IT",), "nl": ("NL", "BE"), "pt": ("PT", "BR"),
    "pl": ("PL",), "sv": ("SE",), "da": ("DK",), "fi": ("FI",), "cs": ("CZ",), "ja": ("JP",), "en": ("GB", "US", "IE"),
}  # fmt: skip
"""Where a phone number without a country code is looked for, first hit wins (only VALID numbers count)."""

MONTHS = {
    "jan": 1, "ene": 1, "gen": 1, "sty": 1, "led": 1, "tam": 1, "feb": 2, "fev": 2, "fév": 2, "lut": 2, "uno": 2, "hel": 2, "mar": 3,
    "mär": 3, "mrt": 3, "maa": 3, "bre": 3, "apr": 4, "avr": 4, "abr": 4, "kwi": 4, "dub": 4, "huh": 4, "may": 5, "mai": 5, "mag": 5,
    "mei": 5, "maj": 5, "kve": 5, "tou": 5, "jun": 6, "giu": 6, "cze": 6, "kes": 6, "jul": 7, "lug": 7, "lip": 7, "hei": 7, "aug": 8,
    "aou": 8, "ago": 8, "sie": 8, "srp": 8, "elo": 8, "sep": 9, "set": 9, "wrz": 9, "zar": 9, "syy": 9, "oct": 10, "okt": 10, "ott": 10,
    "out": 10, "paz": 10, "rij": 10, "lok": 10, "nov": 11, "lis": 11, "mar.": 3, "dec": 12, "dez": 12, "dic": 12, "gru": 12, "pro": 12,
    "jou": 12,
}  # fmt: skip
"""The first three letters of month names in the thirteen languages, folded."""

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_MAYBE_PHONE = re.compile(r"\d[\d\s()./-]{7,}\d")
FEWEST_DIGITS = 8
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
_WALLET = re.compile(r"\b0x[0-9a-f]{40}\b", re.IGNORECASE)
_ENS = re.compile(r"(?<![\w@.])(?:[\w-]+\.)+eth\b", re.IGNORECASE)
_POSTCODE = re.compile(
    r"〒?\d{3}-\d{4}|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[A-Z]\d{2} ?[A-Z0-9]{4}\b|\b\d{4} ?[A-Z]{2}\b(?= )|\b[A-Z]{2},? \d{5}(?:-\d{4})?\b"
    r"|\b(?:[A-Z]{1,2}-)?\d{4,5}\b(?= [A-ZÀ-Ž])|\b\d{3} \d{2}\b(?= [A-ZÀ-Ž])|\b\d{2}-\d{3}\b(?= [A-ZÀ-Ž])|\b\d{4}-\d{3}\b(?= [A-ZÀ-Ž])"
    r"|(?:東京都|北海道|(?:京都|大阪)府|..県|...県)\S+"
)
_IN_PROSE = re.compile(
    r"\b[A-ZÀ-ŽΑ-Ω][\w'’.]*(?: [\w'’.]+){0,3} \d+[\w/]*(?:, ?[^,\n]{1,12})?, "
    r"(?:\d{4,5}|\d{3} \d{2}|\d{2}-\d{3}|\d{4}-\d{3}|\d{4} ?[A-Z]{2}) [A-ZÀ-ŽΑ-Ω]\w+"
    r"|\b\d+[a-z]? (?:[A-Z][\w'’]+ ){1,3}[A-Z]\w+, [A-Z]\w+(?: [A-Z]\w+)?,? [A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b"
)
"""Street, number, postcode and town inside a sentence: "my address is now Lindenweg 17, 48149 Münster"."""
_PERSON = re.compile(
    r"(?:(?:dr|prof|mr|mrs|ms|mx|herr|frau|m|mme|sr|sra|dhr|mevr)\.? )?[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){0,4}",
    re.IGNORECASE,
)
_JAPANESE_NAME = re.compile(
    r"[\u4e00-\u9fff々]{1,4}[ 　]?[\u3041-\u30ff\u4e00-\u9fff々]{1,5}$|[\u30a0-\u30ff]{2,8}[ 　・]?[\u30a0-\u30ff]{0,8}$"
)
_NOBODY = re.compile(
    r"\b(?:gmbh|ag|ltd|limited|inc|llc|plc|corp|bv|b\.v|sa|s\.a|srl|s\.r\.l|sarl|oy|ab|a/s|kg|e\.v|se|team|support|service|kundenservice|dpo"
    r"|privacy|datenschutz\w*|department|abteilung|office|company|customer|kunde|newsletter|noreply|no-reply|info|contact|admin|officer"
    r"|helpdesk|sent from|gesendet|envoye|thank\w*|regards|please|bitte|the|und|and|my|mein\w*|your|ihre?|account|number|request|hello|hi|dear)\b"
    r"|株式会社|有限会社|御中|窓口|担当|係|様$|部$|課$"
)
_TITLE = re.compile(
    r"(?:(?:dr|prof|mag|dipl|ing|dott|dott\.ssa|mr|mrs|ms|mx|herr|frau|m|mme|sr|sra|dhr|mevr|ir|mgr|bc|phdr|judr|rndr)\.|herr|frau|mme)\s+"
    r"(?:(?:dr|ing|med|jur|phil)\.\s+)*",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"\s*[(（][^)）\n]*[)）]")
_JAPANESE_INTRODUCTION = re.compile(
    r"([\u4e00-\u9fff々]{1,4}[ 　]?[\u3041-\u30ff\u4e00-\u9fff々]{0,5}?)(?:と申します|といいます|です。)"
)


def requester(
    body: str,
    language: str,
    *,
    sender_name: str = "",
    sender_address: str = "",
    principal: Detail | None = None,
    signature: str = "",
) -> Requester:
    """Everything the writer says about who they are. Spans count characters of `body`."""
    folded = fold(body)
    return Requester(
        name=principal or _name(body, folded, sender_name, signature),
        emails=tuple(_emails(body, sender_address)),
        phones=tuple(_phones(body, language)) or tuple(_without_span(_phones(signature, language))),
        addresses=tuple(_addresses(body, folded)),
        date_of_birth=_date_of_birth(body, folded, language),
        ids=tuple(_identifiers(body, folded)),
        wallets=tuple(_wallets(body)),
    )


def is_person(name: str) -> bool:
    """Whether a piece of text can be the name of a person, rather than a company, a greeting or a sentence."""
    name = name.strip(" ,.;:\"'()")
    if not 2 <= len(name) <= 48 or any(character.isdigit() or character in "@/<>!?" for character in name):
        return False
    if _NOBODY.search(fold(name).text):
        return False
    if any("\u3040" <= character <= "\u9fff" for character in name):
        return bool(_JAPANESE_NAME.fullmatch(name))
    words = name.split()
    return bool(_PERSON.fullmatch(name)) and len(words) <= 5 and sum(word[0].isupper() for word in words) * 2 >= len(words)


def _name(body: str, folded: Folded, sender_name: str, signature: str) -> Detail | None:
    found = _stated(body, folded, sender_name, signature)
    if found is None:
        return _from_header(sender_name)
    whole = fold(sender_name).text.split()
    if len(whole) > 1 and fold(found.value).text in whole and is_person(sender_name):
        # Signed with the first name alone: the header knows the rest.
        return Detail(sender_name, "header", 0.9)
    if title := _TITLE.match(found.value):
        rest = found.value[title.end() :]
        return replace(found, value=rest, start=found.start + title.end() if found.start >= 0 else -1)
    return found


def _stated(body: str, folded: Folded, sender_name: str, signature: str) -> Detail | None:
    for match in details.label("name").finditer(folded.text):
        start, end = folded.original(*match.span(1))
        value = re.split(r"[,;|(]|\s{2,}", body[start:end])[0].strip()
        if is_person(value):
            return Detail(value, "label", 0.95, start, start + len(value))
    if sender_name and is_person(sender_name) and (found := folded.text.find(fold(sender_name).text)) >= 0:
        start, end = folded.original(found, found + len(fold(sender_name).text))
        return Detail(body[start:end], "signature", 0.97, start, end)
    for match in details.introduction().finditer(folded.text):
        start, _ = folded.original(match.end(), match.end() + 1)
        given = re.match(r"[^\W\d_][\w'’-]*(?: (?:de|da|di|van|von|der|del|la|le|[A-ZÀ-Ž][\w'’-]*))*", body[start : start + 60])
        if given and is_person(given[0]) and given[0][0].isupper():
            return Detail(given[0], "introduction", 0.85, start, start + len(given[0]))
    japanese = _JAPANESE_INTRODUCTION.search(body)
    if japanese and len(japanese[1]) >= 3 and is_person(japanese[1]):
        return Detail(japanese[1], "introduction", 0.8, *japanese.span(1))
    return _signed(body, folded) or _in_signature(signature)


def _signed(body: str, folded: Folded) -> Detail | None:
    """The name below the last closing formula, else a last line that is nothing but a name."""
    closings = list(details.closing().finditer(folded.text))
    if closings:
        start, _ = (
            folded.original(closings[-1].end(), closings[-1].end() + 1)
            if closings[-1].end() < len(folded.text)
            else (len(body), 0)
        )
        for at, line in list(_lines(body, start))[:3]:
            value = _IN_BRACKETS.sub("", line).strip(" ,.-–—*")
            if is_person(value):
                return Detail(value, "signature", 0.85, at, at + len(value))
    ends = list(_lines(body, max(0, len(body) - 200)))
    for at, line in ends[-4:]:
        value = _IN_BRACKETS.sub("", line).strip(" 　,.-–—*")
        if value and value[0] >= "\u3040" and len(value) >= 3 and is_person(value):
            return Detail(value, "signature", 0.8, at, at + len(value))
    for at, value in ends[-1:]:
        inline = re.search(r"(?:,|\.|!|-|–|/) ?([^\W\d_][\w'’-]+(?: [A-ZÀ-Ž][\w'’.-]*)+)[.]?$", value)
        plain = value.strip(" ,.-–—*")
        if is_person(plain) and len(plain.split()) <= 4 and at > 0 and plain[0].isupper():
            return Detail(plain, "signature", 0.75 if len(plain.split()) > 1 else 0.55, at, at + len(plain))
        if inline and is_person(inline[1]):
            return Detail(inline[1], "signature", 0.65, at + inline.start(1), at + inline.end(1))
    return None


def _in_signature(signature: str) -> Detail | None:
    for _, line in list(_lines(signature, 0))[:2]:
        if is_person(line):
            return Detail(line.strip(" ,"), "signature", 0.8)
    return None


def _from_header(sender_name: str) -> Detail | None:
    return Detail(sender_name, "header", 0.4) if is_person(sender_name) else None


def _lines(text: str, start: int) -> Iterator[tuple[int, str]]:
    position = start
    for line in text[start:].split("\n"):
        if line.strip():
            yield position + len(line) - len(line.lstrip()), line.strip()
        position += len(line) + 1


def _emails(body: str, sender_address: str) -> Iterator[Detail]:
    seen = set()
    if sender_address:
        seen.add(sender_address.lower())
        yield Detail(sender_address.lower(), "header", 0.9)
    for match in _EMAIL.finditer(body) if "@" in body else ():
        address = match[0].rstrip(".").lower()
        if address not in seen:
            seen.add(address)
            yield Detail(address, "body", 0.8, match.start(), match.start() + len(address))


def _phones(body: str, language: str) -> Iterator[Detail]:
    """Valid numbers only. phonenumbers is slow and is shown nothing but what has the digits of one."""
    maybe = [
        one
        for one in _MAYBE_PHONE.finditer(body)
        if sum(map(str.isdigit, one[0])) >= FEWEST_DIGITS and not _DATE.fullmatch(one[0])
    ]
    for region in REGION_OF_LANGUAGE.get(language, ("GB",)):
        found = [detail for one in maybe for detail in _phones_in(body, one.start(), one.end(), region)]
        if found:
            yield from found
            return


def _phones_in(body: str, start: int, end: int, region: str) -> Iterator[Detail]:
    start = max(0, start - 2)
    for match in phonenumbers.PhoneNumberMatcher(body[start:end], region, leniency=phonenumbers.Leniency.VALID):
        at = start + match.start
        part_of_word = re.search(r"\w[-/]?\Z", body[max(0, at - 2) : at])
        if not part_of_word and not _DATE.fullmatch(match.raw_string):
            number = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
            yield Detail(number, "body", 0.9 if body[at] == "+" else 0.75, at, start + match.end)


def _without_span(details: Iterator[Detail]) -> Iterator[Detail]:
    """Details of the signature, which is no part of the text that spans count in."""
    for detail in details:
        yield replace(detail, source="signature", start=-1, end=-1)


def _addresses(body: str, folded: Folded) -> Iterator[Detail]:
    for match in details.label("address").finditer(folded.text):
        start, end = folded.original(*match.span(1))
        value = body[start:end].strip()
        if "@" in value:
            continue
        following = next(_lines(body, end + 1), None) if end < len(body) else None
        if following and following[0] <= end + 2 and _POSTCODE.search(following[1]) and ":" not in following[1]:
            value, end = f"{value}, {following[1]}", following[0] + len(following[1])
        if any(character.isdigit() for character in value) or _POSTCODE.search(value):
            yield Detail(value, "label", 0.9, start, end)
            return
    before: tuple[int, str] | None = None
    for at, line in _lines(body, 0):
        code = _POSTCODE.search(line)
        if code and len(line) < 90 and ":" not in line and "@" not in line:
            if re.search(r"\d", line[: code.start()]) or re.match(r"[〒東北京大]|..県|...県", line):
                yield Detail(line, "signature", 0.7, at, at + len(line))
                return
            if before and re.search(r"\d", before[1]) and len(before[1]) < 60 and "@" not in before[1]:
                yield Detail(f"{before[1].rstrip(',')}, {line}", "signature", 0.7, before[0], at + len(line))
                return
        before = (at, line)
    if in_prose := _IN_PROSE.search(body):
        yield Detail(in_prose[0], "body", 0.6, *in_prose.span())


def _date_of_birth(body: str, folded: Folded, language: str) -> Detail | None:
    for pattern, confidence in ((details.label("date_of_birth"), 0.95), (details.inline_label("date_of_birth"), 0.8)):
        for match in pattern.finditer(folded.text):
            found = parse_date(match[1], language)
            if found:
                start, end = folded.original(*match.span(1))
                return Detail(found.isoformat(), "label", confidence, start, end)
    return None


def parse_date(text: str, language: str = "en") -> date | None:
    """The first date in a folded text; day first, except where the month can only be first. None if there is none."""
    if match := re.search(r"\b(\d{4})[-./年] ?(\d{1,2})[-./月] ?(\d{1,2})", text):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := re.search(r"\b(\d{1,2})[./-] ?(\d{1,2})[./-] ?(\d{4})\b", text):
        day, month, year = int(match[1]), int(match[2]), int(match[3])
        return _date(year, month, day) or _date(year, day, month)
    if match := re.search(r"\b(\d{1,2})(?:st|nd|rd|th|\.|er|º)?[ ,]*(?:de |of )?([^\W\d_]{3,})\.?,? (?:de )?(\d{4})\b", text):
        return _date(int(match[3]), MONTHS.get(match[2][:3], 0), int(match[1]))
    if match := re.search(r"\b([^\W\d_]{3,})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b", text):
        return _date(int(match[3]), MONTHS.get(match[1][:3], 0), int(match[2]))
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def identifiers(text: str) -> tuple[Detail, ...]:
    """The labelled numbers of a text by itself: a subject line."""
    return tuple(_identifiers(text, fold(text)))


def _identifiers(body: str, folded: Folded) -> Iterator[Detail]:
    taken: set[int] = set()
    for kind, pattern in details.identifiers():
        for match in pattern.finditer(folded.text):
            start, end = folded.original(*match.span(1))
            if start not in taken and not re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|(?:19|20)\d\d", body[start:end]):
                taken.add(start)
                yield Detail(body[start:end], "label", 0.9, start, end, kind=kind)


def _wallets(body: str) -> Iterator[Detail]:
    for match in _WALLET.finditer(body):
        digits = match[0][2:]
        # EIP-55 hides a checksum in mixed case; checking it needs Keccak-256, which no dependency offers: mixed case counts as unverified.
        checked = digits.islower() or digits.isupper() or digits.isdigit()
        yield Detail(match[0], "body", 0.95 if checked else 0.7, match.start(), match.end(), kind="address")
    for match in _ENS.finditer(body):
        yield Detail(match[0].lower(), "body", 0.9, match.start(), match.end(), kind="ens")
