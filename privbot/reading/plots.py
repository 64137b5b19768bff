"""Figures → the pictures of the model card: plain SVG with colours of its own for light and for dark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from privbot.reading.model import CATEGORIES
from privbot.reading.model_card import NOTHING

SIDE = 320
"""Width and height of a plot's field."""
LEFT, TOP, RIGHT, BELOW = 64, 44, 24, 56
"""What stands around the field."""
CELL = 46
STYLE = """
  text { fill: #1f2328; font: 12px sans-serif; }
  .title { font-weight: 600; font-size: 14px; }
  .paper { fill: #ffffff; }
  .grid { stroke: #d0d7de; fill: none; }
  .ideal { stroke: #1f2328; stroke-dasharray: 4 4; fill: none; }
  .line { stroke: #0969da; stroke-width: 2; fill: none; }
  .dot, .cell { fill: #0969da; }
  .goal { stroke: #bc4c00; stroke-dasharray: 6 3; fill: none; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .paper { fill: #0d1117; }
    .grid { stroke: #30363d; }
    .ideal { stroke: #e6edf3; }
    .line { stroke: #58a6ff; }
    .dot, .cell { fill: #58a6ff; }
    .goal { stroke: #f0883e; }
  }
"""


def pictures(figures: Mapping[str, Any]) -> dict[str, str]:
    """File name → SVG. `figures` as `privbot evaluate --json` gives them."""
    return {
        "reliability.svg": reliability(figures["reliability"]),
        "coverage.svg": coverage(figures["coverage"], figures["all"]["auto_share"]),
        "confusion.svg": confusion(figures["all"]["categories"], figures["confusion"]),
    }


def reliability(bins: Iterable[Mapping[str, float]]) -> str:
    """Mean score against the share that was right; on the diagonal, a score means what it says. Larger dots hold more scores."""
    bins = list(bins)
    most = max((one["weight"] for one in bins), default=1.0)
    points = [(_x(one["score"]), _y(one["right"])) for one in bins]
    dots = [
        f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="{3 + 6 * (one["weight"] / most) ** 0.5:.1f}">'
        f"<title>{one['weight']:g} scores, mean {one['score']:.2f}, right {one['right']:.2f}</title></circle>"
        for (x, y), one in zip(points, bins, strict=True)
    ]
    diagonal = f'<path class="ideal" d="M{_x(0)},{_y(0)} L{_x(1)},{_y(1)}"/>'
    return _plot("Reliability", "score given", "share right", [diagonal, _line(points), *dots])


def coverage(covered: Mapping[str, Any], decided_alone: float) -> str:
    """The share of mails decided, the surest first, against the precision; right of the upright line the mails that go to review begin."""
    points = [(_x(share), _y(precision, low=0.5)) for share, precision in covered["curve"]]
    goal = f'<path class="goal" d="M{_x(0)},{_y(0.99, low=0.5):.1f} H{_x(1)}"><title>99 % precision</title></path>'
    limit = f'<path class="ideal" d="M{_x(decided_alone):.1f},{_y(0)} V{_y(1)}"><title>decided without review</title></path>'
    label = f'<text x="{_x(decided_alone) + 4:.1f}" y="{_y(0) - 6}">review</text>'
    return _plot("Coverage", "share of mails decided", "precision", [goal, limit, label, _line(points)], low=0.5)


def confusion(categories: Mapping[str, Mapping[str, float]], pairs: Mapping[str, float]) -> str:
    """Rows are what a mail asks, columns what was found; each row adds up to its mails, and the shade is the share of them."""
    rows = [category for category in CATEGORIES if category in categories]
    columns = [*rows, NOTHING]
    parts, left, top = [], 120, 120
    for row, wanted in enumerate(rows):
        support = categories[wanted]["support"] or 1.0
        y = top + row * CELL
        parts.append(f'<text x="{left - 8}" y="{y + CELL / 2 + 4}" text-anchor="end">{wanted}</text>')
        for column, found in enumerate(columns):
            weight = categories[wanted]["hits"] if found == wanted else pairs.get(f"{wanted} → {found}", 0.0)
            x = left + column * CELL
            share = min(1.0, weight / support)
            parts.append(
                f'<rect class="cell" x="{x}" y="{y}" width="{CELL - 2}" height="{CELL - 2}" fill-opacity="{0.05 + 0.6 * share:.2f}">'
                f"<title>{wanted} → {found}: {weight:g}</title></rect>"
            )
            if weight:
                parts.append(
                    f'<text x="{x + CELL / 2 - 1:g}" y="{y + CELL / 2 + 4:g}" text-anchor="middle">{round(weight, 1):g}</text>'
                )
    for column, found in enumerate(columns):
        middle = left + (column + 0.5) * CELL
        parts.append(f'<text transform="translate({middle:g},{top - 8}) rotate(-45)">{found}</text>')
    width, height = left + len(columns) * CELL + 60, top + len(rows) * CELL + 24
    return _svg(width, height, "Confusion: asked (rows), found (columns)", parts)


def _plot(title: str, across: str, up: str, parts: Iterable[str], *, low: float = 0.0) -> str:
    """A square field from 0 to 1 across and from `low` to 1 up, with its axes."""
    axes = []
    for step in range(6):
        part = step / 5
        axes.append(f'<path class="grid" d="M{_x(part):g},{_y(0):g} V{_y(1):g} M{_x(0):g},{_y(part):g} H{_x(1):g}"/>')
        axes.append(f'<text x="{_x(part):g}" y="{_y(0) + 18:g}" text-anchor="middle">{part:.1f}</text>')
        axes.append(f'<text x="{LEFT - 8}" y="{_y(part) + 4:g}" text-anchor="end">{low + part * (1 - low):.1f}</text>')
    axes.append(f'<text x="{_x(0.5):g}" y="{_y(0) + 40:g}" text-anchor="middle">{across}</text>')
    axes.append(f'<text transform="translate(18,{_y(0.5):g}) rotate(-90)" text-anchor="middle">{up}</text>')
    return _svg(LEFT + SIDE + RIGHT, TOP + SIDE + BELOW, title, [*axes, *parts])


def _x(value: float) -> float:
    return LEFT + SIDE * value


def _y(value: float, *, low: float = 0.0) -> float:
    return TOP + SIDE * (1 - max(0.0, (value - low) / (1 - low)))


def _line(points: Iterable[tuple[float, float]]) -> str:
    return f'<polyline class="line" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"/>'


def _svg(width: float, height: float, title: str, parts: Iterable[str]) -> str:
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" role="img" '
        f'aria-label="{title}">\n<style>{STYLE}</style>\n<rect class="paper" width="{width:g}" height="{height:g}"/>\n'
        f'<text class="title" x="16" y="24">{title}</text>\n{body}\n</svg>\n'
    )
