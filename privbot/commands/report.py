"""`privbot report`: the records the law asks for, as CSV or JSON on standard output. They name nobody."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Annotated, Optional

import typer

from privbot.commands.shared import ConfigOption, ControllerOption, JsonOption, open_office

app = typer.Typer(help="The records the law asks for, as CSV or, with --json, as JSON.", no_args_is_help=True)

SinceOption = Annotated[
    Optional[datetime], typer.Option(formats=["%Y-%m-%d"], help="Only what was received on this day or later; left out: all.")
]


@app.command("log-7101")
def log_7101(
    controller: ControllerOption = None, since: SinceOption = None, as_json: JsonOption = False, config: ConfigOption = None
) -> None:
    """The log of Californian requests: date, nature, manner, date and nature of the answer, basis of denial (11 CCR §7101)."""
    office = open_office(config)
    from privbot.reports import log_7101, output

    lines = log_7101.log(office.config, office.seals, controller=controller, since=since.date() if since else None)
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
    lines = metrics_7102.metrics(office.config, office.seals, wanted, controller=controller)
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
    lines = register.register(office.config, office.seals, regime=regime, controller=controller, since=day)
    (output.write_json if as_json else output.write_csv)(register.Entry, lines, sys.stdout)
