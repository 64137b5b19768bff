"""The requester's name.

The order is the one that held on real letters: label > header name found in the body > introduction > signature; the header alone is a
low-confidence guess. Never taken: the addressee, a data protection officer, a company, somebody quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from privbot.reading import details, japanese
from privbot.reading.fold import Folded, fold
from privbot.reading.layout import Layout, Line
from privbot.reading.model import Detail
from privbot.reading.people import contained, is_japanese, is_person, without_title

LONGEST_LINE = 120
"""Characters of the last line that are looked at: a name stands at its end."""

_BRACKETS = re.compile(r"[ 　]*[(（][^)）\n]*[)）]?")
_PART = re.compile(r"[,;|/•·]|\s[-–—]\s|\s{2,}|(?<=[a-zß-ÿ]{4}[.!?…]) |: |[。、！？!?]")
_KISSES = re.compile(r"(?: x+| xo+|,? ?[:;]-?[)D]|[ ]*[❤♥🙂😊🙏]+\ufe0f?)$")
_INLINE = re.compile(r"(?:[,.!?;:)]|\s[-–—/]) ?((?:[^\W\d_][\w'’.-]*)(?: [^\W\d_][\w'’.-]*){0,3})\.?$")
_INLINE_THEN = re.compile(_INLINE.pattern.removesuffix(r"\.?$") + r", [^,.!?\d]{1,24}\d{0,3}\.?$")
"""The same before a place or a trade: ". Vera Quist, ward 2"."""
_LEADING = re.compile(
    r"((?:[A-ZÀ-Þ][\w'’-]+ ){1,2}[A-ZÀ-Þ][\w'’-]+) (?=[a-zß-ÿ]+\.?:? [A-Z]{0,4}[-+(\d]|[+(\d][\d ()/.-]{6,}$)(?=[^.!?]*$)"
)
_NICKNAME = re.compile(r" [\"“„'‘][^\"”“'’ ]+[\"”“'’] ")
_FROM = re.compile(r"(?<=\w) (?:from|of|fra|från|aus|vom|von der|z|ze|od|uit|van de|du|del|della|dal|dalla|da|i|ved|på) \S.*$")
"""Where one is from, behind the name: "Vera from Mossgate"."""
_GREETS = re.compile(
    r"^.{0,30}?(?:hilsner|hilsen|hälsningar|hälsning|gr[üu][ßs]+e?|groet\w*|pozdr\w+|greetings|regards|love|saludos|saluti|salutations|terveis\w+) "
    r"(?:fra|från|von|van|od|from|de|da|del) (?=[A-ZÀ-Ž])",
    re.IGNORECASE,
)
_TOWN_AND_STATE = re.compile(r"[^,\d]+, [A-Z]{2} \d{5}")
_AGE_BEHIND = re.compile(r",? \d{2} (?:ans|jahre|years|años|anni|jaar|anos|lat|år|vuotta|let)\.?$", re.IGNORECASE)
_LOOSE_PARTICLES = re.compile(r"(?: (?:de|da|do|dos|di|van|von|der|den|del|la|le|y|e|el|al|bin|ter|ten|af))+$")
_PHONE_BEHIND = re.compile(
    r"[ ,:]*(?:tel|tlf|puh|mob|m|t|phone)?\.?:? ?(?!\d{4,5}-\d{3}$)\(?\+?\d[\d ()/.–-]{6,}$", re.IGNORECASE
)
_GOES_ON_ANYWHERE = re.compile(r" [A-ZÀ-Ž][\w'’-]+")
_GOES_ON = re.compile(r"(?: [A-ZÀ-Ž][\w'’-]+){1,2}(?=[ ]*(?:\n|$))")
_GIVEN = re.compile(
    r"(?:(?:de|da|di|van|von|der|den|del|la|le|dos|el|al|bin|ter|ten|af) )*[^\W\d_][\w'’.-]*"
    r"(?: (?:de|da|do|dos|di|van|von|der|den|del|la|le|y|e|el|al|bin|ter|ten|af|[A-ZÀ-Ž][\w'’.-]*))*"
)


def find(body: str, folded: Folded, layout: Layout, sender_name: str, sender_address: str, signature: str) -> Detail | None:
    """The writer's name. Spans count characters of `body`; a `signature` kept apart from it has none."""
    sender = _header_person(sender_name)
    found = _labelled(body, folded) or _header_in_body(body, folded, layout, sender)
    signed = None if found else _signed(body, layout, sender_address) or _in_signature(signature)
    found = found or _whole(_introduced(body, folded), signed) or signed
    if found is None:
        return Detail(sender, "header", 0.4 if " " in sender or is_japanese(sender) else 0.3) if sender else None
    return _completed(body, _plain(found), sender)


