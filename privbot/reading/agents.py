"""Somebody writing for somebody else: agents and the consumers they write for, parents and children; and how an answer is wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from privbot.reading import dates, details, japanese, people
from privbot.reading.fold import Folded
from privbot.reading.model import Detail
from privbot.reading.patterns import LanguagePatterns

_NOTE = r"(?:[（(][^）)\n]*[)）])?"
_JAPANESE_PRINCIPAL = (
    re.compile(rf"({japanese.NAME})(?:さん|様|氏){_NOTE}(?:の(?:成年後見|法定代理|代理|依頼|委任|相続)|に代わ|を代理|から委任)"),
    re.compile(rf"({japanese.NAME}){_NOTE}(?:の(?:成年後見|法定代理|父|母|長女|長男|次女|次男)(?=で|の|、|と))"),
    re.compile(
        r"(?:依頼人|委任者|組合員|貴社会員|当会員|本人|被後見人)(?:[・:： 　]|である|の)?"
        rf"({japanese.NAME})(?:さん|様|氏)?(?=[（(、]|に関|の委任|の代理)"
    ),
    re.compile(
        r"(?:主人|亡夫|夫|妻|亡父|父|亡母|母|息子|娘|妹|弟|祖母|祖父|兄|姉)(?:の|、|（|\(|・)"
        rf"([{japanese.KANJI}]{{1,4}}[ 　][{japanese.LETTERS}]{{1,4}}?|[{japanese.KANJI}]{{1,3}}[ァ-ヺー]{{1,4}}子?)(?=[、はがの（()]|です)"
    ),
)
_AGE = re.compile(r"\bi ?'? ?a?m (?:only |just |still )?(?:[6-9]|1[0-7])(?= ?(?:years?|yrs|yo|y/o|and)\b|[.,;!)\n]|$)")
"""How the young write it in English: "im 14."."""
_PARTICLE = "[A-Z]\\.|de|da|di|do|dos|van|von|der|den|del|la|le|y|el|al|bin|ter|Freifrau|Freiherr|Graf"
_GIVEN = re.compile(rf"(?:(?:[A-Z]\. ?)+|[A-ZÀ-Ž][\w'’-]+|[A-ZÀ-Ž])(?:(?: (?:{_PARTICLE})){{0,3}} [A-ZÀ-Ž][\w'’-]*)+")
_SURNAME = re.compile(r"[A-ZÀ-Ž][\w'’-]+")


@dataclass(frozen=True, slots=True)
class Standing:
    """In what role the writer writes."""

    agent: str | None
    principals: tuple[Detail, ...]
    guardian: str | None
    """The parent or guardian who writes for a child."""
    minor: bool
    oral: bool
    deadline: str | None


def standing(
    body: str, folded: Folded, sets: Sequence[LanguagePatterns], language: str, *, sender_name: str, sender_address: str
) -> Standing:
    """What the mail declares about its writer. An agent is only one who says so."""
    text = folded.text
    relatives = {relative.value: relative for relative in _relatives(body, folded, sender_name)}
    principals = {principal.value: principal for principal in _principals(body, folded, sender_name)} or relatives
    declares = _marked(sets, "agent", text)
    writer = sender_name or sender_address or "agent"
    minor = _marked(sets, "minor", text) or (language == "en" and bool(_AGE.search(text)))
    return Standing(
        agent=writer if declares or principals else None,
        principals=tuple(principals.values()),
        guardian=writer if minor and details.child().search(text) else None,
        minor=minor,
        oral=_marked(sets, "oral", text),
        deadline=_deadline(sets, text),
    )


def _marked(sets: Sequence[LanguagePatterns], mark: str, text: str) -> bool:
    return any(mark in patterns.marks and patterns.marks[mark].search(text) for patterns in sets)


def _principals(body: str, folded: Folded, sender_name: str) -> Iterator[Detail]:
    for pattern in (details.principal(), details.entrusts()):
        for match in pattern.finditer(folded.text):
            start, _ = folded.original(match.end() - 1, match.end())
            name = _GIVEN.match(body, start + 1) or (_SURNAME.match(body, start + 1) if match["title"] else None)
            if name and people.is_person(name[0]) and name[0] != sender_name:
                yield Detail(name[0], "agent", 0.9, name.start(), name.end())
    if max(body, default="") < "\u3040":
        return
    for pattern in _JAPANESE_PRINCIPAL:
        for match in pattern.finditer(body):
            if people.is_person(match[1]) and re.sub(r"\s", "", match[1]) != re.sub(r"\s", "", sender_name):
                yield Detail(match[1], "agent", 0.8, *match.span(1))


def _relatives(body: str, folded: Folded, sender_name: str) -> Iterator[Detail]:
    """ "My late father, Ambrose Quist": a relative named in full is whom the mail is about."""
    for match in details.relative().finditer(folded.text):
        start, _ = folded.original(match.end() - 1, match.end())
        name = _GIVEN.match(body, start + 1)
        if name and people.is_person(name[0]) and name[0] != sender_name:
            yield Detail(name[0], "agent", 0.75, name.start(), name.end())
    surname = sender_name.split()[-1] if " " in sender_name else ""
    if surname and details.child().search(folded.text):
        for name in _GIVEN.finditer(body):  # "everything noted about Milo Quist", of Vera Quist's child
            if name[0].endswith(f" {surname}") and name[0] != sender_name and people.is_person(name[0]):
                yield Detail(name[0], "agent", 0.7, name.start(), name.end())


def _deadline(sets: Sequence[LanguagePatterns], text: str) -> str | None:
    for patterns in sets:
        if "deadline" not in patterns.marks:
            continue
        for match in patterns.marks["deadline"].finditer(text):
            before, after = text[max(0, match.start() - 18) : match.start()], text[match.end() : match.end() + 30]
            found = dates.parse_date(before if patterns.language == "ja" else after)
            if found:
                return found.isoformat()
    return None
