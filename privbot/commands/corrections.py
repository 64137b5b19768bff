"""`privbot corrections`: what operators decided, as examples to learn from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from privbot.commands.shared import ByOption, ConfigOption, JsonOption, open_office

app = typer.Typer(help="What operators decided, kept as examples to learn from.", no_args_is_help=True)


@app.command("list")
def list_corrections(
    disagreements: Annotated[
        bool,
        typer.Option("--disagreements", help="Only what is not learnt until a second operator says the same."),
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List what was read and what was decided, and whether it is learnt."""
    office = open_office(config)
    from privbot import terminal
    from privbot.reading import lessons
    from privbot.worker import learning

    found = [one for one in learning.judged(office) if not disagreements or one.state in lessons.DISAGREEMENTS]
    if as_json:
        for one in found:
            print(json.dumps(lessons.as_json(one), ensure_ascii=False))
    else:
        terminal.show_corrections(found)


@app.command("export")
def export_corrections(
    to: Annotated[
        Path, typer.Argument(help="Folder to write; it must not exist. A file of the corpus format for each language.")
    ],
    by: ByOption,
    config: ConfigOption = None,
) -> None:
    """Write what is learnt in the format of the authored corpus, names and addresses masked."""
    office = open_office(config)
    from privbot.worker import learning

    print(f"{to}: {learning.export(office, to, actor=by)} mails")