def _header_person(sender_name: str) -> str:
    """The person a header names, without title, brackets and company; empty if it names none."""
    name = _BRACKETS.sub("", sender_name.strip(" \"'"))
    if is_japanese(name):
        words = [word for word in re.split(r"[ 　]", name) if is_japanese(word)]
        words = [word for word in words if len(words) == 1 or not details.roles_japanese().search(word)]
        name = " ".join(words)
        return name if words and (is_person(name) or re.fullmatch(rf"[{japanese.KANJI}]{{1,4}}", name)) else ""
    if re.fullmatch(r"[\w'’-]+, [\w'’. -]+", name):  # "Quist, Vera"
        last, _, first = name.partition(", ")
        name = f"{first} {last}"
    name = _PART.split(without_title(_NICKNAME.sub(" ", name)))[0].strip()
    name = name.title() if name.isupper() or name.islower() else name
    return name if is_person(name) else ""


def _whole(introduced: Detail | None, signed: Detail | None) -> Detail | None:
    """Introduced with the first name alone, signed with the whole name: the whole one."""
    if introduced and signed and set(introduced.value.split()) < set(signed.value.split()):
        return signed
    return introduced


def _plain(found: Detail) -> Detail:
    value = without_title(found.value)
    if value == found.value:
        return found
    return replace(found, value=value, start=found.start + len(found.value) - len(value) if found.start >= 0 else -1)


def _completed(body: str, found: Detail, sender: str) -> Detail:
    """Introduced or signed with a part of the name alone: the header, or another place of a Japanese mail, knows the rest."""
    if is_japanese(found.value) and len(found.value) <= 3 and found.value != sender:
        return _japanese_header_in_body(body, found.value) or found
    whole, given = fold(sender).text.split(), fold(found.value).text.split()
    if given != whole and contained(given, whole):
        return Detail(sender, "header", 0.9)
    if (
        not sender
        and len(given) == 1
        and (at := body.find(f"{found.value} ")) >= 0
        and (more := _GOES_ON_ANYWHERE.match(body, at + len(found.value)))
    ):
        return Detail(body[at : more.end()], "body", 0.7, at, more.end()) if is_person(body[at : more.end()]) else found
    return found


def _labelled(body: str, folded: Folded) -> Detail | None:
    for match in details.label("name").finditer(folded.text):
        start, end = folded.original(*match.span(1))
        value = re.split(r"[,;|(（、]|\s{2,}", body[start:end])[0].strip()
        if is_japanese(value) and re.fullmatch(r"(?:\S[ 　])+\S", value):  # 小 松 原 恒 夫, as OCR leaves it
            return Detail(re.sub(r"[ 　]", "", value), "label", 0.85, start, start + len(value))
        if is_person(value, lower_case=True):
            return Detail(value, "label", 0.95, start, start + len(value))
    return None


def _header_in_body(body: str, folded: Folded, layout: Layout, sender: str) -> Detail | None:
    """The header's name where the writer says it too: whole anywhere, in part only in the closing block."""
    if not sender:
        return None
    if is_japanese(sender):
        return _japanese_header_in_body(body, sender)
    name = fold(sender).text
    if " " in name and (at := _place_of(name, folded.text)) >= 0:
        start, end = folded.original(at, at + len(name))
        if more := _GOES_ON.match(body, end):
            end = more.end() if is_person(body[start : more.end()]) else end
        return Detail(body[start:end], "signature", 0.97, start, end)
    words = [word.strip(".") for word in name.split() if len(word.strip(".")) > 2 and word not in details.particles()]
    for line in reversed(layout.block):
        if len(line.text) > 60:
            continue
        said = fold(line.text).text
        known = next((word for word in words if _place_of(word, said) >= 0), None)
        if known and (signed := next((part for part in _parts(line) if known in fold(part.value).text), None)):
            return signed if is_person(signed.value, lower_case=True) else replace(signed, value=sender, source="header")
    return None


