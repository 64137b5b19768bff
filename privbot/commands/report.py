"""`privbot report`: figures and the records the law asks for, as CSV or JSON on standard output. They name nobody."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

from privbot.commands.shared import ConfigOption, ControllerOption, JsonOption, open_office, write_new

app = typer.Typer(help="Figures, and the records the law asks for, as CSV or, with --json, as JSON.", no_args_is_help=True)

SinceOption = Annotated[
    Optional[datetime], typer.Option(formats=["%Y-%m-%d"], help="Only what was received on this day or later; left out: all.")
]


def _only(controller: str | None) -> list[str] | None:
    return [controller] if controller else None


@app.command()
def volume(
    period: Annotated[str, typer.Option(help="2026, 2026-Q4, 2026-11, 2026-W47, or two days: 2026-11-01..2026-11-30.")],
    table: Annotated[
        Literal["lines", "over-time", "mix"], typer.Option(help="Per controller, regime and right; over time; or the mix.")
    ] = "lines",
    by: Annotated[Literal["week", "month"], typer.Option(help="What the table over time counts by.")] = "month",
    pdf: Annotated[
        Optional[Path], typer.Option(help="Write all tables and charts to this PDF file instead; it must not exist.")
    ] = None,
    controller: ControllerOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """How much was asked in a period, how quickly it was answered, and how much of it in time."""
    office = open_office(config)
    from privbot.reports import output
    from privbot.reports import volume as volumes
    from privbot.reports.period import period as period_named

    found = volumes.volume(office.config, period_named(period), now=office.clock(), by=by, controllers=_only(controller))
    if pdf is not None:
        from privbot.reports.pdf import pdf as printed
        from privbot.reports.volume_document import volume_document

        write_new(pdf, printed(volume_document(found, language="en")))
        return
    kind, lines = {
        "lines": (volumes.Line, found.lines), "over-time": (volumes.Part, found.over_time), "mix": (volumes.Share, found.shares()),
    }[table]  # fmt: skip
    (output.write_json if as_json else output.write_csv)(kind, lines, sys.stdout)


@app.command("log-7101")
def log_7101(
    controller: ControllerOption = None, since: SinceOption = None, as_json: JsonOption = False, config: ConfigOption = None
) -> None:
    """The log of Californian requests: date, nature, manner, date and nature of the answer, basis of denial (11 CCR §7101)."""
    office = open_office(config)
    from privbot.reports import log_7101, output

    lines = log_7101.log(office.config, office.seals, controllers=_only(controller), since=since.date() if since else None)
    (output.write_json if as_json else output.write_csv)(log_7101.Entry, lines, sys.stdout)


@app.command("metrics-7102")
def metrics_7102(
    year: Annotated[Optional[int], typer.Option(help="The calendar year; left out: the one before this.", min=2000)] = None,
    controller: ControllerOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """The figures of a calendar year for each Californian right: received, complied with, denied, days taken (11 CCR §7102)."""
    office = open_office(config)
    from privbot.reports import metrics_7102, output

    wanted = year if year is not None else office.clock().year - 1
    lines = metrics_7102.metrics(office.config, office.seals, wanted, controllers=_only(controller))
    (output.write_json if as_json else output.write_csv)(metrics_7102.Figures, lines, sys.stdout)


@app.command()
def register(
    regime: Annotated[str, typer.Option(help="The law, such as gdpr or uk-gdpr.")] = "gdpr",
    controller: ControllerOption = None,
    since: SinceOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """The register of requests under a law: what was asked, when it was due and answered, and how."""
    office = open_office(config)
    from privbot.reports import output, register

    day = since.date() if since else None
    lines = register.register(office.config, office.seals, regime=regime, controllers=_only(controller), since=day)
    (output.write_json if as_json else output.write_csv)(register.Entry, lines, sys.stdout)
