"""Figures → the tables of the model card, as Markdown between two markers in models/README.md."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from privbot.errors import WrongUse
from privbot.reading.model import CATEGORIES

BEGIN, END = "<!-- figures:begin -->", "<!-- figures:end -->"
NOTHING = "nothing"
CONFUSIONS = 12
"""Pairs of the confusion that the card names."""
PICTURES = {
    "reliability.svg": "Reliability: the share that is right, by the score given",
    "coverage.svg": "Precision of what is decided, by the share of mails that is",
    "confusion.svg": "Confusion of the seven categories",
}
"""File → what it shows."""


class CardWithoutMarkers(WrongUse):
    """The model card has no lines `<!-- figures:begin -->` and `<!-- figures:end -->` between which the tables go; put them back."""

    code = "card-without-markers"


def with_figures(card: str, figures: Mapping[str, Any]) -> str:
    """The card with the tables of these figures between its markers. Raises CardWithoutMarkers."""
    before, begin, rest = card.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise CardWithoutMarkers
    pictures = "All figures stand in `metrics.json`.\n\n" + "\n\n".join(
        f"![{shows}](figures/{file})" for file, shows in PICTURES.items()
    )
    return f"{before}{BEGIN}\n\n{markdown(figures)}\n\n{pictures}\n\n{END}{after}"


@dataclass(frozen=True, slots=True)
class FigureTable:
    """One table of the card: heads, and rows as they are written."""

    name: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(figures: Mapping[str, Any]) -> list[FigureTable]:
    """Every table that has rows. `figures` as `privbot evaluate --json` gives them."""
    made = (
        _overall(figures),
        _labels("categories", "category", figures["all"]["categories"]),
        _labels("rights", "right", figures["rights"]),
        _languages(figures["by_language"]),
        _labels("kinds", "kind", figures["kinds"]),
        _confusion(figures["confusion"]),
        _reliability(figures["reliability"]),
        _details(figures["details"]),
    )
    return [table for table in made if table.rows]


def confusion_matrix(figures: Mapping[str, Any]) -> FigureTable:
    """What the picture of the confusion shows: rows are what mails ask, columns what was found, in mails."""
    categories, pairs = figures["all"]["categories"], figures["confusion"]
    present = [one for one in CATEGORIES if one in categories]
    found = (*present, NOTHING)
    rows = (
        (one, *(f"{categories[one]['hits'] if one == other else pairs.get(f'{one} → {other}', 0.0):g}" for other in found))
        for one in present
    )
    return FigureTable("confusion", ("", *found), tuple(rows))


@dataclass(frozen=True, slots=True)
class Section:
    """A paragraph of the card as people wrote it, without Markdown's signs, and the table that follows it."""

    title: str
    text: str
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def sections(card: str) -> list[Section]:
    """What people wrote around the figures."""
    before, _, rest = card.partition(BEGIN)
    found: list[Section] = []
    for block in re.split(r"\n\s*\n", f"{before}\n\n{rest.partition(END)[2]}"):
        text = block.strip()
        if text.startswith("|") and found:
            heads, _, *rows = (_cells(line) for line in text.splitlines())
            found[-1] = replace(found[-1], heads=heads, rows=tuple(rows))
        elif text and not text.startswith(("#", "|")):
            title, body = re.fullmatch(r"(?:\*\*(.*?)[.:]?\*\*)?(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
            found.append(Section(_unmarked(title or ""), _unmarked(body).lstrip(": ")))
    return found


def _cells(line: str) -> tuple[str, ...]:
    return tuple(_unmarked(cell) for cell in line.strip().strip("|").split("|"))


def _unmarked(text: str) -> str:
    return " ".join(re.sub(r"\*\*|`", "", text).split())


def markdown(figures: Mapping[str, Any]) -> str:
    """All tables. `figures` as `privbot evaluate --json` gives them."""
    overall = figures["all"]
    return "\n\n".join(
        (
            f"Measured by `privbot evaluate` with {figures['model']} on {overall['weight']:g} mails.",
            _table(_overall(figures)),
            "**Categories**\n\n" + _table(_labels("categories", "category", overall["categories"])),
            "**Rights**\n\n" + _table(_labels("rights", "right", figures["rights"])),
            "**Languages** (precision, recall and F1 averaged over the categories present)\n\n"
            + _table(_languages(figures["by_language"])),
            *(["**Kinds of other**\n\n" + _table(_labels("kinds", "kind", figures["kinds"]))] if figures["kinds"] else []),
            "**Confusion**\n\n" + _table(_confusion(figures["confusion"])),
            "**Reliability** (expected calibration error "
            f"{_figure(overall['ece'])}: how far a score is from the share that is right)\n\n"
            + _table(_reliability(figures["reliability"])),
            "**What the mail tells of the requester**\n\n" + _told_details(figures["details"]),
            "**Silent misses**: " + (", ".join(f"`{one}`" for one in figures["silent_misses"]) or "none"),
            *(["**Templates not read right every time**\n\n" + _templates(figures["templates"])] if figures["templates"] else []),
        )
    )


def _overall(figures: Mapping[str, Any]) -> FigureTable:
    overall, coverage = figures["all"], figures["coverage"]
    rows = (
        ("macro-F1 over the categories present", _figure(overall["macro_f1"])),
        ("all categories of a mail right", _percent(overall["exact"])),
        ("silent misses", f"{overall['silent_miss']:g} of {overall['weight']:g}"),
        ("ordinary mail taken for a request, without review", _percent(overall["ordinary_taken_without_review"])),
        ("decided without review / precision", f"{_percent(overall['auto_share'])} / {_precision_alone(overall)}"),
        ("coverage at 99 % precision", f"{_percent(coverage['share'])} (certainty from {_figure(coverage['certainty'])})"),
        ("expected calibration error", _figure(overall["ece"])),
    )
    return FigureTable("overall", ("", "all"), rows)


def _labels(name: str, what: str, labels: Mapping[str, Mapping[str, float]]) -> FigureTable:
    rows = (
        (label, f"{one['support']:g}", _figure(one["precision"]), _figure(one["recall"]), _figure(one["f1"]))
        for label, one in labels.items()
    )
    return FigureTable(name, (what, "mails", "precision", "recall", "F1"), tuple(rows))


def _languages(languages: Mapping[str, Mapping[str, Any]]) -> FigureTable:
    rows = [
        (
            code,
            f"{one['weight']:g}",
            _figure(_mean(one["categories"], "precision")),
            _figure(_mean(one["categories"], "recall")),
            _figure(one["macro_f1"]),
            f"{one['silent_miss']:g}",
            _percent(one["ordinary_taken_without_review"]),
            _percent(one["auto_share"]),
            _precision_alone(one),
            _percent(one["coverage_at_99"]),
            _figure(one["ece"]),
        )
        for code, one in languages.items()
    ]
    heads = (
        "language", "mails", "precision", "recall", "F1", "silent", "ordinary taken, no review", "decided alone", "its precision",
        "coverage at 99 %", "ECE",
    )  # fmt: skip
    return FigureTable("languages", heads, tuple(rows))


def _precision_alone(figures: Mapping[str, Any]) -> str:
    """Of nothing decided alone there is no precision."""
    return _figure(figures["auto_precision"]) if figures["auto_share"] else "–"


def _mean(categories: Mapping[str, Mapping[str, float]], figure: str) -> float:
    present = [one[figure] for one in categories.values() if one["support"]]
    return sum(present) / len(present) if present else 0.0


def _confusion(pairs: Mapping[str, float]) -> FigureTable:
    rows = ((*pair.split(" → "), f"{weight:g}") for pair, weight in list(pairs.items())[:CONFUSIONS])
    return FigureTable("confusion", ("missed", "found instead", "mails"), tuple(rows))


def _reliability(bins: Sequence[Mapping[str, float]]) -> FigureTable:
    rows = [
        (f"{one['low']:.1f}–{one['high']:.1f}", f"{one['weight']:g}", _figure(one["score"]), _figure(one["right"]))
        for one in bins
    ]
    return FigureTable("reliability", ("score", "scores", "mean score", "share right"), tuple(rows))


def _details(details: Mapping[str, Any]) -> FigureTable:
    counted = {name: one for name, one in details.items() if isinstance(one, Mapping) and one["support"]}
    return _labels("details", "detail", counted)


def _told_details(details: Mapping[str, Any]) -> str:
    counted = _details(details)
    if not counted.rows:
        return "nobody noted it for these mails"
    wrong = ", ".join(f"`{one}`" for one in details["wrong_person"]) or "none"
    return f"{_table(counted)}\n\nA wrong person taken for the requester: {wrong}"


def _templates(templates: Mapping[str, Mapping[str, float]]) -> str:
    rows = (
        (name, f"{one['mails']:g}", _percent(one["right"]), _percent(one["review"]), f"{one['silent_misses']:g}")
        for name, one in templates.items()
        if one["right"] < 1
    )
    return _table(FigureTable("templates", ("template", "mails", "right", "to review", "silent misses"), tuple(rows)))


def _table(table: FigureTable) -> str:
    lines = [table.heads, ["---"] * len(table.heads), *table.rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) if table.rows else "none"


def _figure(value: float) -> str:
    return f"{value:.3f}"


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"
