"""The numbers and user names under which a requester is known: customer, order, policy, patient … – where a word says so, or by their shape.

Not taken: dates, amounts, phone numbers, postcodes, articles of law, file names, and what the mail calls somebody else's own reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from privbot.reading import details
from privbot.reading.fold import Folded, fold
from privbot.reading.model import Detail

SHORTEST, LONGEST = 2, 32
WORDS_BEFORE, WORDS_AFTER = 48, 32
"""Characters around a number in which a word may say what it is."""

_LETTER = "A-Za-zÀ-ÖØ-öø-žß"
_TOKEN = re.compile(
    rf"(?<![{_LETTER}0-9@_./+€$£¥&=?%])(?<![{_LETTER}0-9]-)"
    rf"(?:(?:[A-Z]{{1,4}} )?\d{{1,5}}(?:[ \u00a0]\d{{1,6}}){{1,5}}(?![{_LETTER}0-9/_-])"
    rf"|[A-Z]{{1,4}} (?=\d[\d/-]{{3,}})[A-Z0-9]+(?:[/-][A-Z0-9]+)*"
    rf"|(?=[{_LETTER}/.-]*[0-9_@])@?[{_LETTER}0-9](?:[{_LETTER}0-9_]|[-/.](?=[{_LETTER}0-9]))*)"
    rf"(?![{_LETTER}0-9_@]|[-.]?@|://|\.[a-z]{{2,4}}\b|[ ]?[%€$£¥])"
)
_NEVER = re.compile(
    r"[0-3]?\d[./-][0-3]?\d[./-](?:\d{2}|\d{4})|(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}|(?:19|20)\d\d[-/–](?:(?:19|20)?\d\d)|\d{1,2}[/.]\d{4}"
    r"|\d{1,3}(?: 000)+|\d+(?:st|nd|rd|th|er|re|ème|e)"
)
"""Dates, years, round sums, ordinals: whatever stands before them."""
_AMOUNT = re.compile(
    r"\d{1,3}(?:[., ]\d{3})+(?:[.,]\d{1,2})?|\d+[.,]\d{1,2}|\d{1,2}[.:h]\d{2}|\d+\.\d+\.\d+(?:\.\d+)?|\d{3,4}\.\d{2,3}"
)
_PREFIXED = re.compile(r"([A-Z]{1,4}) \d{1,4}(?:[ -]\d{2,6})+")
_CURRENCIES = {
    "EUR",
    "USD",
    "GBP",
    "CHF",
    "SEK",
    "DKK",
    "NOK",
    "PLN",
    "CZK",
    "JPY",
    "KR",
    "RS",
    "INR",
    "ZAR",
    "AUD",
    "CAD",
    "ART",
    "IBAN",
}
_NUMBERED = re.compile(r"[a-z]{3,}-?(?:nummer|number|numer\w*|nr)\W*$|番号\W*$")
"""Right behind "membership number" also two digits are one."""
_DIGITS_AND_DASHES = re.compile(r"[\d/-]+")
_MEASURE = re.compile(
    r"[ ]?(?:%|‰|€|\$|£|¥|eur|euros?|usd|gbp|chf|kr|zl|kc|円|kg|km|cm|mm|kwh|gb|mb|ms|uhr|h\b|pm|am|years?|jahre?|ans|anos|days?|tage?|jours|"
    r"times?|hours?|minutes?|people|pages|emails?|mails|年|月|日|時|分|回|件|人|万|歳|冊|台|枚|通|本|個|か月|ヶ月|週|点|社|階|号線|丁目|番地)"
)
_NOT_BEFORE = re.compile(
    r"(?:§+|\bart(?:icles?|ikel|icolo|igo|iculo|\.)?|\bsec(?:tion)?s?|\bregulation|\bverordnung|\b(?:eu|iso|ue|eg|ce|en|din)\)?|第|法|條|条|"
    r"\b(?:abs|lit|nr\. l|rn|par|paragraph|chapter|lov|lag|zakona|rgpd|gdpr|dsgvo|iban|bic|vat|ust-?id)"
    r")[. ]*(?:no|nr)?[. ]*$"
)
_OWN_REFERENCE = re.compile(
    r"(?:\bour ref(?:erence)?|\bunser (?:zeichen|aktenzeichen)|\bunsere zeichen|\bnotre ref(?:erence)?|\bns\.? ?ref|\bnuestra referencia|"
    r"\bnostro rif|\bons kenmerk|\bnasz znak|\bvar ref|\bvores ref|\bmeidan viite|\bnase zn|\bvat(?: reg)?(?: no)?|\bcompany (?:reg\w*|no)\.?|"
    r"\bhrb|\bsiret|\bregistered(?: in \w+)?(?: no)?|\bart\.?|当方整理番号|弊所|文書番号)[^a-z0-9\n]{0,4}$"
)
_STRUCTURED = re.compile(
    r"[A-ZÀ-Þ]{1,6}[-/]?\d{1,4}[-/][\dA-Z]{2,}(?:[-/][\dA-Z]+)*|[A-ZÀ-Þ]{1,5}[-/][A-ZÀ-Þ]{0,4}\d{3,}(?:[-/][\dA-Z]+)*|[A-ZÀ-Þ]{1,5}[-/](?:[A-Z0-9]{1,6}[-/])+\d[\dA-Z-]*"
    r"|[A-ZÀ-Þ]{1,4}\d{4,}|\d{2,}[-/][A-ZÀ-Þ]{1,4}[-/]?\d{2,}[\dA-Z-]*|\d{2,}[-/][A-ZÀ-Þ]{1,4}|\d{2,}[A-ZÀ-Þ]?-\d{3,}(?:-[\dA-Z]+)*|\d{2,}(?:-\d{2,}){1,4}(?:-[\dA-Z]{1,2})?"
    r"|[A-ZÀ-Þ]{2,5}-\d{2,}|[a-z]{1,2}\d{8,}|\d{1,2}-\d{4,}(?:-[\dA-Z]+)*|[A-ZÀ-Þ]-\d{3,}|\d{1,2}\.\d{3}\.\d{3}-[\dK]|\d-\d{4,}/\d+"
)
_HANDLE = re.compile(rf"@[{_LETTER}0-9][{_LETTER}0-9_.-]{{2,}}|[{_LETTER}0-9]+_[{_LETTER}0-9_]+")
_GENDERED = re.compile(r"\w+_(?:in\w*|[nrsem]{1,2}|er|sie|ihr\w*)")
"""German words for all genders, "Nutzer_innen": no user names."""
_PASSENGER = re.compile(r"(?![A-Z]+\d{1,2}$)(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{6}")
"""A booking code of airlines and ferries."""
_PREFIX = re.compile(r"[A-Z]{1,4} (?=\d)")
_WORDS_AND_DIGITS = re.compile(r"[a-z]{3,}(?:-[a-z]{3,})+-?\d{1,4}")
_NO_IDS = re.compile(
    r"(?:covid|iso|din|en|utf|sha|md5|h|mp|top|b2|g|web|windows|win|office|art|ps|xbox|ver|v)[-/ ]?\d.*"
    r"|[2-9]\d{2}-\d{3}-\d{4}|\d+/\d|\d{3}-\d{4}|\d{4,5}-\d{3}|24/7",
    re.IGNORECASE,
)
"""Norms, formats, games; North American phones, fractions, postcodes of Japan, Portugal and Brazil."""
_ONLY_DIGITS = re.compile(r"[\d \u00a0]+")
_QUOTED_HANDLE = re.compile(
    r"[ ]*(?:is|was|ist|lautet|war|est|es|era|e|è|er|on|je|:|=|は|が)?[ ]*[:：]?[ ]*[\"“”„«»「『'](?P<name>[^\"“”„«»「」『』'\n]{2,32})[\"“”»«」』']"
)
_PLAIN_HANDLE = re.compile(
    rf"[ ]*(?:is|ist|est|es|e|è|er|:)[ ]+(?P<name>[{_LETTER}0-9]+[._-][{_LETTER}0-9_.-]*[{_LETTER}0-9])(?![@{_LETTER}])"
)


def find(text: str, folded: Folded, others: Sequence[Detail] = ()) -> Iterator[Detail]:
    """The identifying numbers of a text, except where one of `others` (phones, addresses, wallets, dates) already stands."""
    seen: set[str] = set()
    for detail in (*_named_users(text, folded), *_tokens(text, folded, others)):
        if detail.value not in seen:
            seen.add(detail.value)
            yield detail


def _tokens(text: str, folded: Folded, others: Sequence[Detail]) -> Iterator[Detail]:
    for match in _TOKEN.finditer(text):
        value, start, end = match[0], match.start(), match.end()
        if not SHORTEST <= len(value) <= LONGEST or any(other.start < end and start < other.end for other in others):
            continue
        before, after = _around(folded, start, end)
        found = _judged(value, before, after)
        if found and not _OWN_REFERENCE.search(before) and not _NOT_BEFORE.search(before):
            yield replace(found, start=start, end=end)


def _judged(value: str, before: str, after: str) -> Detail | None:
    """A token as an id (its place still open), if a word beside it or its shape says that it is one."""
    if _NEVER.fullmatch(value):
        return None
    kind = details.number_kind(before)
    if kind is None and (prefix := _PREFIX.match(value)):
        kind = details.number_kind(fold(prefix[0]).text)
    if kind is None:
        kind = details.number_kind_after(after)
    digits = sum(map(str.isdigit, value))
    if kind is not None and _fits_label(value, kind, digits, before, after):
        return Detail(value, "label", 0.9, kind=kind)
    if _MEASURE.match(after) or _AMOUNT.fullmatch(value) or _NO_IDS.fullmatch(value):
        return None
    return _shaped(value, digits)


def _shaped(value: str, digits: int) -> Detail | None:
    """A token that no word calls an id, but that has the shape of one."""
    if _HANDLE.fullmatch(value) and not value.isupper() and not _GENDERED.fullmatch(value):
        return Detail(value, "body", 0.7, kind="user")
    if _WORDS_AND_DIGITS.fullmatch(value):
        return Detail(value, "body", 0.5, kind="user")
    if _PASSENGER.fullmatch(value):
        return Detail(value, "body", 0.5, kind="order")
    if (prefixed := _PREFIXED.fullmatch(value)) and digits >= 5 and prefixed[1] not in _CURRENCIES:
        return Detail(value, "body", 0.5)
    if digits >= (6 if _DIGITS_AND_DASHES.fullmatch(value) else 3) and _STRUCTURED.fullmatch(value):
        return Detail(value, "body", 0.6)
    return None


def _fits_label(value: str, kind: str, digits: int, before: str, after: str) -> bool:
    if _ONLY_DIGITS.fullmatch(value):
        year = re.fullmatch(r"(?:19|20)\d\d", value)
        return digits >= (2 if _NUMBERED.search(before) else 3) and not year and not _MEASURE.match(after)
    if _AMOUNT.fullmatch(value):
        return digits >= (4 if kind else 7) and bool(kind or value.count(".") > 1) and not _MEASURE.match(after)
    return digits >= 2 or kind == "user"


def _named_users(text: str, folded: Folded) -> Iterator[Detail]:
    """ "my player name is "Moss☆Pool"", "user is moss-pool": behind its label a user name may be anything in quotation marks."""
    for label in details.user_words().finditer(folded.text):
        _, end = folded.original(label.end() - 1, label.end())
        if name := _QUOTED_HANDLE.match(text, end) or _PLAIN_HANDLE.match(text, end):
            yield Detail(name["name"], "label", 0.85, *name.span("name"), kind="user")


def _around(folded: Folded, start: int, end: int) -> tuple[str, str]:
    """The folded words right before and after a span of the text, on its line."""
    start, end = folded.place_of(start), folded.place_of(end)
    line = folded.text.rfind("\n", 0, start)
    return folded.text[max(0, start - WORDS_BEFORE, line + 1) : start], folded.text[end : end + WORDS_AFTER].split("\n", 1)[0]
