"""The figures of a period as a document: what the console shows, and what is printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from privbot.reports.charts import Bar, Chart, Column, bars, columns
from privbot.reports.document import Document, Heading, Paragraph, Table
from privbot.reports.volume import Measures, Part, Volume

Of = TypeVar("Of")
Words = Callable[[str, str], str]
"""What a code is called: of a controller, regime, right, category, language or of what a mail became, and the code."""
MOST_BARS = 20
"""Of one chart; the tables are complete."""
UNKNOWN = "–"


def codes_alone(of: str, code: str) -> str:
    """Every code by itself, as the command line prints them."""
    return code


def volume_document(found: Volume, *, language: str, words: Words = codes_alone) -> Document:
    """The whole report, in the language that gettext speaks now; `language` (BCP 47) is written into the file."""
    charts = volume_charts(found, words)
    return Document(
        _("Requests received from {first} to {last}").format(
            first=found.period.first.isoformat(), last=found.period.last.isoformat()
        ),
        language,
        (
            Paragraph(_about(found, words)),
            Heading(_("At a glance")),
            Table(("", *heads_of_measures()), ((_("All"), *_told(found.total)),)),
            Heading(_("Over time")),
            charts["over-time"],
            _over_time(found),
            Heading(_("Time to answer")),
            charts["time-to-answer"],
            _measures(_("Right"), found.per["right"], "right", words),
            Heading(_("Answered in time")),
            charts["on-time"],
            _measures(_("Controller"), found.per["controller"], "controller", words),
            _measures(_("Law"), found.per["regime"], "regime", words),
            Heading(_("What was asked")),
            charts["categories"],
            charts["rights"],
            Heading(_("Languages")),
            charts["languages"],
            Heading(_("What became of the mails")),
            _counts(_("Mails"), found.mix["outcome"], "became", words),
            Heading(_("Per controller, law and right")),
            _lines(found, words),
        ),
    )


def volume_charts(found: Volume, words: Words = codes_alone) -> dict[str, Chart]:
    """Name → chart."""
    made = (
        columns(
            "over-time",
            _("Requests by week") if found.by == "week" else _("Requests by month"),
            (_("answered in time"), _("answered late"), _("overdue"), _("open or withdrawn")),
            [Column(starts(one, found), (one.in_time, one.late, one.overdue, _rest(one))) for one in found.over_time],
        ),
        bars(
            "time-to-answer",
            _("Days to answer: median, and where nine of ten were answered"),
            [
                Bar(words("right", right), one.median_days, f"{days(one.median_days)} / {days(one.p90_days)}", one.p90_days)
                for right, one in _first(found.per["right"])
                if one.median_days is not None
            ],
        ),
        bars(
            "on-time",
            _("Share answered in time"),
            [
                Bar(words("controller", name), one.on_time, percent(one.on_time))
                for name, one in _first(found.per["controller"])
                if one.on_time is not None
            ],
            whole=1,
        ),
        _mix("categories", _("Requests by category"), found.mix["category"], "category", words),
        _mix("rights", _("Requests by right"), found.mix["right"], "right", words),
        _mix("languages", _("Requests by language"), found.mix["language"], "language", words),
    )
    return {one.name: one for one in made}


def starts(part: Part, found: Volume) -> str:
    """How a week or month is called: by its first day, or as 2026-11."""
    return part.starts.isoformat() if found.by == "week" else f"{part.starts:%Y-%m}"


def days(value: float | None) -> str:
    """Days as they are written: 12, 12.5."""
    return UNKNOWN if value is None else f"{value:g}"


def percent(share: float | None) -> str:
    """A share as it is written: 97.5 %."""
    return UNKNOWN if share is None else f"{100 * share:.1f} %"


def heads_of_measures() -> tuple[str, ...]:
    """Over the columns of `Measures`, in its order."""
    return (
        pgettext("count", "Received"), _("In time"), _("Late"), _("Withdrawn"), _("Open"), _("Overdue"), _("Median days"), _("90 % within days"),
        _("Share in time"),
    )  # fmt: skip


def _about(found: Volume, words: Words) -> str:
    return _(
        "{controllers}. As of {moment} UTC. A request counts in the period that it was received in; days are calendar days in the place of its law. "
        "The share in time is what was answered in time, of all that was answered or is overdue."
    ).format(controllers=", ".join(words("controller", one) for one in found.controllers), moment=f"{found.as_of:%Y-%m-%d %H:%M}")


def _told(one: Measures) -> tuple[str, ...]:
    counts = (one.received, one.in_time, one.late, one.withdrawn, one.open, one.overdue)
    return (*map(str, counts), days(one.median_days), days(one.p90_days), percent(one.on_time))


def _measures(head: str, per: Mapping[str, Measures], of: str, words: Words) -> Table:
    return Table((head, *heads_of_measures()), tuple((words(of, name), *_told(one)) for name, one in per.items()))


def _over_time(found: Volume) -> Table:
    heads = (
        _("Week from") if found.by == "week" else pgettext("unit of time", "Month"), _("Mails"), _("Requests"), _("In time"), _("Late"), _("Overdue"),
    )  # fmt: skip
    rows = (
        (starts(one, found), *map(str, (one.mails, one.requests, one.in_time, one.late, one.overdue))) for one in found.over_time
    )
    return Table(heads, tuple(rows))


def _lines(found: Volume, words: Words) -> Table:
    rows = (
        (words("controller", one.controller), words("regime", one.regime), words("right", one.right), *_told(one))
        for one in found.lines
    )
    return Table((_("Controller"), _("Law"), _("Right"), *heads_of_measures()), tuple(rows), names=3)


def _counts(head: str, counts: Mapping[str, int], of: str, words: Words) -> Table:
    return Table((head, _("Count")), tuple((words(of, name), str(count)) for name, count in counts.items()))


def _mix(name: str, title: str, counts: Mapping[str, int], of: str, words: Words) -> Chart:
    total = sum(counts.values())
    rows = (Bar(words(of, code), count, f"{count} ({percent(count / total)})") for code, count in _first(counts))
    return bars(name, title, list(rows))


def _first(counts: Mapping[str, Of]) -> list[tuple[str, Of]]:
    return list(counts.items())[:MOST_BARS]


def _rest(one: Part) -> int:
    return one.requests - one.in_time - one.late - one.overdue
