"""Figures → charts: where each bar, line and word goes. `svg.py` draws them for a browser, `pdf.py` for paper.

A chart reads without colour: series differ by their pattern, and every value stands beside its bar. Lengths are CSS pixels, from the upper left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil, log10
from typing import Literal

Pattern = Literal["full", "hatched", "dotted", "empty"]
PATTERNS: tuple[Pattern, ...] = ("full", "hatched", "dotted", "empty")
"""What a series is drawn with: the first, the second, …"""
Anchor = Literal["start", "middle", "end"]

WIDTH = 720
MARGIN = 16
TITLE_HEIGHT = 40
ROW = 26
LABELS = 220
"""Room for the names to the left of bars."""
VALUES = 110
"""Room for the values to the right of bars."""
FIELD_HEIGHT = 200
LABEL_LENGTH = 34
SPACING = 5
"""Between the strokes of a hatched bar, and the dots of a dotted one."""
LETTER_WIDTH = 6.2
"""Of small text, on average."""


@dataclass(frozen=True, slots=True)
class Box:
    """A bar, or a part of one."""

    x: float
    y: float
    width: float
    height: float
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Line:
    """From one point to another."""

    x1: float
    y1: float
    x2: float
    y2: float
    faint: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """A text; `y` is its baseline."""

    x: float
    y: float
    text: str
    anchor: Anchor = "start"
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with its title, and in words what it shows, for whoever does not see it."""

    name: str
    """Its file's, such as `over-time`."""
    title: str
    description: str
    width: float
    height: float
    marks: tuple[Box | Line | Words, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a bar chart: a value as it is drawn and as it is written, and a tick further along, such as a 90th percentile."""

    label: str
    value: float
    told: str
    tick: float | None = None


def bars(name: str, title: str, rows: Sequence[Bar], *, whole: float = 0) -> Chart:
    """A bar for each row, one below the other; a bar of `whole` fills its row, where a longer one does not."""
    most = max([whole, 1e-9, *(one.value for one in rows), *(one.tick for one in rows if one.tick is not None)])
    room = WIDTH - 2 * MARGIN - LABELS - VALUES
    left = MARGIN + LABELS
    marks: list[Box | Line | Words] = [_title(title)]
    for number, one in enumerate(rows):
        top = TITLE_HEIGHT + number * ROW
        end = reach = left + room * one.value / most
        marks += [
            Words(left - 8, top + 17, _short(one.label), "end"),
            Box(left, top + 4, end - left, ROW - 8, "full"),
        ]
        if one.tick is not None:
            reach = max(end, left + room * one.tick / most)
            marks += [Line(end, top + ROW / 2, reach, top + ROW / 2), Line(reach, top + 6, reach, top + ROW - 6)]
        marks.append(Words(reach + 6, top + 17, one.told))
    marks.append(Line(left, TITLE_HEIGHT, left, TITLE_HEIGHT + len(rows) * ROW))
    told = "; ".join(f"{one.label}: {one.told}" for one in rows)
    return Chart(name, title, told, WIDTH, TITLE_HEIGHT + len(rows) * ROW + MARGIN, tuple(marks))


@dataclass(frozen=True, slots=True)
class Column:
    """One column: a value for each series, from the bottom up."""

    label: str
    values: tuple[int, ...]


def columns(name: str, title: str, series: Sequence[str], stacks: Sequence[Column]) -> Chart:
    """A column for each part of a period; what it is made of, one above the other. At most as many series as there are patterns."""
    left, right = MARGIN + 40, WIDTH - MARGIN
    bottom = TITLE_HEIGHT + ROW + FIELD_HEIGHT
    step = _step(max((sum(one.values) for one in stacks), default=0))
    most = max(step, step * ceil(max((sum(one.values) for one in stacks), default=0) / step))
    marks: list[Box | Line | Words] = [_title(title), *_legend(series, left)]
    for value in range(0, most + 1, step):
        y = bottom - FIELD_HEIGHT * value / most
        marks += [Line(left, y, right, y, faint=value > 0), Words(left - 6, y + 4, str(value), "end")]
    pitch = (right - left) / max(1, len(stacks))
    every = ceil(max((len(one.label) + 2 for one in stacks), default=1) * LETTER_WIDTH / pitch)
    for number, one in enumerate(stacks):
        x, top = left + number * pitch, float(bottom)
        for value, pattern in zip(one.values, PATTERNS, strict=False):
            height = FIELD_HEIGHT * value / most
            top -= height
            if value:
                marks.append(Box(x + pitch * 0.15, top, pitch * 0.7, height, pattern))
        total = sum(one.values)
        if total and len(str(total)) * LETTER_WIDTH < pitch:
            marks.append(Words(x + pitch / 2, top - 4, str(total), "middle"))
        if number % every == 0:
            marks.append(Words(x + pitch / 2, bottom + 18, one.label, "middle"))
    told = "; ".join(
        f"{one.label}: " + ", ".join(f"{value} {what}" for what, value in zip(series, one.values, strict=True)) for one in stacks
    )
    return Chart(name, title, told, WIDTH, bottom + 28, tuple(marks))


def strokes(box: Box) -> Iterator[Line]:
    """The pattern of a hatched or dotted box, as lines within it."""
    if box.pattern == "hatched":
        steps = int((box.width + box.height) // SPACING)
        for offset in (SPACING * (number + 1) for number in range(steps)):
            # From the left or upper edge down to the right or lower one.
            x1, y1 = max(0.0, offset - box.height), min(box.height, offset)
            x2, y2 = min(box.width, offset), max(0.0, offset - box.width)
            yield Line(box.x + x1, box.y + y1, box.x + x2, box.y + y2)
    elif box.pattern == "dotted":
        for row in range(int(box.height // SPACING)):
            for column in range(int(box.width // SPACING)):
                x, y = box.x + SPACING * (column + 0.5), box.y + SPACING * (row + 0.5)
                yield Line(x, y, x + 1.2, y)


def _title(title: str) -> Words:
    return Words(MARGIN, 24, title, strong=True)


def _legend(series: Iterable[str], left: float) -> Iterator[Box | Words]:
    x = left
    for what, pattern in zip(series, PATTERNS, strict=False):
        yield Box(x, TITLE_HEIGHT - 4, 18, 14, pattern)
        yield Words(x + 24, TITLE_HEIGHT + 8, what)
        x += 24 + 24 + len(what) * LETTER_WIDTH * 1.2


def _step(most: int) -> int:
    """Of the scale: 1, 2 or 5 times a power of ten, so that some five lines are drawn."""
    wanted = max(1.0, most / 5)
    power = 10 ** int(log10(wanted))
    return int(next(times * power for times in (1, 2, 5, 10) if times * power >= wanted))


def _short(label: str) -> str:
    return label if len(label) <= LABEL_LENGTH else f"{label[: LABEL_LENGTH - 1]}…"
