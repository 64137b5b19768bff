"""Postal addresses: what stands behind a label, and what has the shape of one – on lines of its own or inside a sentence.

The anchor is the end of an address, postcode and town as each country writes them; from there the parts before it (street and number,
flat, the name of a house) are gathered leftwards, over commas and line ends, until something cannot be a part. Japan writes from the
large to the small and has a shape of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from privbot.reading import details, japanese_addresses
from privbot.reading.dates import month_of
from privbot.reading.fold import Folded, fold
from privbot.reading.layout import Layout
from privbot.reading.model import Detail
from privbot.reading.people import is_japanese

MOST_PARTS = 4
"""Parts of an address before its postcode and town: flat, house, street, district."""
LONGEST_PART = 48

_UPPER = "A-ZÀ-ÖØ-ÞŁŠŽČĆŘĎŤŇŚŻŹŐŰ"
_WORD = rf"[{_UPPER}][\w'’.-]*\w"
_JOIN = r"an der|am|im|in der|de la|de|do|da|dos|di|del|della|nad|sur|sous|les|en|op|aan|den|bei|i|upon|on|of|by"
_TOWN = (
    rf"(?:(?:L|D|['’]s)['’ -])?{_WORD}(?:(?: (?:{_JOIN})| /)? -?{_WORD}| (?:[CKNSVØ]|\d{{1,2}})(?![\w.,]*\d)(?=[\s,.)]|$)){{0,3}}"
)
_STATES = (
    r"(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]|"
    r"NSW|VIC|QLD|SA|TAS|ACT|NT|ON|QC|BC|AB|MB|SK|NS|NB|Calif(?:ornia|\.))"
)
_CODE = re.compile(
    r"(?<![\w/.-])(?:(?P<named>[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[ACDEFHKNPRTVWXY]\d[\dW] ?[A-Z\d]{4})|(?P<canadian>[A-Z]\d[A-Z] ?\d[A-Z]\d)"
    r"|(?P<digits>(?:[A-Z]{1,3}[- ])?(?:\d{5}-\d{3,4}|\d{4}-\d{3}|\d{2}-\d{3}|\d{3} \d{2,3}|\d{4,6}))"
    rf"|(?<=, )(?P<state>{_STATES})|(?P<district>[A-Z]{{1,2}}\d[A-Z\d]?))(?![\w/])"
)
"""What an address can end in or have before its town: postcodes of the United Kingdom, Ireland (Eircode), Canada, runs of digits, a state."""
_TOWN_AFTER = re.compile(rf" (?:[A-Z]{{2}} )?{_TOWN}(?: \([A-Z]{{2}}\))?")
_STATE_BEFORE = re.compile(rf"(?:{_TOWN} ?[-–/] ?[A-Z]{{2}}|(?:{_TOWN},? )?(?:{_STATES}|\([{_UPPER}]\w{{3,}}\))),? $")
_TOWN_BEFORE = re.compile(rf"{_TOWN}(?:,? ?[-–]? ?)$")
_TOWN_LONGEST = 40
_NUMBER_FIRST = re.compile(rf"\d+\w* [{_UPPER}]")
_LOWER_UK = re.compile(r"(?<!\w)(?:flat \w+,? )?\d+[a-z]?(?: [a-z'’]+){2,5} (?:[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2})(?!\w)")
_STREET = re.compile(r"\d")
_STREET_STARTS = {"Am", "An", "Im", "Auf", "Zum", "Zur", "Der", "Die", "Das", "The"}
_SMALL = r"de|la|du|des|der|den|van|von|di|del|della|do|da|dos|rue|via|calle|avenida|am|an|im|of|the|na|in|i|à|w|v|en|em|a"
_RESIDENCE = re.compile(
    rf"(?:\d+[\w/-]*,? )?(?:[{_UPPER}\d#][\w'’./-]*|ul\.|al\.|os\.|{_SMALL})(?:,? (?:[{_UPPER}\d#(][\w'’./)-]*|(?:{_SMALL})(?= )))*"
)
_LETTERS = re.compile(r"[^\W\d_]{3}")


def find(body: str, folded: Folded, layout: Layout, name: Detail | None) -> Iterator[Detail]:
    """The postal addresses of a text, surest first and each once. A line that is the writer's name is never part of one."""
    taken: list[tuple[int, int]] = []
    known = fold(name.value).text if name else ""
    for found in (
        *_labelled(body, folded, known),
        *japanese_addresses.find(body, layout),
        *_shaped(body, layout, known),
        *_resident(body, folded),
    ):
        if not any(found.start < end and start < found.end for start, end in taken):
            taken.append((found.start, found.end))
            yield found


