"""What can be taken out of the reports, as files: tables as CSV and JSON, charts as SVG, everything as PDF. The audit trail tells of each."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Any

from privbot.config import Config
from privbot.errors import WrongUse
from privbot.records.audit import Event, record
from privbot.records.database import writing
from privbot.records.sealing import Seals
from privbot.reports import log_7101, metrics_7102, output, register
from privbot.reports.period import By, Period
from privbot.reports.svg import svg
from privbot.reports.volume import Line, Part, Share, volume
from privbot.reports.volume_document import Words, codes_alone, volume_charts, volume_document

TABLES = ("volume", "over-time", "mix", "log-7101", "metrics-7102")
"""Beside them a register for each law: `register-gdpr`."""
CHARTS = ("over-time", "time-to-answer", "on-time", "categories", "rights", "languages")
REPORT = "report"
TYPES = {
    "csv": "text/csv; charset=utf-8", "json": "application/x-ndjson; charset=utf-8", "svg": "image/svg+xml; charset=utf-8", "pdf": "application/pdf",
}  # fmt: skip


class UnknownExport(WrongUse):
    """There is no such export; choose one from the page of reports."""

    code = "unknown-export"


@dataclass(frozen=True, slots=True)
class File:
    """An export. `rows`: how many lines a table has; of charts and the whole report, how many requests they count."""

    name: str
    type: str
    content: bytes
    rows: int


@dataclass(frozen=True, slots=True)
class Scope:
    """What an export is about: when its requests were received, and whose they are. `now` (UTC) tells what is overdue."""

    period: Period
    by: By
    now: datetime
    controllers: Collection[str] | None = None
    """None: all."""


def offered(config: Config, controllers: Collection[str] | None) -> list[tuple[str, tuple[str, ...]]]:
    """Each export with the kinds of file that it comes as. Raises ConfigWrong."""
    whose = config.controller if controllers is None else [config.named_controller(one) for one in controllers]
    laws = list(dict.fromkeys(regime for one in whose for regime in one.regimes))
    californian = log_7101.CALIFORNIA in laws
    tables = [one for one in TABLES if californian or not one.endswith(("7101", "7102"))] + [f"register-{law}" for law in laws]
    names = dict.fromkeys([REPORT, *tables, *CHARTS])
    kinds = {one: (("csv", "json") if one in tables else ()) + (("svg",) if one in CHARTS else ()) for one in names}
    return [(one, ("pdf",) if one == REPORT else kinds[one]) for one in names]


def export(
    config: Config, seals: Seals, what: str, kind: str, scope: Scope, *, actor: str, language: str = "en", words: Words = codes_alone
) -> File:  # fmt: skip
    """Make the file, and tell the audit trail who took it out. Raises UnknownExport, ConfigWrong.

    Tables hold codes, in every language the same; charts and the whole report speak the language that gettext speaks now.
    """
    if (what, kind) not in {(one, kind) for one, kinds in offered(config, scope.controllers) for kind in kinds}:
        raise UnknownExport
    content, rows = _made(config, seals, what, kind, scope, language, words)
    told = {
        "kind": kind, "period": str(scope.period), "controllers": "all" if scope.controllers is None else sorted(scope.controllers), "rows": rows,
    }  # fmt: skip
    with writing():
        record([Event("report exported", f"report:{what}", told)], actor=actor, now=scope.now)
    name = f"{what}-{scope.period.first:%Y%m%d}-{scope.period.last:%Y%m%d}.{kind}"
    return File(name, TYPES[kind], content, rows)


def _made(config: Config, seals: Seals, what: str, kind: str, scope: Scope, language: str, words: Words) -> tuple[bytes, int]:
    if kind in ("csv", "json"):
        line, lines = _table(config, seals, what, scope)
        out = StringIO(newline="")
        (output.write_csv if kind == "csv" else output.write_json)(line, lines, out)
        return out.getvalue().encode(), len(lines)
    found = volume(config, scope.period, now=scope.now, by=scope.by, controllers=scope.controllers)
    if kind == "svg":
        return svg(volume_charts(found, words)[what], alone=True).encode(), found.total.received
    from privbot.reports.pdf import pdf  # reportlab is heavy: only who prints imports it

    return pdf(volume_document(found, language=language, words=words)), found.total.received


def _table(config: Config, seals: Seals, what: str, scope: Scope) -> tuple[type[Any], list[Any]]:
    """A table's kind of line, and its lines."""
    whose, first, last = scope.controllers, scope.period.first, scope.period.last
    kind: type[Any]
    lines: Iterable[Any]
    match what:
        case "log-7101":
            kind, lines = log_7101.Entry, log_7101.log(config, seals, controllers=whose, since=first, until=last)
        case "metrics-7102":
            # They are of a calendar year: the one in which the period ends.
            kind, lines = metrics_7102.Figures, metrics_7102.metrics(config, seals, last.year, controllers=whose)
        case _ if what.startswith("register-"):
            law = what.removeprefix("register-")
            kind, lines = (
                register.Entry,
                register.register(config, seals, regime=law, controllers=whose, since=first, until=last),
            )
        case _:
            found = volume(config, scope.period, now=scope.now, by=scope.by, controllers=whose)
            tables: dict[str, tuple[type[Any], Iterable[Any]]] = {
                "volume": (Line, found.lines), "over-time": (Part, found.over_time), "mix": (Share, found.shares()),
            }  # fmt: skip
            kind, lines = tables[what]
    return kind, list(lines)
