"""Whether scores mean what they say: reliability, expected calibration error, and how much can be decided alone at a wanted precision.

Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural Networks" (2017), section 2, for reliability diagrams and the expected
calibration error. Weights are votes: a mail counts one, the variants of one template share it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

BINS = 10
PRECISION = 0.99
"""The precision that is asked of mails decided without review."""
POINTS = 60
"""Points of the curve of coverage against precision."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Scores between `low` and `high`: their mean, and the share of them that was right."""

    low: float
    high: float
    score: float
    right: float
    weight: float


@dataclass(frozen=True, slots=True)
class Decision:
    """One mail: how certain its least certain category is, whether it was read right, whether no person looks at it."""

    certainty: float
    right: bool
    alone: bool
    weight: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much is decided at which precision."""

    share: float
    """The largest share of all mails decided alone at PRECISION, if only certainties from `certainty` on were."""
    precision: float
    """The precision of these."""
    certainty: float
    curve: tuple[tuple[float, float], ...]
    """(share of all mails, precision), the surest first; what goes to review comes after all that is decided alone."""


def reliability(scores: Iterable[tuple[float, bool, float]]) -> list[Bin]:
    """(score, whether it was right, weight) → the bins that hold any."""
    binned: list[list[tuple[float, bool, float]]] = [[] for _ in range(BINS)]
    for one in scores:
        binned[min(BINS - 1, int(one[0] * BINS))].append(one)
    found = []
    for index, held in enumerate(binned):
        weight = sum(part for _, _, part in held)
        if weight:
            mean = sum(score * part for score, _, part in held) / weight
            right = sum(part for _, is_right, part in held if is_right) / weight
            found.append(Bin(index / BINS, (index + 1) / BINS, mean, right, weight))
    return found


def expected_calibration_error(bins: Sequence[Bin]) -> float:
    """How far a score is, on average, from the share that is right."""
    total = sum(one.weight for one in bins)
    return sum(abs(one.score - one.right) * one.weight for one in bins) / total if total else 0.0


def coverage(decisions: Iterable[Decision], *, precision: float = PRECISION) -> Coverage:
    """The curve, and the largest share decided alone that keeps to a precision."""
    ranked = sorted(decisions, key=lambda one: (not one.alone, -one.certainty))
    total = sum(one.weight for one in ranked)
    taken = right = 0.0
    best = (0.0, 0.0, 1.0)
    curve: list[tuple[float, float]] = []
    # Mails of one certainty are taken or left together: no threshold tells them apart.
    for (not_alone, certainty), alike in groupby(ranked, key=lambda one: (not one.alone, -one.certainty)):
        for one in alike:
            taken += one.weight
            right += one.weight * one.right
        curve.append((taken / total, right / taken))
        if not not_alone and right / taken >= precision:
            best = (taken / total, right / taken, -certainty)
    step = max(1, len(curve) // POINTS)
    return Coverage(*best, curve=(*curve[:-1:step], *curve[-1:]))