def _labelled(body: str, folded: Folded, known: str) -> Iterator[Detail]:
    for match in details.label("address").finditer(folded.text):
        start, end = folded.original(*match.span(1))
        value = body[start:end].strip(" 　.;")
        if "@" in value or "://" in value:
            continue
        shaped = next((found for found in _shaped(body[start : end + 160], None, known) if found.start <= 2), None)
        if shaped:
            yield Detail(shaped.value, "label", 0.95, start + shaped.start, start + shaped.end)
            continue
        following = body[end : end + 80].lstrip("\n").split("\n", 1)[0].strip()
        if ":" not in following and any(
            (ends := _ends(following, code)) and ends.start == 0 for code in _CODE.finditer(following)
        ):
            end = body.index(following, end) + len(following)
            value = f"{value.rstrip(',')}, {following}"
        if _STREET.search(value) and len(value) <= 120:
            yield Detail(value, "label", 0.85, start, end)


def _shaped(body: str, layout: Layout | None, known: str) -> Iterator[Detail]:
    """Addresses by their shape: from postcode and town leftwards."""
    reached = 0
    for match in _LOWER_UK.finditer(body):
        yield Detail(match[0], "body", 0.6, *match.span())
    for code in _CODE.finditer(body):
        ends = _ends(body, code)
        if ends is None or ends.end <= reached:
            continue
        start = _start(body, ends, known)
        if start is None or (ends.weak and not _NUMBER_FIRST.match(body, start)):
            continue
        country = details.country().match(body, ends.end)
        reached = country.end() if country else ends.end
        written = body[start:reached].rstrip(" .")
        signed = layout is not None and start >= layout.block_start
        value = re.sub(r",?[ \t\r]*\n\s*", ", ", written)
        yield Detail(value, "signature" if signed else "body", 0.6 if ends.weak else 0.8, start, start + len(written))


@dataclass(frozen=True, slots=True)
class _Ends:
    """Postcode and town, or what stands for them: the end of an address."""

    start: int
    end: int
    town_first: bool
    """The town stands before the code, perhaps as a part of its own."""
    by_name: bool = False
    """The postcode is sure enough that a house may have a name instead of a number."""
    weak: bool = False


def _ends(body: str, code: re.Match[str]) -> _Ends | None:
    start, end = code.span()
    if code["named"]:
        return _Ends(start, end, town_first=True, by_name=True)
    window = max(0, start - _TOWN_LONGEST, body.rfind("\n", 0, start) + 1)
    if code["state"] or code["district"]:
        town = _TOWN_BEFORE.search(body, window, start)
        return _Ends(town.start(), end, town_first=True, weak=True) if town and (code["district"] or "," in town[0]) else None
    if state := _STATE_BEFORE.search(body, window, start):
        return _Ends(state.start(), end, town_first=True, by_name=bool(code["canadian"]))
    if code["canadian"]:
        return _Ends(start, end, town_first=True)
    if not re.search(r"\d{6}|-\d{3}$|\d{3} \d{3}", code[0]) or re.match(r"\d{4}-\d{3}$|\d{2}-\d{3}$", code[0]):
        town = _TOWN_AFTER.match(body, end, min(len(body), end + _TOWN_LONGEST))
        if town:
            return _Ends(start, town.end(), town_first=False)
    if (town := _TOWN_BEFORE.search(body, window, start)) and not re.fullmatch(r"(?:19|20)\d\d", code[0]):
        return _Ends(town.start(), end, town_first=True, weak=len(code[0]) == 4)
    return None


