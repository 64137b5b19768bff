"""`privbot retention`, `hold` and `erase`: how long things are kept, and deletion that is real."""

from __future__ import annotations

import json
from typing import Annotated, Optional

import typer

from privbot.commands.shared import ByOption, ConfigOption, JsonOption, open_office
from privbot.errors import WrongUse

Reference = Annotated[str, typer.Argument(help="A ticket's reference.")]


def retention(
    preview: Annotated[bool, typer.Option("--preview", help="Show what would be erased now, and what a hold keeps.")] = False,
    once: Annotated[bool, typer.Option("--once", help="Erase it now. (privbot run does so every day.)")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Erase what was kept for as long as the controller's notice says: `retention_years` after the last contact."""
    if preview == once:
        raise WrongUse("Say --preview to see what would be erased, or --once to erase it.")
    office = open_office(config)
    from privbot import terminal
    from privbot.records import retention as records

    if once:
        erased = records.run(office.config, office.seals, office.clock())
        print(
            f"{len(erased.tickets)} tickets and {erased.mails} mails without a ticket are erased, "
            f"identity documents cut out of {erased.documents} mails"
        )
        return
    found = records.preview(office.config, office.clock())
    if as_json:
        print(json.dumps(records.as_json(found), ensure_ascii=False))
    else:
        terminal.show_retention(found)


def hold(
    reference: Reference,
    by: ByOption,
    reason: Annotated[Optional[str], typer.Option(help="Why, in one word: litigation, audit, authority, …")] = None,
    release: Annotated[bool, typer.Option("--release", help="Let retention run again.")] = False,
    config: ConfigOption = None,
) -> None:
    """Put a ticket under a legal hold: nothing of it is erased until the hold is released."""
    if release == (reason is not None):
        raise WrongUse("Say why with --reason, or --release; not both.")
    office = open_office(config)
    from privbot.records import retention as records

    if reason is not None:
        records.hold(reference, reason=reason, actor=by, now=office.clock())
    else:
        records.release(reference, actor=by, now=office.clock())
    print(f"{reference.upper()} {'may be erased again when its time is over' if release else 'is under a legal hold'}")


def erase(
    reference: Reference,
    by: ByOption,
    reason: Annotated[str, typer.Option(help="Why, in one word: requester, mistake, …")],
    config: ConfigOption = None,
) -> None:
    """Erase one ticket and its mails now, for good: their keys are destroyed, and the audit trail keeps the proof."""
    office = open_office(config)
    from privbot.records import retention as records

    records.erase(reference, office.seals, reason=reason, actor=by, now=office.clock())
    print(f"{reference.upper()} is erased; its facts without personal data stay, and the audit trail keeps the proof")
