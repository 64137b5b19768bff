"""What the command groups share: options, and opening the office."""

from __future__ import annotations

import getpass
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from privbot.errors import WrongUse

if TYPE_CHECKING:
    from privbot.worker.office import Office

ConfigOption = Annotated[
    Optional[Path],
    typer.Option("--config", "-c", envvar="PRIVBOT_CONFIG", help="The configuration; ./privbot.toml if left out."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
ByOption = Annotated[str, typer.Option("--by", help="Who decides, for the audit trail.", default_factory=getpass.getuser)]
ControllerOption = Annotated[Optional[str], typer.Option("--controller", help="One controller only; left out: all of them.")]


def write_new(file: Path, content: bytes) -> None:
    """Write a file that is not there yet, and say so. Raises WrongUse."""
    try:
        with file.open("xb") as written:
            written.write(content)
    except FileExistsError:
        raise WrongUse(f"{file} exists; name another file.") from None
    print(f"{file}: {len(content)} bytes")


def open_office(config: Path | None, *, read_apart: bool = False, patient: bool = False, console: bool = False) -> Office:
    """Open the office for a command: configuration, log, databases. Only after that can anything be imported that keeps records.

    `patient`: wait for a database that does not answer, as a service does. `console`: with what the console keeps.
    """
    from privbot import logs
    from privbot.config import load
    from privbot.worker import office

    os.umask(0o077)  # what is written here is nobody else's to read
    logs.to_standard_error()
    opened = office.open_patiently if patient else office.open_office
    settings = load(config)
    more = None
    if console:
        from privbot.console.settings import settings_for

        more = settings_for(settings)
    return opened(settings, lambda: datetime.now(UTC), read_apart=read_apart, console=more)
