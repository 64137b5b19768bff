"""A document as PDF. The same document gives the same bytes: nothing in the file tells when or where it was made."""

from __future__ import annotations

from functools import cache
from html import escape
from io import BytesIO

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, SimpleDocTemplate, Spacer
from reportlab.platypus import Paragraph as Running
from reportlab.platypus import Table as Grid

from privbot.reports.charts import Box, Chart, Line, Words, strokes
from privbot.reports.document import Document, Heading, Paragraph, Table

PLAIN, STRONG, JAPANESE = "Helvetica", "Helvetica-Bold", "HeiseiKakuGo-W5"
"""Fonts that every reader of PDF has, so that none is embedded: Adobe's standard ones, and its Japanese one."""
PAGE = landscape(A4)
MARGIN = 18 * mm
FRAME = PAGE[0] - 2 * MARGIN
FIGURE = 54
"""Width of a column of figures, in points; its head breaks between words."""
PIXEL = 0.75
"""Of CSS, in points (CSS Values 4, 6.2)."""
GREY = colors.HexColor("#666666")
FAINT = colors.HexColor("#cccccc")
BAR = colors.HexColor("#44546a")


def pdf(document: Document) -> bytes:
    """The file: A4 across, with title and language, pages numbered."""
    _register_japanese()
    out = BytesIO()
    template = SimpleDocTemplate(
        out, pagesize=PAGE, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN, title=document.title,
        author="privbot", lang=document.language, invariant=1,
    )  # fmt: skip
    story = [_running(document.title, 18, STRONG), Spacer(0, 4 * mm), *(_flowable(part) for part in document.parts)]
    template.build(story, onFirstPage=_foot, onLaterPages=_foot)
    return out.getvalue()


def _flowable(part: Heading | Paragraph | Table | Chart) -> Flowable:
    match part:
        case Heading():
            heading = _running(part.text, 13, STRONG)
            heading.keepWithNext = True
            return heading
        case Paragraph():
            return _running(part.text, 10, PLAIN)
        case Table():
            return _grid(part)
        case Chart():
            return _Drawing(part)


def _running(text: str, size: float, font: str) -> Running:
    style = ParagraphStyle(
        "running", fontName=_font(text, font), fontSize=size, leading=size * 1.35, spaceBefore=size * 0.6, spaceAfter=size * 0.4
    )
    return Running(escape(text), style)


def _grid(table: Table) -> Grid:
    """Names to the left, figures to the right; the heads stand again on every page."""
    cells = [[_cell(text, STRONG, column >= table.names) for column, text in enumerate(table.heads)]]
    cells += [[_cell(text, PLAIN, column >= table.names) for column, text in enumerate(row)] for row in table.rows]
    figures = len(table.heads) - table.names
    widths = [*[(FRAME - figures * FIGURE) / table.names] * table.names, *[FIGURE] * figures]
    rules = [
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, colors.black), ("LINEBELOW", (0, 1), (-1, -1), 0.3, FAINT), ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 2), ("RIGHTPADDING", (0, 0), (-1, -1), 2), ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]  # fmt: skip
    return Grid(cells, colWidths=widths, repeatRows=1, style=rules, spaceBefore=6, spaceAfter=6)


def _cell(text: str, font: str, figure: bool) -> Running:
    return Running(
        escape(text), ParagraphStyle("cell", fontName=_font(text, font), fontSize=7.5, leading=9.5, alignment=2 if figure else 0)
    )


class _Drawing(Flowable):  # type: ignore[misc]
    """A chart."""

    def __init__(self, chart: Chart) -> None:
        super().__init__()
        self._chart, self._scale = chart, PIXEL
        self.width, self.height = chart.width * self._scale, chart.height * self._scale

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        self.canv.scale(self._scale, self._scale)
        self.canv.translate(0, self._chart.height)
        for mark in self._chart.marks:
            _draw(self.canv, mark)


def _draw(canvas: Canvas, mark: Box | Line | Words) -> None:
    """Paper counts upward: whatever is below the chart's upper edge is negative."""
    match mark:
        case Box():
            canvas.setFillColor(BAR)
            canvas.setStrokeColor(BAR)
            canvas.setLineWidth(0.8)
            canvas.rect(mark.x, -mark.y - mark.height, mark.width, mark.height, fill=int(mark.pattern == "full"))
            canvas.lines([(one.x1, -one.y1, one.x2, -one.y2) for one in strokes(mark)])
        case Line():
            canvas.setStrokeColor(FAINT if mark.faint else colors.black)
            canvas.line(mark.x1, -mark.y1, mark.x2, -mark.y2)
        case Words():
            canvas.setFillColor(colors.black)
            canvas.setFont(_font(mark.text, STRONG if mark.strong else PLAIN), 14 if mark.strong else 12)
            write = {"start": canvas.drawString, "middle": canvas.drawCentredString, "end": canvas.drawRightString}[mark.anchor]
            write(mark.x, -mark.y, mark.text)


def _foot(canvas: Canvas, template: SimpleDocTemplate) -> None:
    canvas.setFont(PLAIN, 8)
    canvas.setFillColor(GREY)
    canvas.drawRightString(PAGE[0] - MARGIN, MARGIN / 2, str(template.page))


def _font(text: str, font: str) -> str:
    """The standard fonts have the letters of cp1252."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return JAPANESE
    return font


@cache
def _register_japanese() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont(JAPANESE))
