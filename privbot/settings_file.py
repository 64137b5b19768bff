"""Changing privbot.toml from the program: comments and order stay, and nothing is written that `privbot run` would refuse.

A change names the version of the file that was shown; if somebody has edited it since, nothing is written. The file as it was before the last
change lies beside it as privbot.toml.bak. A typed secret never stands in privbot.toml: it is written to a file of its own beside it
(`privbot-secrets/`, readable by the service alone), and the setting names that file.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import tomlkit
from tomlkit.items import AoT, Table

from privbot.config import Config, ConfigWrong, law_folder, parsed, read_text, validated, version_of
from privbot.errors import WrongUse

RESTART = ("database", "key_database", "master_key", "law", "console")
"""Settings that a running service cannot take on."""
SECRETS = "privbot-secrets"
Kind = Literal["mailbox", "controller"]
Place = tuple[str] | tuple[Kind, str]
"""A part of the file: ("smtp",), ("limits",), ("mailbox", id) or ("controller", id)."""


class SettingsChanged(WrongUse):
    """privbot.toml was changed by somebody else meanwhile, and nothing was saved; look at it as it is now, and save again."""

    code = "settings-changed"


class NoSettingsFile(WrongUse):
    """These settings were made in code, and there is no privbot.toml to change."""

    code = "no-settings-file"


class SettingsNotWritable(WrongUse):
    """privbot.toml cannot be written; let the service write it and its folder, or change it there by hand."""

    code = "settings-not-writable"


class UnknownPart(WrongUse):
    """There is no such mailbox or controller in privbot.toml."""

    code = "unknown-part"


class TakenName(WrongUse):
    """There is one with that short name already; choose another."""

    code = "taken-name"


@dataclass(frozen=True, slots=True)
class Typed:
    """A secret as somebody typed it: kept in a file of its own, which the setting then names."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Change:
    """What a change made of the settings."""

    config: Config
    keys: tuple[str, ...]
    """The changed settings by name, such as ("poll_seconds", "customers.file"): never their values."""


def newer(config: Config) -> Config | None:
    """The settings as the file has them now; None while they are those in use.

    Raises ConfigWrong for a file that cannot be used, and for one that changes what takes a restart.
    """
    if config.file is None:
        return None
    text = read_text(config.file)
    if version_of(text) == config.version:
        return None
    own_law = config.path(config.law.folder) if config.law.folder else None
    if law_folder(parsed(text, config.file), config.folder) != own_law:
        raise _takes_a_restart(config, "law")
    new = validated(text, config.file)
    for key in RESTART:
        if getattr(new, key) != getattr(config, key):
            raise _takes_a_restart(config, key)
    return new


def part_in(text: str, file: Path, place: Place) -> tuple[dict[str, Any], int]:
    """The settings of one part as a text of privbot.toml has them, and its place in its list. Raises ConfigWrong, UnknownPart."""
    settings = parsed(text, file)
    if len(place) == 1:
        return dict(settings.get(place[0], {})), 0
    kind, identifier = place
    for number, one in enumerate(settings.get(kind, ())):
        if one.get("id") == identifier:
            return dict(one), number
    raise UnknownPart


def put(config: Config, place: Place, values: Mapping[str, Any], *, shown: str) -> Change:
    """Change settings of one part. `values` are TOML's own (text, numbers, lists, tables, dates) and `Typed` secrets; None takes a setting out,
    and what is not named stays. `shown` is the version the change was made from.

    Raises ConfigWrong with every fault, SettingsChanged, UnknownPart, NoSettingsFile, SettingsNotWritable.
    """

    def edit(document: tomlkit.TOMLDocument) -> list[str]:
        return list(_put(_part(document, place), stored))

    stored, secrets = _apart(values, place)
    return _change(config, shown, edit, secrets)


def add(config: Config, kind: Kind, values: Mapping[str, Any], *, shown: str) -> Change:
    """Add a mailbox or a controller; `values` hold its id. Raises what `put` raises, and TakenName."""
    identifier = str(values.get("id", ""))

    def edit(document: tomlkit.TOMLDocument) -> list[str]:
        if any(one.get("id") == identifier for one in document.get(kind, ())):
            raise TakenName
        table = tomlkit.table()
        table.trivia.indent = "\n"
        keys = list(_put(table, stored))
        document.setdefault(kind, tomlkit.aot()).append(table)
        return keys

    stored, secrets = _apart(values, (kind, identifier))
    return _change(config, shown, edit, secrets)


