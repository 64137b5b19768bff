"""Two readers on the same fixed sets of mails: which is worse where, which is better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from privbot.reading.evaluate import Record, evaluate
from privbot.reading.reader import Reader


@dataclass(frozen=True, slots=True)
class Scores:
    """What counts of one reader on one set."""

    macro_f1: float
    silent_misses: float
    """In votes."""
    ordinary_taken: float
    """The share of ordinary mail that is taken for a request without review."""


@dataclass(frozen=True, slots=True)
class Row:
    """One set, and both readers on it."""

    name: str
    mails: int
    current: Scores
    candidate: Scores

    def against(self) -> list[str]:
        """Where the candidate is worse, a sentence each."""
        return [sentence for sentence, gain in self._differences() if gain < 0]

    def better(self) -> list[str]:
        """Where it is better."""
        return [sentence for sentence, gain in self._differences() if gain > 0]

    def _differences(self) -> list[tuple[str, float]]:
        was, now = self.current, self.candidate
        return [
            (f"{self.name}: macro-F1 {now.macro_f1:.3f}, was {was.macro_f1:.3f}", now.macro_f1 - was.macro_f1),
            (f"{self.name}: silent misses {now.silent_misses:g}, were {was.silent_misses:g}", was.silent_misses - now.silent_misses),
            (
                f"{self.name}: ordinary mail taken for requests without review {now.ordinary_taken:.1%}, was {was.ordinary_taken:.1%}",
                was.ordinary_taken - now.ordinary_taken,
            ),
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Comparison:
    """A candidate beside the pipeline that reads."""

    current: str
    candidate: str
    rows: tuple[Row, ...]

    @property
    def against(self) -> list[str]:
        """Everything that speaks against the candidate; it may be promoted only when nothing does."""
        return [sentence for row in self.rows for sentence in row.against()]

    @property
    def better(self) -> list[str]:
        """Everything that speaks for it."""
        return [sentence for row in self.rows for sentence in row.better()]

    def as_json(self) -> dict[str, Any]:
        """`privbot model compare --json`."""
        return {
            "current": self.current,
            "candidate": self.candidate,
            "sets": [{"set": row.name, "mails": row.mails, "current": asdict(row.current), "candidate": asdict(row.candidate)}
                     for row in self.rows],
            "against": self.against,
            "better": self.better,
        }  # fmt: skip


def compare(current: Reader, candidate: Reader, sets: Mapping[str, Sequence[Record]]) -> Comparison:
    """Both readers on every set that holds any mail."""
    rows = tuple(
        Row(name, len(records), _scores(current, records), _scores(candidate, records))
        for name, records in sets.items()
        if records
    )
    return Comparison(current.version, candidate.version, rows)


def _scores(reader: Reader, records: Sequence[Record]) -> Scores:
    figures = evaluate(reader, records)["all"]
    return Scores(figures["macro_f1"], figures["silent_miss"], figures["ordinary_taken_without_review"])
