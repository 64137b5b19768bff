"""A report as a document: what stands on its pages, one after another, before it is drawn (`pdf.py`)."""

from __future__ import annotations

from dataclasses import dataclass

from privbot.reports.charts import Chart


@dataclass(frozen=True, slots=True)
class Heading:
    """Begins a part of the document."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Heads and rows, all as they are written. `names`: how many of the first columns hold words; the rest hold figures."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    names: int = 1


@dataclass(frozen=True, slots=True)
class Document:
    """A title, a language (BCP 47), and what follows."""

    title: str
    language: str
    parts: tuple[Heading | Paragraph | Table | Chart, ...]
