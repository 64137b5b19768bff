"""A chart as SVG: in the colour of the text around it, so that it is light or dark as its page is. No script, no style attribute."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from privbot.reports.charts import Box, Chart, Line, Words, strokes

STYLE = """<style>
  :root { color: #1f2328; background: #ffffff; }
  @media (prefers-color-scheme: dark) { :root { color: #e6edf3; background: #0d1117; } }
</style>"""
"""Of a file of its own, which has no page around it."""


def svg(chart: Chart, *, alone: bool = False) -> str:
    """To stand in a page, or `alone` as a file."""
    name = escape(chart.name, quote=True)
    marks = "\n".join(line for mark in chart.marks for line in _drawn(mark))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {chart.width:g} {chart.height:g}" width="{chart.width:g}" '
        f'height="{chart.height:g}" role="img" aria-labelledby="chart-{name}-title" aria-describedby="chart-{name}-told" '
        f'font-family="sans-serif" font-size="12" fill="currentColor" stroke="none">\n'
        f'<title id="chart-{name}-title">{escape(chart.title)}</title>\n<desc id="chart-{name}-told">{escape(chart.description)}</desc>\n'
        f"{STYLE if alone else ''}\n{marks}\n</svg>\n"
    )


def _drawn(mark: Box | Line | Words) -> Iterator[str]:
    match mark:
        case Box():
            fill = "currentColor" if mark.pattern == "full" else "none"
            yield (
                f'<rect class="chart-{mark.pattern}" x="{mark.x:.1f}" y="{mark.y:.1f}" width="{max(0.0, mark.width):.1f}" '
                f'height="{max(0.0, mark.height):.1f}" fill="{fill}" fill-opacity="0.75" stroke="currentColor"/>'
            )
            if pattern := "".join(f"M{one.x1:.1f},{one.y1:.1f}L{one.x2:.1f},{one.y2:.1f}" for one in strokes(mark)):
                yield f'<path d="{pattern}" stroke="currentColor"/>'
        case Line():
            faint = ' stroke-opacity="0.2"' if mark.faint else ""
            yield f'<path d="M{mark.x1:.1f},{mark.y1:.1f}L{mark.x2:.1f},{mark.y2:.1f}" stroke="currentColor"{faint}/>'
        case Words():
            strong = ' font-size="14" font-weight="600"' if mark.strong else ""
            yield f'<text x="{mark.x:.1f}" y="{mark.y:.1f}" text-anchor="{mark.anchor}"{strong}>{escape(mark.text)}</text>'
