"""What an operator decided on a mail, beside what had been read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from privbot.reading.masking import Masked


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a mail is taken to ask."""

    categories: tuple[str, ...]
    rights: tuple[str, ...] = ()
    kind: str = ""
    """For `other`: one of KINDS_OF_OTHER."""

    def same_as(self, other: Meaning) -> bool:
        """Whether both ask for the same, in whatever order."""
        return self.key == other.key

    @property
    def key(self) -> tuple[frozenset[str], frozenset[str], str]:
        """What makes two meanings the same."""
        return frozenset(self.categories), frozenset(self.rights), self.kind


@dataclass(frozen=True, slots=True)
class Correction:
    """One operator's decision on one mail, beside what had been read."""

    number: int
    mail: int
    actor: str
    at: datetime
    """UTC."""
    model: str
    """Name and version of the pipeline that read it."""
    language: str
    read: Meaning
    certainty: float
    """The lowest score of the categories read, 0 to 1."""
    decided: Meaning
    text: Masked

    @property
    def agrees(self) -> bool:
        """Whether the reading was confirmed."""
        return self.read.same_as(self.decided)

    @property
    def overrules(self) -> bool:
        """Whether the categories are others than those read: what the certainty is about. Another kind or right beside them is a detail."""
        return set(self.read.categories) != set(self.decided.categories)
