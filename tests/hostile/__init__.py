"""Two hundred mails written to hurt the console, and what makes each of them dangerous. Test data only: nothing opens them but our own tests.

`{canary}` in a trick is the address of a server of the test's own; `ran()` leaves a trace that the test looks for.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.hostile import documents, headings, markup, words


@dataclass(frozen=True, slots=True)
class Hostile:
    """One mail; `name` says what it tries."""

    name: str
    raw: bytes


def mails(canary: str) -> list[Hostile]:
    """All of them, in a stable order, each with a Message-ID and a sender of its own; `canary` is an http address without a path."""
    made = [*markup.mails(), *words.mails(), *headings.mails(), *documents.mails()]
    names = [name for name, _ in made]
    assert len(set(names)) == len(names), "two tricks of one name"
    return [
        Hostile(name, raw.replace(b"{canary}", canary.encode()).replace(b"{number}", str(number).encode()))
        for number, (name, raw) in enumerate(made)
    ]
