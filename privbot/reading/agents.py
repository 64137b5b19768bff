"""Somebody writing for somebody else: agents and the consumers they write for, parents and children; and how an answer is wanted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from privbot.reading import dates, people
from privbot.reading.fold import Folded
from privbot.reading.model import Detail
from privbot.reading.patterns import LanguagePatterns

_PRINCIPAL = re.compile(
    r"(?<!\w)(?:on behalf of|im namen (?:von|meine[rs] \w+|unsere[rs] \w+)|im auftrag (?:von|unsere[rs] \w+)|au nom de|pour le compte de|en nombre de"
    r"|en representacion de|per conto di|a nome di|namens|em nome de|w imieniu|for|pa vegne af|jmenem|our client|my client|unser\w* mandant\w*"
    r"|notre client\w?|we represent|i represent|(?:i am|we are) acting for|name of (?:the )?consumer:?|consumer:|client:|principal:)"
    r"(?:,| our (?:client|customer|member|user)| my (?:client|mother|father|wife|husband|son|daughter|aunt|uncle)| the consumer| consumer| user)?,? "
    r"(?:mr|mrs|ms|mx|herrn?|frau|m|mme|sr|sra|dhr|mevr|pan\w?|hr)?\.? ?"
)
_JAPANESE_PRINCIPAL = re.compile(
    r"([\u4e00-\u9fff々]{2,4}[ 　]?[\u3041-\u30ff\u4e00-\u9fff々]{0,4})(?:さん|様|氏|本人)?(?:の代理|に代わ|を代理)"
)
_AGE = re.compile(r"\bi ?'? ?a?m (?:only |just |still )?(?:[6-9]|1[0-7])(?= ?(?:years?|yrs|yo|y/o|and)\b|[.,;!)\n]|$)")
"""How the young write it in English: "im 14."."""
_GIVEN = re.compile(r"[A-ZÀ-Ž][\w'’-]*(?: (?:de|da|di|van|von|der|del|la|le|[A-ZÀ-Ž][\w'’-]*))+")


@dataclass(frozen=True, slots=True)
class Standing:
    """In what role the writer writes."""

    agent: str | None
    principals: tuple[Detail, ...]
    minor: bool
    oral: bool
    deadline: str | None


def standing(
    body: str, folded: Folded, sets: Sequence[LanguagePatterns], language: str, *, sender_name: str, sender_address: str
) -> Standing:
    """What the mail declares about its writer. An agent is only one who says so."""
    text = folded.text
    principals = tuple(_principals(body, folded))
    declares = _marked(sets, "agent", text)
    agent = (sender_name or sender_address or "agent") if declares or principals else None
    return Standing(
        agent=agent,
        principals=principals,
        minor=_marked(sets, "minor", text) or (language == "en" and bool(_AGE.search(text))),
        oral=_marked(sets, "oral", text),
        deadline=_deadline(sets, text, language),
    )


def _marked(sets: Sequence[LanguagePatterns], mark: str, text: str) -> bool:
    return any(mark in patterns.marks and patterns.marks[mark].search(text) for patterns in sets)


def _principals(body: str, folded: Folded) -> list[Detail]:
    found: dict[str, Detail] = {}
    for match in _PRINCIPAL.finditer(folded.text):
        start, _ = folded.original(match.end() - 1, match.end())
        name = _GIVEN.match(body, start + 1)
        if name and people.is_person(name[0]) and name[0] not in found:
            found[name[0]] = Detail(name[0], "agent", 0.9, name.start(), name.end())
    for match in _JAPANESE_PRINCIPAL.finditer(body):
        if people.is_person(match[1]):
            found[match[1]] = Detail(match[1], "agent", 0.8, *match.span(1))
    return list(found.values())


def _deadline(sets: Sequence[LanguagePatterns], text: str, language: str) -> str | None:
    for patterns in sets:
        if "deadline" not in patterns.marks:
            continue
        for match in patterns.marks["deadline"].finditer(text):
            before, after = text[max(0, match.start() - 18) : match.start()], text[match.end() : match.end() + 30]
            found = dates.parse_date(before if patterns.language == "ja" else after)
            if found:
                return found.isoformat()
    return None
