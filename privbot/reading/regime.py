"""Under which law a mail may stand, and why. More than one possible → several guesses; the operator or the controller's facts decide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from privbot.reading.model import Detail, RegimeGuess
from privbot.reading.patterns import any_word

EU_PREFIXES = (
    *[
        "+43",
        "+32",
        "+359",
        "+385",
        "+357",
        "+420",
        "+45",
        "+372",
        "+358",
        "+33",
        "+49",
        "+30",
        "+36",
        "+353",
        "+39",
        "+371",
        "+370",
    ],
    *["+352", "+356", "+31", "+48", "+351", "+40", "+421", "+386", "+34", "+46", "+354", "+423", "+47"],
)
"""The member states, and Iceland, Liechtenstein and Norway, where the GDPR holds by the EEA Agreement."""

_LAWS = (
    ("shine-the-light", re.compile(r"shine[- ]the[- ]light|1798\.83"), "names Shine the Light"),
    ("ccpa", re.compile(r"\bccpa\b|\bcpra\b|california consumer privacy|california privacy rights act|1798\.1\d\d"), "names the CCPA"),
    ("uk-gdpr", re.compile(
        r"\buk[- ]gdpr\b|data protection act 2018|\bdpa 2018\b|information commissioner|\bico\b|\buk (?:data|privacy|law|rules|rights)\b"
    ), "names the law of the United Kingdom"),
    ("appi", re.compile(r"\bappi\b|個人情報(?:の)?保護(?:に関する法律|法)|act on the protection of personal information"), "names the APPI"),
    (
        "gdpr",
        re.compile(r"(?<!uk )\bgdpr\b|ds-?gvo|\brgpd\b|\bavg\b|\brodo\b|γκπδ|2016/679|general data protection|datenschutz-?grundverordnung"),
        "names the GDPR",
    ),
)  # fmt: skip
_PLACES = {
    "ccpa": (
        "california", "los angeles", "san francisco", "san diego", "san jose", "oakland", "fresno", "sacramento",
    ),
    "uk-gdpr": (
        "united kingdom", "england", "scotland", "wales", "northern ireland", "in the uk", "uk resident", "london", "edinburgh",
        "glasgow", "cardiff", "belfast", "manchester", "birmingham", "liverpool", "leeds", "bristol", "sheffield",
    ),
    "appi": ("japan", "tokyo", "osaka", "kobe", "kyoto"),
    "gdpr": (
        "germany", "deutschland", "austria", "osterreich", "france", "spain", "espana", "italy", "italia", "netherlands", "nederland",
        "belgium", "belgique", "ireland", "dublin", "poland", "polska", "portugal", "sweden", "sverige", "denmark", "danmark", "finland",
        "suomi", "czech", "eu citizen", "eu resident", "european union",
    ),
}  # fmt: skip
_PLACE = any_word((name for names in _PLACES.values() for name in names), end=r"(?!\w)")
_REGIME_OF_PLACE = {name: regime for regime, names in _PLACES.items() for name in names}
_ADDRESSES = (
    ("ccpa", re.compile(r"\bca,? 9\d{4}\b|カリフォルニア")),
    ("uk-gdpr", re.compile(r"\b[a-z]{1,2}\d[a-z\d]? \d[a-z]{2}\b")),
    ("appi", re.compile(r"〒\d{3}|東京都|北海道|(?:京都|大阪)府|県.{1,4}[市郡]")),
)
_WHERE = {
    "ccpa": "writes from California",
    "uk-gdpr": "gives a place in the United Kingdom",
    "appi": "gives a place in Japan",
    "gdpr": "gives a place in the European Union",
}
_RIGHTS = {
    "shine-the-light": ("shine-the-light", 0.95), "opt-out-of-sale": ("ccpa", 0.6), "limit-sensitive": ("ccpa", 0.8),
    "know-categories": ("ccpa", 0.6), "know-specific": ("ccpa", 0.6), "stop-use": ("appi", 0.6), "third-party-records": ("appi", 0.7),
}  # fmt: skip
"""Rights that one law knows and the others do not."""
_LANGUAGE = {"ja": ("appi", 0.6), **dict.fromkeys(("de", "fr", "it", "nl", "pl", "sv", "da", "fi", "cs"), ("gdpr", 0.6))}
_LANGUAGE |= dict.fromkeys(("es", "pt"), ("gdpr", 0.4))


def guess(
    text: str, language: str, rights: Iterable[str], phones: Sequence[Detail], offered: Sequence[str]
) -> tuple[RegimeGuess, ...]:
    """The regimes that speak for themselves in a folded text, most likely first; only those the controller offers."""
    hints: list[tuple[str, float, str]] = []
    hints += [(regime, 0.95, reason) for regime, law, reason in _LAWS if law.search(text)]
    places = {_REGIME_OF_PLACE[found[0]] for found in _PLACE.finditer(text)}
    places |= {regime for regime, address in _ADDRESSES if address.search(text)}
    hints += [(regime, 0.7, _WHERE[regime]) for regime in sorted(places)]
    hints += [(*_RIGHTS[right], f"the right ({right}) is one of this law") for right in rights if right in _RIGHTS]
    hints += [(regime, 0.5, f"phone number in {prefix}") for phone in phones for regime, prefix in _of_phone(phone.value)]
    if language in _LANGUAGE:
        hints.append((*_LANGUAGE[language], f"written in {language}"))
    if _is_british(hints):
        hints = [(regime, min(weight, 0.5) if regime == "gdpr" else weight, reason) for regime, weight, reason in hints]
    doubt: dict[str, float] = {}
    reasons: dict[str, list[str]] = {}
    for regime, weight, reason in hints:
        if regime in offered:
            doubt[regime] = doubt.get(regime, 1.0) * (1 - weight)
            reasons.setdefault(regime, []).append(reason)
    if not doubt:
        share = round(1 / len(offered), 2) if offered else 0.0
        only = ("the only law this controller offers",) if len(offered) == 1 else ("nothing in the mail points to a law",)
        return tuple(RegimeGuess(regime, share, only) for regime in offered)
    guesses = [RegimeGuess(regime, round(1 - left, 3), tuple(reasons[regime])) for regime, left in doubt.items()]
    return tuple(sorted(guesses, key=lambda one: (-one.confidence, one.regime)))


def _is_british(hints: Sequence[tuple[str, float, str]]) -> bool:
    """British writers say "GDPR" and mean their own: only a place or a number in the Union says otherwise."""
    regimes = {regime for regime, _, _ in hints}
    abroad = any(regime == "gdpr" and not reason.startswith("names") for regime, _, reason in hints)
    return "uk-gdpr" in regimes and not abroad


def _of_phone(number: str) -> list[tuple[str, str]]:
    if number.startswith("+44"):
        return [("uk-gdpr", "+44")]
    if number.startswith("+81"):
        return [("appi", "+81")]
    prefix = next((prefix for prefix in EU_PREFIXES if number.startswith(prefix)), None)
    return [("gdpr", prefix)] if prefix else []
