"""`privbot model`: which reading pipeline reads, and whether another one would read better."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from privbot.commands.shared import ByOption, ConfigOption, JsonOption, open_office

app = typer.Typer(help="Which reading pipeline reads, and whether another one reads better.", no_args_is_help=True)

VersionArgument = Annotated[str, typer.Argument(help="Version of a pipeline, as `privbot model list` gives it.")]
GoldOption = Annotated[
    list[Path],
    typer.Option(
        "--gold", help="A further set: a JSONL file of letters with their truth. May be repeated.", exists=True, dir_okay=False
    ),
]


@app.command("list")
def list_models(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """List the pipeline that ships and the candidates trained here, and say which one reads."""
    office = open_office(config)
    from privbot import terminal
    from privbot.worker.model_store import ModelStore

    versions = ModelStore(office.config).versions()
    if as_json:
        for one in versions:
            told = {"version": one.name, "reads": one.reads, "shipped": one.shipped, "trained": one.trained_at.isoformat()}
            print(json.dumps(told | {"folder": str(one.folder)}, ensure_ascii=False))
    else:
        terminal.show_models(versions)


@app.command()
def compare(version: VersionArgument, gold: GoldOption = [], as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Compare a pipeline with the one that reads, on every fixed set of mails."""
    office = open_office(config)
    from privbot import terminal
    from privbot.worker import learning
    from privbot.worker.golden_records import golden_records

    found = learning.compare_with_current(office, version, golden=golden_records(), gold=gold)
    if as_json:
        print(json.dumps(found.as_json(), ensure_ascii=False))
    else:
        terminal.show_comparison(found)


@app.command()
def promote(version: VersionArgument, by: ByOption, gold: GoldOption = [], config: ConfigOption = None) -> None:
    """Let a pipeline read from the next mails on; refused unless it is not worse on any set and better on one."""
    office = open_office(config)
    from privbot.worker import learning
    from privbot.worker.golden_records import golden_records

    found = learning.promote(office, version, golden=golden_records(), gold=gold, actor=by)
    print(f"{version} reads from the next mails on; better on:")
    print("\n".join(f"  {one}" for one in found.better))


@app.command()
def rollback(by: ByOption, config: ConfigOption = None) -> None:
    """Return to the pipeline that read before, from the next mails on."""
    office = open_office(config)
    from privbot.worker import learning

    print(f"{learning.roll_back(office, actor=by).name} reads from the next mails on")