def _start(body: str, ends: _Ends, known: str) -> int | None:
    """Where the address with these ends begins; None if there is no street before them."""
    position, has_street, any_number, parts = ends.start, False, False, 0
    start: int | None = None
    number_alone = False
    while parts < MOST_PARTS:
        part_start, part_end = _part_before(body, position)
        if part_start >= part_end:
            break
        text = body[part_start:part_end]
        within = bool(details.after_number().fullmatch(text.strip()) or details.before_street().fullmatch(text.strip()))
        sits = 0 if within else _beginning(text)
        if sits is None:
            break
        if known and (at := fold(text).text.rfind(known)) >= sits:  # the writer's name on the same line
            sits = at + len(known)
            sits += len(text[sits:]) - len(text[sits:].lstrip(" ,/-–"))
            if sits >= len(text):
                break
        piece, whole = text[sits:], sits == 0
        numbered = bool(_STREET.search(piece))
        if number_alone and not numbered:  # "Calle Mayor, 12": the street stands before its number
            return part_start + sits
        number_alone = bool(re.fullmatch(r"(?:n\.? ?[º°o]?\.? ?)?\d{1,4} ?[A-Za-z]?", piece.strip()))
        if has_street and not (
            details.before_street().match(piece) if whole else details.before_street().fullmatch(piece.strip())
        ):
            break
        if not (has_street or numbered or parts == 0 or ends.town_first):
            break
        start, position = part_start + sits, part_start
        has_street = (
            has_street
            or bool(details.post_box().fullmatch(piece.strip()))
            or (numbered and not within and _LETTERS.search(piece) is not None)
        )
        any_number = any_number or numbered
        parts += 1
        if not whole:
            break
    if start is None or not (has_street or (parts >= 2 and ends.by_name) or (parts >= 3 and any_number)):
        return None
    return start


def _part_before(body: str, position: int) -> tuple[int, int]:
    """The part of an address that ends right before `position`: back to a comma, a line end or the start of a sentence."""
    end = position
    while end > 0 and body[end - 1] in " ,\n\r\t-–/|·":
        end -= 1
    if body[end:position].count("\n") > 1 and body[end:position].strip(" \r\n") == "" and "\n\n" in body[end:position]:
        return end, end
    start = end
    while start > 0 and end - start < LONGEST_PART + 12 and body[start - 1] not in ",\n;|·":
        start -= 1
    while start < end and body[start] in " \t":
        start += 1
    return start, end


def _beginning(text: str) -> int | None:
    """Where in a part the address begins: 0 if the whole part can be one, later if a sentence leads up to it; None if nowhere."""
    colon = max(
        text.rfind(": "),
        text.rfind(") "),
        text.rfind(". ") if re.search(r"[a-zß-ÿ]{4,}(?<!str)(?<!bldg)\. ", text) else -1,
        text.rfind("“ "),
        text.rfind("? "),
        text.rfind("! "),
    )
    offset = colon + 2 if colon >= 0 else 0
    words = [(match.start() + offset, match[0]) for match in re.finditer(r"\S+", text[offset:])]
    keep: int | None = None
    for place in range(len(words) - 1, -1, -1):
        at, word = words[place]
        if is_japanese(word):
            break
        bare = fold(word).text.strip(".,'\"()“”„»«:")
        if bare in details.not_in_address() and word not in _STREET_STARTS:
            break
        if re.fullmatch(r"(?:19|20)\d\d", bare) and place:  # a year; as a house number it stands first
            break
        if (
            word[0].isdigit()
            or word[0].isupper()
            or word[0] in "#'’\"“„("
            or bare in details.street_words()
            or re.search(r"(?:straat|gatan|vagen|gata|vej|gade|katu|tie|weg|laan|strasse|str)$", bare)
        ):
            keep = at if not (bare in details.particles() and word[0].islower() and bare not in details.street_words()) else keep
            if bare in details.particles() and keep is None:
                break
            continue
        if bare in details.particles() or (
            keep is not None and place and re.fullmatch(r"\d+\w?,?", words[place - 1][1]) and bare.isalpha()
        ):
            continue
        break
    if keep is None:
        return None
    lead = text[keep:]
    # "since 1 June Mill Road 30": the day and the month belong to the sentence.
    dated = re.match(r"\d{1,2}\.? ([^\W\d_]{3,9}) (?=\S)", lead)
    if dated and ". " in dated[0] and month_of(fold(dated[1]).text):
        keep += dated.end()
    return keep


def _resident(body: str, folded: Folded) -> Iterator[Detail]:
    """ "I live at 9 Mill Lane in Otley": a street with a number, even without a postcode, behind the words that say one lives there."""
    for match in details.residence().finditer(folded.text):
        start, _ = folded.original(match.end() - 1, match.end())
        start += 1
        given = _RESIDENCE.match(body, start, min(len(body), start + 90))
        if given and _STREET.search(given[0]) and re.search(rf"[{_UPPER}]\w\w", given[0]):
            value = given[0].rstrip(" ,.")
            yield Detail(value, "body", 0.65, start, start + len(value))
