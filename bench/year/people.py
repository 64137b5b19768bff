"""Who writes, what happens to each of them, and what an operator will decide: the script of the year, drawn from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date

from eth_account import Account

from bench.year.texts import ASKS

FIRST = (
    "Ada", "Bruno", "Clara", "Dario", "Elin", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Kaja", "Leon", "Mira", "Nils", "Olga", "Pia",
    "Quirin", "Rosa", "Sven", "Tilda", "Ulla", "Vera", "Wanda", "Xaver", "Yara", "Zeno",
)  # fmt: skip
LAST = (
    "Abendroth", "Bellweather", "Castellan", "Drummond", "Eriksen", "Fairbrook", "Galanti", "Hollander", "Iversen", "Jablonski", "Kestrel",
    "Lindqvist", "Marchetti", "Norwood", "Oduya", "Pettigrew", "Quillon", "Ravnsborg", "Sandoval", "Thornbury", "Ullmann", "Vasquez",
    "Whitlock", "Yarrow", "Zelenka",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Story:
    """What becomes of a requester. `rights` are asked for in one mail, in this order."""

    law: str
    rights: tuple[str, ...]
    weight: int = 1
    authenticated: bool = False
    """Their mail server vouches for them."""
    code: str = "at once"
    """When the code comes back: at once, reminded, wrong first, too late, never."""
    on_file: bool = True
    """They write from the address that the controller has on file."""
    details: str = "right"
    """What they answer when details are asked for: right, wrong, never."""
    outcome: str = "fulfil"
    """fulfil, part, alternative, lesser, fee – or the law's reason for a denial."""
    last_moment: bool = False
    """The operator answers on the very last day."""
    ask: bool = False
    """The operator asks what is meant."""
    extend: bool = False
    withdraws: bool = False
    again: tuple[int, ...] = ()
    """They ask for the same once more so many days after the first mail."""
    wallet: bool = False
    agent: bool = False
    minor: bool = False
    machine: str = ""
    """What answers our letters beside them: absence, bounce."""


STORIES = (
    # -- European Union
    Story("gdpr", ("access",), 9, authenticated=True),
    Story("gdpr", ("access",), 5),
    Story("gdpr", ("access",), 3, code="reminded"),
    Story("gdpr", ("access",), 2, code="wrong first"),
    Story("gdpr", ("access",), 2, code="too late"),
    Story("gdpr", ("access",), 3, code="never"),
    Story("gdpr", ("access",), 2, authenticated=True, last_moment=True),
    Story("gdpr", ("access",), 3, authenticated=True, extend=True),
    Story("gdpr", ("access",), 2, authenticated=True, ask=True),
    Story("gdpr", ("access",), 2, authenticated=True, again=(9,)),
    Story("gdpr", ("access",), 2, authenticated=True, withdraws=True),
    Story("gdpr", ("access",), 2, code="reminded", machine="absence"),
    Story("gdpr", ("access",), 1, code="never", machine="bounce"),
    Story("gdpr", ("access",), 1, authenticated=True, outcome="manifestly-unfounded"),
    Story("gdpr", ("access",), 1, authenticated=True, outcome="no-match"),
    Story("gdpr", ("access", "erasure"), 4, authenticated=True),
    Story("gdpr", ("access", "erasure"), 2, last_moment=True),
    Story("gdpr", ("erasure",), 6, authenticated=True),
    Story("gdpr", ("erasure",), 3),
    Story("gdpr", ("erasure",), 2, authenticated=True, outcome="part"),
    Story("gdpr", ("erasure",), 1, authenticated=True, outcome="retention-expired"),
    Story("gdpr", ("rectification",), 2, authenticated=True),
    Story("gdpr", ("portability",), 2, authenticated=True),
    Story("gdpr", ("restriction",), 2, authenticated=True),
    Story("gdpr", ("objection",), 1, authenticated=True),
    Story("gdpr", ("objection",), 1, authenticated=True, outcome="not-covered"),
    Story("gdpr", ("direct-marketing",), 2, authenticated=True),
    Story("gdpr", ("consent-withdrawal",), 2),
    Story("gdpr", ("automated-decision",), 1, authenticated=True),
    Story("gdpr", ("complaint",), 2, authenticated=True),
    Story("gdpr", ("complaint",), 1),
    # -- United Kingdom
    Story("uk-gdpr", ("access",), 4, authenticated=True),
    Story("uk-gdpr", ("access",), 2, code="reminded", last_moment=True),
    Story("uk-gdpr", ("access",), 3, authenticated=True, ask=True, last_moment=True),
    Story("uk-gdpr", ("access",), 1, authenticated=True, extend=True, last_moment=True),
    Story("uk-gdpr", ("access",), 1, code="never"),
    Story("uk-gdpr", ("erasure",), 2),
    Story("uk-gdpr", ("rectification",), 1, authenticated=True),
    Story("uk-gdpr", ("direct-marketing",), 1, authenticated=True),
    Story("uk-gdpr", ("complaint",), 1, authenticated=True),
    # -- California
    Story("ccpa", ("erasure",), 4),
    Story("ccpa", ("erasure",), 3, on_file=False),
    Story("ccpa", ("erasure",), 2, on_file=False, details="wrong", outcome="no-match"),
    Story("ccpa", ("erasure",), 2, code="never"),
    Story("ccpa", ("erasure",), 2, on_file=False, wallet=True),
    Story("ccpa", ("erasure",), 2, agent=True, authenticated=True),
    Story("ccpa", ("erasure",), 1, minor=True),
    Story("ccpa", ("erasure",), 2, extend=True, last_moment=True),
    Story("ccpa", ("know-specific",), 3),
    Story("ccpa", ("know-specific",), 1, details="never", outcome="lesser"),
    Story("ccpa", ("know-categories",), 2, again=(100, 240)),
    Story("ccpa", ("rectification",), 1),
    Story("ccpa", ("opt-out-of-sale",), 4, last_moment=True),
    Story("ccpa", ("limit-sensitive",), 2),
    Story("ccpa", ("opt-out-of-sale", "erasure"), 2),
    # -- Shine the Light
    Story("shine-the-light", ("shine-the-light",), 3),
    Story("shine-the-light", ("shine-the-light",), 2, outcome="alternative", last_moment=True),
    Story("shine-the-light", ("shine-the-light",), 2, again=(60,)),
    # -- Japan
    Story("appi", ("access",), 3),
    Story("appi", ("access",), 2, on_file=False),
    Story("appi", ("access",), 1, outcome="fee"),
    Story("appi", ("access",), 1, code="never"),
    Story("appi", ("rectification",), 1),
    Story("appi", ("erasure",), 1),
    Story("appi", ("stop-use",), 1),
    Story("appi", ("third-party-records",), 1),
)


