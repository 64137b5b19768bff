"""`privbot customers`: the controllers' own customer records."""

from __future__ import annotations

import typer

from privbot.commands.shared import ConfigOption, ControllerOption

app = typer.Typer(help="The controllers' own customer records, which details are compared with.", no_args_is_help=True)


@app.command()
def check(controller: ControllerOption = None, config: ConfigOption = None) -> None:
    """Ask each controller's customer records for somebody unknown, and say whether they can be used."""
    from privbot import terminal
    from privbot.checks import customers
    from privbot.config import load

    settings = load(config)
    chosen = [settings.named_controller(controller)] if controller else settings.controller
    if not terminal.show_checks(customers(settings, chosen)):
        raise typer.Exit(1)
