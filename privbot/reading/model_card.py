"""Figures → the tables of the model card, as Markdown between two markers in models/README.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from privbot.errors import WrongUse

BEGIN, END = "<!-- figures:begin -->", "<!-- figures:end -->"
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


def markdown(figures: Mapping[str, Any]) -> str:
    """All tables. `figures` as `privbot evaluate --json` gives them."""
    overall = figures["all"]
    return "\n\n".join(
        (
            f"Measured by `privbot evaluate` with {figures['model']} on {overall['weight']:g} mails.",
            _overall(figures),
            "**Categories**\n\n" + _labels("category", overall["categories"]),
            "**Rights**\n\n" + _labels("right", figures["rights"]),
            "**Languages** (precision, recall and F1 averaged over the categories present)\n\n"
            + _languages(figures["by_language"]),
            *(["**Kinds of other**\n\n" + _labels("kind", figures["kinds"])] if figures["kinds"] else []),
            "**Confusion**\n\n" + _confusion(figures["confusion"]),
            "**Reliability** (expected calibration error "
            f"{_figure(overall['ece'])}: how far a score is from the share that is right)\n\n"
            + _reliability(figures["reliability"]),
            "**What the mail tells of the requester**\n\n" + _details(figures["details"]),
            "**Silent misses**: " + (", ".join(f"`{one}`" for one in figures["silent_misses"]) or "none"),
            *(["**Templates not read right every time**\n\n" + _templates(figures["templates"])] if figures["templates"] else []),
        )
    )


def _overall(figures: Mapping[str, Any]) -> str:
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
    return _table(("", "all"), rows)


def _labels(what: str, labels: Mapping[str, Mapping[str, float]]) -> str:
    rows = [
        (name, f"{one['support']:g}", _figure(one["precision"]), _figure(one["recall"]), _figure(one["f1"]))
        for name, one in labels.items()
    ]
    return _table((what, "mails", "precision", "recall", "F1"), rows)


def _languages(languages: Mapping[str, Mapping[str, Any]]) -> str:
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
    return _table(heads, rows)


def _precision_alone(figures: Mapping[str, Any]) -> str:
    """Of nothing decided alone there is no precision."""
    return _figure(figures["auto_precision"]) if figures["auto_share"] else "–"


def _mean(categories: Mapping[str, Mapping[str, float]], figure: str) -> float:
    present = [one[figure] for one in categories.values() if one["support"]]
    return sum(present) / len(present) if present else 0.0


def _confusion(pairs: Mapping[str, float]) -> str:
    rows = [(*pair.split(" → "), f"{weight:g}") for pair, weight in list(pairs.items())[:CONFUSIONS]]
    return _table(("missed", "found instead", "mails"), rows) if rows else "none"


def _reliability(bins: Sequence[Mapping[str, float]]) -> str:
    rows = [
        (f"{one['low']:.1f}–{one['high']:.1f}", f"{one['weight']:g}", _figure(one["score"]), _figure(one["right"]))
        for one in bins
    ]
    return _table(("score", "scores", "mean score", "share right"), rows)


def _details(details: Mapping[str, Any]) -> str:
    counted = {name: one for name, one in details.items() if isinstance(one, Mapping) and one["support"]}
    if not counted:
        return "nobody noted it for these mails"
    wrong = ", ".join(f"`{one}`" for one in details["wrong_person"]) or "none"
    return f"{_labels('detail', counted)}\n\nA wrong person taken for the requester: {wrong}"


def _templates(templates: Mapping[str, Mapping[str, float]]) -> str:
    rows = [
        (name, f"{one['mails']:g}", _percent(one["right"]), _percent(one["review"]), f"{one['silent_misses']:g}")
        for name, one in templates.items()
        if one["right"] < 1
    ]
    return _table(("template", "mails", "right", "to review", "silent misses"), rows) if rows else "none"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _figure(value: float) -> str:
    return f"{value:.3f}"


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"
