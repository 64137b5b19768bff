"""What no form may make privbot read or hand out: its own secrets and records. In privbot.toml itself, whoever may write there decides."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from socket import inet_aton, inet_ntoa
from typing import Any
from urllib.parse import unquote

import psycopg
from psycopg.conninfo import conninfo_to_dict

from privbot.config import Config, is_loopback
from privbot.settings_fields import Field
from privbot.settings_file import SECRETS

PATHS = ("ca_file", "letters", "file")
"""Settings that name a file or a folder, by the last word of their name."""
SQLITE = "sqlite:///"
BESIDE_SQLITE = ("", "-wal", "-shm", "-journal")
OURS = "that is privbot's own secret, which no other server may see"
NOT_TO_BE_READ = "privbot's own settings, secrets and databases and /proc cannot be named here"
NO_PATH = "a path holds no NUL character"
NO_ADDRESS = "is not an address of a database, such as postgresql://user@host/name"
NO_SERVICE = "name the server and the database themselves, not a service of PostgreSQL's client"


def refused(one: Field, config: Config) -> str:
    """What is wrong with a path or a database that was typed; empty: nothing, or it names neither."""
    if one.key in (*PATHS, "database") and "\0" in unquote(one.text):
        return NO_PATH
    if one.key in PATHS:
        return NOT_TO_BE_READ if is_own_file(one.text, config) else ""
    if one.key == "database":
        return _refused_database(one.text, config)
    return ""


def is_own_file(name: str, config: Config) -> bool:
    """Whether a path, taken from the folder of the TOML, leads to what only privbot reads, by whatever way."""
    named = config.folder.resolve() / os.path.expanduser(name)  # noqa: PTH111 – pathlib's fails for a user who is not there
    ways = {Path(os.path.abspath(named)), Path(os.path.realpath(named))}  # noqa: PTH100 – /proc/self/… leads elsewhere once it is resolved
    folders = (Path("/proc"), (config.folder / SECRETS).resolve())
    return bool(ways & _own_files(config)) or any(way.is_relative_to(one) for way in ways for one in folders)


def is_own_variable(name: str, config: Config) -> bool:
    """Whether an environment variable holds the master key, a secret of sign-in, or what PostgreSQL's client reads, such as PGPASSWORD."""
    ours = {config.master_key.env, *(one.client_secret.env for one in config.console.oidc)}
    return name in ours or re.match(r"PG[A-Z]", name) is not None


def _own_files(config: Config) -> set[Path]:
    settings = [config.file, config.file.with_name(f"{config.file.name}.bak")] if config.file else []
    secrets = [config.master_key.file, *(one.client_secret.file for one in config.console.oidc)]
    databases = [
        config.path(unquote(one.removeprefix(SQLITE)) + more)
        for one in (config.database, config.key_database)
        if one.startswith(SQLITE)
        for more in BESIDE_SQLITE
    ]
    return {one.resolve() for one in (*settings, *secrets, *databases) if one}


def _refused_database(address: str, config: Config) -> str:
    if address.startswith(SQLITE):
        return NOT_TO_BE_READ if is_own_file(unquote(address.removeprefix(SQLITE)), config) else ""
    try:
        asked = conninfo_to_dict(address)
    except psycopg.Error:
        return NO_ADDRESS
    if "service" in asked or "servicefile" in asked:
        return NO_SERVICE
    ours = [conninfo_to_dict(one) for one in (config.database, config.key_database) if not one.startswith(SQLITE)]
    return NOT_TO_BE_READ if any(_name(one) == _name(asked) and _servers(one) & _servers(asked) for one in ours) else ""


def _name(told: dict[str, Any]) -> str:
    """Of the database; PostgreSQL's client takes the user's for it where none is told."""
    return str(told.get("dbname") or told.get("user") or "")


def _servers(told: dict[str, Any]) -> set[str]:
    """Every server that an address leads to: there may be several, by name and by number."""
    named = [one for key in ("host", "hostaddr") for one in str(told.get(key) or "").split(",") if one]
    return {_server(one) for one in named} or {"localhost"}


def _server(host: str) -> str:
    """This machine has many names, and a number many spellings: 127.1 is 127.0.0.1, and whoever calls 0.0.0.0 reaches this machine, too."""
    if host.startswith(("/", "@")):
        return "localhost"
    host = host.lower().rstrip(".")
    with suppress(OSError):
        host = inet_ntoa(inet_aton(host))
    here = host in ("0.0.0.0", "::") or host.endswith((".localhost", ".localdomain")) or is_loopback(host)  # noqa: S104 – nothing listens here
    return "localhost" if here else host
