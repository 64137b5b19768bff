"""The regimes: what `regimes/*.toml` says, read, checked and handed out as values.

Every figure of the law stands in those files with its citation; the code holds none. How to change one, and how to add a law: docs/law.md.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, ValidationError, field_validator

from privbot.law.errors import UnknownRegime, WrongLawFile
from privbot.law.lines import line_of
from privbot.law.model import Promise
from privbot.law.tables import Figure, Regime, Table, WrongKey


class _PromiseTable(Table):
    days: int = Field(gt=0)
    source: str = Field(min_length=1)
    extended_days: int | None = None
    confirmed: bool


class Notice(Table):
    """What a controller's own notice says: promises by regime, and its other figures."""

    promises: dict[str, _PromiseTable]
    figures: dict[str, Figure] = Field(default_factory=dict)

    @field_validator("promises")
    @classmethod
    def _regimes_exist(cls, promises: dict[str, _PromiseTable]) -> dict[str, _PromiseTable]:
        for name in promises:
            if name not in shipped():
                raise WrongKey((name,), f"{name!r} is not known; allowed: {', '.join(shipped())}")
        return promises


class _Own:
    """The folder of own regime files, for the whole process: a law is a name everywhere else."""

    folder: Path | None = None


def use_folder(folder: Path | None) -> None:
    """From now on the regime files of this folder count too; one named like a shipped file takes its place. None: only what is shipped.

    Called once, when the configuration is read. Raises WrongLawFile, and then changes nothing.
    """
    if folder is not None:
        read_folder(folder)
    _Own.folder = folder
    regimes.cache_clear()


@cache
def regimes() -> dict[str, Regime]:
    """Every regime in use by name. Read and checked once; raises WrongLawFile."""
    own = read_folder(_Own.folder) if _Own.folder else {}
    return dict(sorted({**shipped(), **own}.items()))


@cache
def shipped() -> dict[str, Regime]:
    """The regimes privbot comes with."""
    return read_folder(files("privbot.law") / "regimes")


def read_folder(folder: Traversable) -> dict[str, Regime]:
    """The regimes of a folder by name. Raises WrongLawFile at the first wrong file."""
    return {name_of(file): load_regime(file) for file in regime_files(folder)}


def regime_files(folder: Traversable) -> list[Traversable]:
    """The regime files of a folder by name; raises WrongLawFile where there is no such folder, or nothing in it."""
    if not folder.is_dir():
        raise WrongLawFile(f"{folder} is not a folder; name one that holds regime files such as vcdpa.toml")
    found = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    if not found:
        raise WrongLawFile(f"{folder} holds no regime file; write one such as vcdpa.toml")
    return found


def regime(name: str) -> Regime:
    """One regime by name; raises UnknownRegime."""
    try:
        return regimes()[name]
    except KeyError:
        raise UnknownRegime(name, tuple(regimes())) from None


def equivalent(regime_name: str, right: str) -> str | None:
    """What the regime calls this right (`access` under ccpa is `know-specific`), or None where it knows nothing like it.

    Raises UnknownRegime.
    """
    return regime(regime_name).equivalent(right)


@cache
def notice() -> Notice:
    """The first controller's notice, `promises.toml`: the default where no controller says otherwise."""
    return _load(files("privbot.law") / "promises.toml", Notice)


@cache
def default_promise(regime_name: str) -> Promise | None:
    """What the first controller promises under this regime, if anything."""
    promised = notice().promises.get(regime_name)
    if promised is None:
        return None
    return Promise(promised.days, promised.source, promised.extended_days, promised.confirmed)


def load_regime(file: Traversable) -> Regime:
    """Read one regime file. Raises WrongLawFile, which names the file, the line, the key and what is allowed there."""
    return _load(file, Regime, name=name_of(file))


def name_of(file: Traversable) -> str:
    """A regime is called like its file."""
    return file.name.removesuffix(".toml")


_T = TypeVar("_T", bound=Table)


def _load(file: Traversable, kind: type[_T], **added: str) -> _T:
    try:
        text = file.read_text(encoding="utf-8")
        written = tomllib.loads(text)
        if known := added.keys() & written.keys():
            key = min(known)
            raise WrongLawFile(f"{file.name}: line {line_of(text, (key,))}, {key}: the file's own name says it; leave it out")
        return kind.model_validate({**written, **added})
    except (OSError, UnicodeDecodeError) as error:
        raise WrongLawFile(f"{file.name}: cannot be read as UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise WrongLawFile(f"{file.name}: not TOML: {error}") from error
    except ValidationError as error:
        raise WrongLawFile(f"{file.name}: {'; '.join(_faults(error, text))}") from error


def _faults(error: ValidationError, text: str) -> Iterator[str]:
    """Each fault as line, key and what is allowed there."""
    for fault in error.errors(include_url=False, include_input=False):
        where = (*map(str, fault["loc"]), *_inner_path(fault.get("ctx", {}).get("error")))
        message = fault["msg"].removeprefix("Value error, ")
        yield f"line {line_of(text, where)}, {'.'.join(where) or 'file'}: {message}"


def _inner_path(cause: Any) -> tuple[str, ...]:
    return cause.where if isinstance(cause, WrongKey) else ()
