"""Agents: on what ground somebody writes for others, and the consumers of one mail told apart.

What is recognised stands in agents.toml. It is a first look for the operator who decides; nothing here grants anything.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from privbot.casework.verification import Authority
from privbot.mail.model import Mail
from privbot.reading.fold import fold, fold_pattern
from privbot.reading.model import Detail, Reading, Requester
from privbot.reading.people import is_person

_FILE = Path(__file__).parent / "agents.toml"
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_COLUMNS = re.compile(r"\t|\s{2,}|[|;,]")
FEWEST_CONSUMERS = 2
"""From so many lines with a name and an address on, they are a list."""


@dataclass(frozen=True, slots=True)
class Agent:
    """What a mail shows about the agent who wrote it."""

    name: str
    authority: Authority
    """What the agent rests on: a power of attorney where one is attached, otherwise the consumer's permission."""
    permission_attached: bool
    says_registered: bool
    """With the California Secretary of State; to be looked up by a person."""
    consumers: tuple[Requester, ...]
    """Whom the mail asks for, each once."""


def agent_of(mail: Mail, reading: Reading) -> Agent | None:
    """The agent who wrote this mail, or None where somebody writes for themselves."""
    said = fold(f"{mail.subject}\n{mail.letter_text}").text
    consumers = tuple(consumers_in(mail, reading))
    marked = _says("agent", said) or any(name in mail.headers for name in _patterns()["agent"]["headers"])
    if not (reading.agent or marked or len(consumers) >= FEWEST_CONSUMERS):
        return None
    sender = mail.sender.name or mail.sender.address if mail.sender else ""
    attorney = _attached(mail, "power-of-attorney")
    return Agent(
        name=reading.agent or sender,
        authority=Authority.POWER_OF_ATTORNEY if attorney else Authority.PERMISSION,
        permission_attached=_attached(mail, "permission"),
        says_registered=_says("registered", said),
        consumers=consumers,
    )


def consumers_in(mail: Mail, reading: Reading) -> Iterator[Requester]:
    """The consumers of an agent's mail: the lines of a list with a name and an address each, else those that the reading names."""
    listed = dict(_listed(mail.letter_text))
    if len(listed) >= FEWEST_CONSUMERS:
        for address, name in listed.items():
            yield Requester(name=Detail(name, "agent", 0.9), emails=(Detail(address, "agent", 0.9),))
        return
    if len(reading.principals) == 1:
        own = mail.sender.address if mail.sender else ""
        emails = tuple(email for email in reading.requester.emails if email.value != own)
        yield replace(reading.requester, name=Detail(reading.principals[0], "agent", 0.9), emails=emails)
        return
    for name in dict.fromkeys(reading.principals):
        yield Requester(name=Detail(name, "agent", 0.9))


def split(reading: Reading, consumers: Iterable[Requester]) -> list[Reading]:
    """One reading per consumer, each asking the same: several consumers in one mail are several requests."""
    each = [
        replace(reading, requester=consumer, principals=(consumer.name.value,) if consumer.name else ()) for consumer in consumers
    ]
    return each or [reading]


def _listed(text: str) -> Iterator[tuple[str, str]]:
    """(address, name) of each line that is a row of a list."""
    for line in text.splitlines():
        address = _EMAIL.search(line)
        if not address:
            continue
        name = next((cell.strip() for cell in _COLUMNS.split(line[: address.start()]) if is_person(cell.strip())), None)
        if name and len(name.split()) > 1:
            yield address[0].lower(), name


def _attached(mail: Mail, what: str) -> bool:
    """Whether a letter of this kind is attached, told by its name or its words."""
    return any(
        _says(what, fold(one.text).text) or any(p.search(fold(one.name).text) for p in _compiled(what, "names"))
        for one in mail.attachments
    )


def _says(what: str, folded: str) -> bool:
    return any(pattern.search(folded) for pattern in _compiled(what, "wording"))


@cache
def _compiled(what: str, where: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(fold_pattern(pattern)) for pattern in _patterns()[what][where])


@cache
def _patterns() -> dict[str, dict[str, list[str]]]:
    with _FILE.open("rb") as file:
        return tomllib.load(file)
