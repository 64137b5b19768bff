"""`privbot sweep`, `digest` and `calendar`: what is due, done and told."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from privbot.commands.shared import ConfigOption, ControllerOption, JsonOption, open_office
from privbot.errors import WrongUse


def sweep(
    once: Annotated[
        bool, typer.Option("--once", help="Sweep now, deliver the outbox, and end. (privbot run sweeps every minute.)")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Do what time brings: remind requesters of codes, tell operators of dates, send the digest."""
    if not once:
        raise WrongUse("Say `privbot sweep --once`, or `privbot run` for a service that sweeps on a schedule.")
    office = open_office(config)
    from privbot.worker.sweep import sweep as sweep_once

    swept = sweep_once(office)
    sent = office.delivery.deliver()
    print(f"{swept.reminded} reminded, {swept.run_out} codes run out, {swept.told} mails to operators, {sent} letters sent")


def digest(controller: ControllerOption = None, as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Show the operators' digest as it would be sent now: what is overdue and due, what waits for a decision, what is wrong."""
    office = open_office(config)
    from privbot.law.calendar import day_in
    from privbot.reports import digest as digests
    from privbot.worker.controllers import home_zone

    chosen = [office.config.named_controller(controller)] if controller else office.config.controller
    for one in chosen:
        made = digests.digest(office.config, one.id, day_in(office.clock(), home_zone(one)), office.clock())
        print(json.dumps(digests.as_json(made), ensure_ascii=False) if as_json else digests.text(made))


def calendar(controller: ControllerOption = None, config: ConfigOption = None) -> None:
    """Print what is due as an iCalendar file: privbot calendar > due.ics"""
    office = open_office(config)
    from privbot.reports.calendar import calendar as made

    chosen = [office.config.named_controller(controller).id] if controller else sorted(office.config.controllers)
    sys.stdout.buffer.write(made(office.config, chosen, office.clock()))