def _place_of(word: str, text: str) -> int:
    """Where a word stands in a text as a word of its own; -1 if nowhere."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum()):
            return at
        at = text.find(word, at + 1)
    return -1


def _japanese_header_in_body(body: str, sender: str) -> Detail | None:
    surname, *given = re.split(r"[ 　]", sender)
    if given:
        for name in (f"{surname}{gap}{''.join(given)}" for gap in (" ", "", "\u3000")):
            if (at := body.find(name)) >= 0:
                return Detail(name, "signature", 0.97, at, at + len(name))
        return None
    at = body.find(sender)
    while at >= 0:
        given_name = japanese.GIVEN.match(body, at + len(sender))
        before = japanese.SURNAME.search(body, max(0, at - 6), at)
        start, end = before.start() if before else at, given_name.end() if given_name else at + len(sender)
        if (given_name or before) and is_person(body[start:end]):
            return Detail(body[start:end], "signature", 0.9, start, end)
        at = body.find(sender, at + 1)
    at = body.find(sender)
    return Detail(sender, "signature", 0.8, at, at + len(sender)) if at >= 0 else None


def _introduced(body: str, folded: Folded) -> Detail | None:
    for match in details.introduction().finditer(folded.text):
        start, _ = folded.original(match.end(), match.end() + 1)
        given = _GIVEN.match(body, start, min(len(body), start + 60))
        if given and is_person(given[0]) and given[0][0].isupper() and (" " in given[0] or not match[1]):
            value = _LOOSE_PARTICLES.sub("", given[0].rstrip("."))
            return Detail(value, "introduction", 0.85, start, start + len(value))
    for match in japanese.INTRODUCTION.finditer(body):
        if is_person(match[1]):
            certain = match[0].endswith(("申", "言い", "いい")) or re.search(r"[ 　]", match[1])
            return Detail(match[1], "introduction", 0.85 if certain else 0.6, *match.span(1))
    return None


def _signed(body: str, layout: Layout, sender_address: str) -> Detail | None:
    """The name in the closing block: below the formula, else the lowest line that is a name, alone or before contact details."""
    if layout.closing is not None:
        for line in layout.block[:3]:
            for part in _parts(line) if len(line.text) <= LONGEST_LINE else ():
                if is_person(part.value, lower_case=len(part.value.split()) < 4):
                    return replace(part, confidence=0.85)
    box = fold(sender_address).text.partition("@")[0]
    for line in layout.block_of_its_own or reversed(layout.block):
        if found := _name_of_line(line, last=line == layout.lines[-1], alone=len(layout.lines) == 1, box=box):
            return found
    return None


def _name_of_line(line: Line, *, last: bool, alone: bool, box: str) -> Detail | None:
    line = line.tail(LONGEST_LINE)
    if is_japanese(line.text):
        for begins in japanese.BEGINS.finditer(line.text):
            signed = japanese.SIGNED.match(line.text, begins.end())
            if signed and len(signed[1]) >= 2 and is_person(signed[1]) and not details.address_japanese().search(signed[1]):
                return Detail(signed[1], "signature", 0.8, line.start + signed.start(1), line.start + signed.end(1))
        return None
    parts = list(_parts(line))
    first = parts[0] if parts and not _TOWN_AND_STATE.match(line.text) else None
    if first and last and not is_person(first.value) and (place := _FROM.search(first.value)):
        first = replace(first, value=first.value[: place.start()], end=first.start + place.start())
    if (
        len(parts) > 1
        and last
        and " " in parts[-1].value
        and parts[-1].value[0].isupper()
        and " " not in parts[0].value
        and is_person(parts[-1].value)
    ):
        first = parts[-1]  # "Warmly, Vera Quist"
    known = first is not None and last and len(first.value.split()[0]) > 2 and fold(first.value.split()[0]).text[:5] in box
    if first and not alone and is_person(first.value, lower_case=known) and _contacts(line, parts):
        words = len(first.value.split())
        if words > 1 or (last and not re.search(r"\d", line.text)):
            return replace(first, confidence=0.8 if words > 1 else 0.6)
    leading = _LEADING.match(line.text) if last else None
    if leading and is_person(leading[1]):
        return Detail(leading[1], "signature", 0.6, line.start, line.start + leading.end(1))
    ending = _AGE_BEHIND.sub("", _PHONE_BEHIND.sub("", line.text))
    for inline in filter(None, (_INLINE_THEN.search(ending), _INLINE.search(ending))) if last else ():
        if not is_person(inline[1]) or (inline.re is _INLINE_THEN and " " not in inline[1]):
            continue
        sure = 0.65 if " " in inline[1] else 0.5
        return Detail(inline[1], "signature", sure, line.start + inline.start(1), line.start + inline.end(1))
    return None


def _contacts(line: Line, parts: Sequence[Detail]) -> bool:
    """Whether what stands beside a name on its line is nothing that makes it a sentence."""
    return len(parts) == 1 or (len(line.text) <= 80 and not re.search(r"[.!?]$", line.text))


def _parts(line: Line) -> Iterator[Detail]:
    """The pieces of a line between commas, dashes and brackets, each as a possible name."""
    text = _titleless(_PHONE_BEHIND.sub("", line.text))
    text = _KISSES.sub("", _BRACKETS.sub(lambda found: "," + " " * (len(found[0]) - 1), text))
    position = 0
    for piece in _PART.split(text):
        at = text.index(piece, position)
        position = at + len(piece)
        value = piece.strip(" 　,.-–—*_~:\"'")
        if value:
            start = line.start + text.index(value, at)
            yield Detail(value, "signature", 0.85, start, start + len(value))


def _titleless(text: str) -> str:
    """The line with a title or a closing formula at its start blanked out."""
    rest = without_title(_GREETS.sub("", text))
    words = rest.split(" ")
    for count in (3, 2, 1):
        said = " ".join(words[:count])
        if len(words) > count and (len(said) > 2 or said.islower()) and fold(said).text.strip(",.!") in details.closings():
            rest = " ".join(words[count:])  # "Thanks Vera"
            break
    return rest.rjust(len(text))


def _in_signature(signature: str) -> Detail | None:
    for line in signature.splitlines()[:3]:
        for part in _parts(Line(line.strip(), 0)):
            if is_person(part.value):
                return replace(part, confidence=0.8, start=-1, end=-1)
    return None
