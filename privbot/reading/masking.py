"""A reading's text without what would name anybody: names, addresses, e-mails, phones, numbers, wallets and dates become placeholders.

Masked are the spans that the reading found, every other place where the same names stand, and whatever has the shape of such a detail – rather a
word too many than a person too few. Citations of the law keep their numbers: they are what an example is for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from privbot.reading import details
from privbot.reading.fold import fold
from privbot.reading.model import CATEGORY_OF_RIGHT, Detail, Reading
from privbot.reading.people import is_person

NAME, ADDRESS, EMAIL, PHONE, NUMBER, WALLET, DATE, LINK = (
    "[name]", "[address]", "[email]", "[phone]", "[number]", "[wallet]", "[date]", "[link]",
)  # fmt: skip
SIGNED_LINES = 2
"""Lines below a closing formula, and at the very end, that may be the writer's name."""
LONGEST_DATE = 30
"""Characters of a date; a longer span of the reading is more than one."""

_CAPITAL = r"[A-ZÀ-ŽΑ-Ω][\w'’-]+"
_MONTH = r"[^\W\d_]{3,12}\.?"
_DATE = (
    r"\b\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{2,4}\b|\b\d{4}-\d{2}-\d{2}\b|\d{4}年\d{1,2}月\d{1,2}日"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th|\.|er)?(?: (?:of|de|di|den))? {_MONTH}(?: (?:of|de|del))?,? (?:19|20)\d\d\b"
    rf"|\b{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d\d\b"
)
_STREET = (
    rf"\b{_CAPITAL}(?:straße|strasse|str\.|weg|gasse|platz|allee|ring|laan|straat|gatan|vägen|vej|gade|katu|tie) \d+\w?\b"
    r"|\b(?:[Rr]ue|[Aa]venue|[Vv]ia|[Cc]alle|[Rr]ua|ul\.|[Uu]lice) (?:[\w'’.-]+ ){0,4}[\w'’-]+,? (?:n\.? ?)?\d+\w?\b"
    r"|\b[A-ZÀ-Ž][^\n,]{2,40} \d+\w?, (?:[A-Z]{1,2}-)?\d{4,5} [A-ZÀ-Ž][\w-]+"
    r"|\b\d+\w?,? (?:[Rr]ue|[Aa]venue|[Bb]oulevard) (?:[\w'’-]+ ){0,4}[\w'’-]+"
    rf"|\b\d+[A-Za-z]? (?:{_CAPITAL} ){{1,3}}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Way|Row|Court|Close|Square)\b"
)
_POSTCODE = r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b\d{4} ?[A-Z]{2}\b|〒?\b\d{3}-\d{4}\b"
"""With letters or a hyphen; of figures alone they are long numbers."""
_NUMBER = r"\b(?=(?:[\w/-]{0,30}?\d){3})(?=[\w/-]{0,30}[A-Za-z/_-]|\d{5})[A-Za-z0-9]+(?:[-/_][A-Za-z0-9]+)*\b"
_TITLE = r"(?:(?:Mr|Mrs|Ms|Mx|Dr|Prof|Sr|Sra|Sig|Dott|Mme|Hr|dhr|mevr)\.?|Herrn?|Frau|Madame|Monsieur|Signora?|Señora?|mevrouw|[Pp]an[ií]?|Fru)"
_GREETING = (
    "(?:Dear|Hi|Hello|Hey|Lieber?|Hallo|Bonjour|Ch[eè]re?|Hola|Estimad[oa]|Ciao|Gentile|Car[oa]|Beste|Hoi|Olá|Cześć|Hej|Kära|Kære|Hei|Hyvä|Ahoj)"
    " (?!Sir|Madam|Team|Support|Customer|Data|Privacy)"
)
_JAPANESE = r"([\u4e00-\u9fff々]{1,4}(?:[ 　]?[\u3040-\u30ff\u4e00-\u9fff]{1,4})?)(?<!担当)(?<!担当者)(?<!お客)(?<!皆)(?<!貴)(?=様|さん|氏|殿)"
_SHAPES = tuple(
    (placeholder, re.compile(pattern, re.MULTILINE))
    for placeholder, pattern in (
        (EMAIL, r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"),
        (LINK, r"\b(?:https?://|www\.)[^\s<>]+"),
        (WALLET, r"\b0[xX][0-9a-fA-F]{8,64}\b|(?<![\w@.-])(?:[\w-]+\.)+eth\b"),
        (DATE, _DATE),
        (ADDRESS, f"{_STREET}|{_POSTCODE}"),
        (PHONE, r"(?:\+|\b00)?\(?\d(?:[ ()./-]{0,2}\d){7,}\b"),
        (NUMBER, _NUMBER),
        (NAME, rf"\b{_TITLE} ((?:(?:Dr|Prof)\. )?{_CAPITAL}(?: (?:v[ao]n |de |del |da |di |der )*{_CAPITAL})*)"),
        (NAME, rf"^{_GREETING}({_CAPITAL}(?: {_CAPITAL})*)(?=[ ,!:]*$)"),
        (NAME, _JAPANESE),
    )
)
"""Placeholder and shape; where a shape has a group, only that is replaced."""
_CITATION = re.compile(r"\d{4}\.\d{2,3}|\b(?:19|20)?\d\d/\d{2,4}\b")
"""§ 1798.105, Regulation 2016/679, Directive 95/46/EC: numbers that name nobody."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and the rights that the reading's evidence says it asks for."""

    text: str
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Masked:
    """A masked mail: each sentence of the evidence stands on a line of its own."""

    subject: Line
    body: tuple[Line, ...]

    @property
    def text(self) -> str:
        """Subject and body, as one reads a mail."""
        return "\n".join(line.text for line in (self.subject, *self.body))


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    placeholder: str


def mask(reading: Reading, names: Iterable[str] = ()) -> Masked:
    """The text of a reading, masked. `names` are further names that may stand in it, such as the sender's of the header."""
    spans = _merged(
        [
            *_of_reading(reading),
            *_of_names(reading.text, [*names, *_names(reading)]),
            *_signed(reading.text),
            *_shaped(reading.text),
        ]
    )
    break_at = reading.text.index("\n") if "\n" in reading.text else len(reading.text)
    lines: list[Line] = []
    subject = Line(_shown(reading.text, 0, break_at, spans))
    position = break_at + 1
    for start, end, rights in _evidence(reading):
        if start < break_at:
            subject = Line(subject.text, rights)
            continue
        start = max(start, position)
        lines += [Line(text) for text in _shown(reading.text, position, start, spans).splitlines()]
        lines.append(Line(" ".join(_shown(reading.text, start, end, spans).split()), rights))
        position = end + reading.text.startswith("\n", end)
    lines += [Line(text) for text in _shown(reading.text, position, len(reading.text), spans).splitlines()]
    return Masked(subject, tuple(lines))


def _evidence(reading: Reading) -> list[tuple[int, int, tuple[str, ...]]]:
    """(start, end, rights) of the sentences that ask, in order; one sentence may ask for several rights."""
    found: list[tuple[int, int, tuple[str, ...]]] = []
    asks = (one for one in reading.evidence if one.label in CATEGORY_OF_RIGHT and one.end > one.start >= 0)
    for one in sorted(asks, key=lambda one: (one.start, one.end)):
        if found and one.start < found[-1][1]:
            start, end, rights = found[-1]
            found[-1] = (start, max(end, one.end), (*rights, one.label))
        else:
            found.append((one.start, one.end, (one.label,)))
    return found


def _of_reading(reading: Reading) -> Iterator[_Span]:
    who = reading.requester
    kinds: tuple[tuple[str, tuple[Detail | None, ...]], ...] = (
        (NAME, (who.name,)), (EMAIL, who.emails), (PHONE, who.phones), (ADDRESS, who.addresses), (DATE, (who.date_of_birth,)), (NUMBER, who.ids),
        (WALLET, who.wallets),
    )  # fmt: skip
    for placeholder, found in kinds:
        for one in found:
            if one is not None and one.start >= 0 and (placeholder != DATE or one.end - one.start <= LONGEST_DATE):
                yield _Span(one.start, one.end, placeholder)


def _names(reading: Reading) -> list[str]:
    name = reading.requester.name
    return [*([name.value] if name else []), *([reading.agent] if reading.agent else []), *reading.principals]


def _of_names(text: str, names: Iterable[str]) -> Iterator[_Span]:
    """Every place of every word of a name; particles such as "von" are none of it."""
    words = {word for name in names for word in re.findall(r"[^\W\d_]+", name) if len(word) > 1 and not word.islower()}
    for word in words:
        pattern = re.escape(word) if word >= "\u3040" else rf"(?<!\w){re.escape(word)}(?:(?='s)|(?!\w))"
        for match in re.finditer(pattern, text, re.IGNORECASE):
            yield _Span(*match.span(), NAME)


def _signed(text: str) -> Iterator[_Span]:
    """What stands below a closing formula, or in the last lines, and can be a name."""
    position = len(text)
    for line in reversed(text.splitlines(keepends=True)[1:][-SIGNED_LINES:]):
        position -= len(line)
        if is_person(line.strip()):
            yield _Span(position, position + len(line.rstrip("\n")), NAME)
    lines = text.splitlines(keepends=True)
    below, position = 0, 0
    for line in lines:
        if below and is_person(line.strip()):
            yield _Span(position, position + len(line.rstrip("\n")), NAME)
        below = SIGNED_LINES if fold(line).text.strip(" ,.;:!\n") in details.closings() else max(0, below - 1)
        position += len(line)


def _shaped(text: str) -> Iterator[_Span]:
    for placeholder, shape in _SHAPES:
        for match in shape.finditer(text):
            if placeholder not in (PHONE, NUMBER) or not _CITATION.search(match[0]):
                yield _Span(*match.span(shape.groups), placeholder)


def _merged(spans: Iterable[_Span]) -> list[_Span]:
    """In order, without overlaps: what begins first, or is longer, names the placeholder."""
    merged: list[_Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if merged and span.start < merged[-1].end:
            last = merged[-1]
            merged[-1] = _Span(last.start, max(last.end, span.end), last.placeholder)
        else:
            merged.append(span)
    return merged


def _shown(text: str, start: int, end: int, spans: Iterable[_Span]) -> str:
    """The text between two places with its spans replaced; a name of two words is one placeholder."""
    parts = []
    position = start
    for span in spans:
        if span.end <= start or span.start >= end:
            continue
        parts += [text[position : max(position, span.start)], span.placeholder]
        position = max(position, span.end)
    shown = "".join([*parts, text[position:end]])
    return re.sub(rf"{re.escape(NAME)}(?:[ 　.,]{{0,2}}{re.escape(NAME)})+", NAME, shown)
