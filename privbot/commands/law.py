"""`privbot law`: the law as data, shown as a lawyer reads it and checked before it is used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Optional

import typer

from privbot.commands.shared import ConfigOption, JsonOption

app = typer.Typer(help="The law as data: show a law, check the files.", no_args_is_help=True)


@app.command()
def show(
    regime: Annotated[str, typer.Argument(help="Such as gdpr, or the name of an own law's file.")],
    right: Annotated[Optional[str], typer.Option(help="Only what applies to this right.")] = None,
    as_json: JsonOption = False,
    folder: Annotated[Optional[Path], typer.Option(help="Own laws from this folder instead of the configuration's.")] = None,
    config: ConfigOption = None,
) -> None:
    """Show a law's figures with their sources: rights, clocks, verification, limits, refusals, authority."""
    use_own_laws(folder, config)
    from privbot.law import contract
    from privbot.law.regimes import regime as regime_named

    found = regime_named(regime)
    if as_json:
        shown = contract.right_as_json(found, right) if right else contract.regime_as_json(found)
        print(json.dumps(shown, ensure_ascii=False))
    else:
        from privbot.commands import law_tables

        law_tables.show(found, right)


@app.command()
def check(
    folder: Annotated[
        Optional[Path], typer.Argument(help="The folder of law files to check; left out: those in use.", file_okay=False)
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Check every law file and name each fault with its line. Exit code 1 when a file is wrong."""
    from privbot.law.errors import WrongLawFile
    from privbot.law.regimes import load_regime, regime_files, regimes

    wrong: list[str] = []
    good = []
    try:
        if folder is None:
            use_own_laws(None, config)
            good = list(regimes().values())
        for file in regime_files(folder) if folder else ():
            try:
                good.append(load_regime(file))
            except WrongLawFile as fault:
                wrong.append(str(fault))
    except WrongLawFile as fault:
        wrong.append(str(fault))
    for one in good:
        print(f"✓ {one.name}: {one.title}, {len(one.rights)} rights, {one.unconfirmed()} figures not confirmed by counsel")
    for sentence in wrong:
        print(f"✗ {sentence}")
    if wrong:
        raise typer.Exit(1)


def use_own_laws(folder: Path | None, config: Path | None) -> None:
    """Take own laws into use: those of a folder, or those of the configuration where there is one.

    Raises WrongLawFile, ConfigWrong.
    """
    from privbot.law.regimes import use_folder

    if folder is not None:
        use_folder(folder)
    elif config is not None or Path("privbot.toml").exists():
        from privbot.config import load

        load(config)