def remove(config: Config, kind: Kind, identifier: str, *, shown: str) -> Change:
    """Take a mailbox or a controller out. Raises what `put` raises: also where something else in the file still names it."""

    def edit(document: tomlkit.TOMLDocument) -> list[str]:
        parts = document.get(kind, ())
        at = next((number for number, one in enumerate(parts) if one.get("id") == identifier), None)
        if at is None:
            raise UnknownPart
        del parts[at]
        return ["id"]

    return _change(config, shown, edit, {})


def _change(
    config: Config, shown: str, edit: Callable[[tomlkit.TOMLDocument], list[str]], secrets: Mapping[Path, Typed]
) -> Change:
    if config.file is None:
        raise NoSettingsFile
    with _alone(config.folder):
        before = read_text(config.file)
        if version_of(before) != shown:
            raise SettingsChanged
        document = tomlkit.parse(before)
        keys = tuple(edit(document))
        after = tomlkit.dumps(document)
        new = validated(after, config.file)
        try:
            for file, secret in secrets.items():
                _write_secret(config.folder / file, secret.text)
            if after != before:
                mode = config.file.stat().st_mode & 0o777
                _replace(config.file.with_name(config.file.name + ".bak"), before, mode)
                _replace(config.file, after, mode)
        except OSError as fault:
            raise SettingsNotWritable(
                f"{config.file} cannot be written ({fault.strerror}); let the service write it and its folder, or change it by hand."
            ) from None
    return Change(new, keys)


def _part(document: tomlkit.TOMLDocument, place: Place) -> MutableMapping[str, Any]:
    if len(place) == 1:
        part: MutableMapping[str, Any] = document.setdefault(place[0], tomlkit.table())
        return part
    kind, identifier = place
    parts = document.get(kind, ())
    if isinstance(parts, AoT):
        for one in parts:
            if one.get("id") == identifier:
                return one
    raise UnknownPart


def _put(table: MutableMapping[str, Any], values: Mapping[str, Any]) -> Iterator[str]:
    """Write what differs, and tell its keys: what is as it was keeps its comment and its spelling."""
    for key, value in values.items():
        old = table.get(key)
        if isinstance(old, Table) and isinstance(value, Mapping):
            gone = {one: None for one in old if one not in value}
            yield from (f"{key}.{inner}" for inner in list(_put(table[key], {**value, **gone})))
        elif value is None:
            if key in table:
                del table[key]
                yield key
        elif _plain(old) != value:
            table[key] = value
            yield key


def _plain(item: Any) -> Any:
    return item.unwrap() if hasattr(item, "unwrap") else item


# -- files ---------------------------------------------------------------------------------------------------------------


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One change at a time, whichever process makes it; the lock is on the folder, so that no lock file is left behind."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _replace(file: Path, text: str, mode: int) -> None:
    """Write a file whole or not at all: a reader sees the old text or the new one, also after a power cut."""
    handle, made = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
            out.write(text)
            out.flush()
            os.fchmod(out.fileno(), mode)
            os.fsync(out.fileno())
        Path(made).replace(file)
    except BaseException:
        with suppress(OSError):
            Path(made).unlink()
        raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _apart(values: Mapping[str, Any], names: Sequence[str]) -> tuple[dict[str, Any], dict[Path, Typed]]:
    """The settings with a file in the place of each typed secret, and what is to be written into these files."""
    stored: dict[str, Any] = {}
    secrets: dict[Path, Typed] = {}
    for key, value in values.items():
        if isinstance(value, Typed):
            file = Path(SECRETS) / "-".join((*names, key))
            stored[key], secrets[file] = {"file": str(file)}, value
        elif isinstance(value, Mapping):
            stored[key], inner = _apart(value, (*names, key))
            secrets |= inner
        else:
            stored[key] = value
    return stored, secrets


def _write_secret(file: Path, secret: str) -> None:
    file.parent.mkdir(mode=0o700, exist_ok=True)
    _replace(file, secret + "\n", 0o600)


def _takes_a_restart(config: Config, key: str) -> ConfigWrong:
    return ConfigWrong(f"{config.file}: {key} was changed, which a running service cannot take on; restart it.")