@dataclass(slots=True)
class Person:
    """A requester of the year, with what the controller has on file about them."""

    number: int
    name: str
    address: str
    controller: str
    language: str
    story: Story
    first_day: int
    """The day of the year on which they write first."""
    patience: int
    """Days between what they get and their answer."""
    diligence: int
    """Days the operator takes for the answer."""
    consumers: list[tuple[str, str]] = field(default_factory=list)
    """(name, address) of those for whom an agent writes."""
    proved: set[date] = field(default_factory=set)
    """Days on which they showed that the address is theirs, by a code or a signature."""
    reactions: set[str] = field(default_factory=set)
    """What they have done once already."""

    @property
    def customer(self) -> str:
        """Their number in the controller's books; it stands in everything personal that is sent to them."""
        return f"CU-{70000 + self.number}"

    @property
    def phone(self) -> str:
        return f"+1 209 555 {self.number % 10000:04}"

    @property
    def wallet(self):  # type: ignore[no-untyped-def]
        """An Ethereum account."""
        return Account.from_key((self.number + 1).to_bytes(32, "big"))

    @property
    def text(self) -> str:
        """The request."""
        asked = [ASKS[self.story.law, right] for right in self.story.rights]
        return " ".join(one.get(self.language, one.get("en", "")) for one in asked)


def cast(count: int, seed: int) -> list[Person]:
    """`count` requesters; every story is told before chance picks more."""
    chance = random.Random(seed)  # noqa: S311 – a script, no secret
    told = list(STORIES[:count])
    chance.shuffle(told)
    told += chance.choices(STORIES, [one.weight for one in STORIES], k=count - len(told))
    return [_person(number, story, chance) for number, story in enumerate(told)]


def _person(number: int, story: Story, chance: random.Random) -> Person:
    name = f"{FIRST[number % len(FIRST)]} {LAST[number // len(FIRST) % len(LAST)]}"
    languages = sorted(set.intersection(*(set(ASKS[story.law, right]) for right in story.rights)))
    both = story.law in ("gdpr", "uk-gdpr", "ccpa") and not story.agent
    first_day = chance.randrange(365 - max(story.again, default=0))  # so that their last mail falls into the year too
    person = Person(
        number, name, f"{name.split()[0].lower()}{number}@home{number % 90}.example", chance.choice(("lumen", "tidal")) if both else "lumen",
        "en" if story.minor or story.agent else chance.choice(languages), story, first_day, chance.randint(0, 2), chance.randint(1, 9),
    )  # fmt: skip
    if story.withdraws:
        person.diligence = 9  # not answered before they think better of it
    if story.agent:
        person.consumers = [
            (f"{FIRST[(number + one) % len(FIRST)]} {LAST[(number + 7 * one) % len(LAST)]}", f"consumer{number}.{one}@inbox.test")
            for one in (1, 2, 3)
        ]
    return person


def customer_rows(people: list[Person]) -> str:
    """The controllers' own customer records, as CSV."""
    lines = ["email,name,phone,customer_id,wallet"]
    for one in people:
        address = one.address if one.story.on_file else f"old.{one.address}"
        lines.append(f"{address},{one.name},{one.phone},{one.customer},{one.wallet.address}")
        lines += [f"{address},{name},,," for name, address in one.consumers]
    return "\n".join(lines) + "\n"
