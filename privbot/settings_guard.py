"""What no form may make privbot read or hand out: its own secrets and records. In privbot.toml itself, whoever may write there decides."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from privbot.config import Config, is_loopback
from privbot.settings_fields import Field
from privbot.settings_file import SECRETS

PATHS = ("ca_file", "letters", "file")
"""Settings that name a file or a folder, by the last word of their name."""
SQLITE = "sqlite:///"
BESIDE_SQLITE = ("", "-wal", "-shm", "-journal")
OURS = "that is privbot's own secret, which no other server may see"
NOT_TO_BE_READ = "privbot's own settings, secrets and databases and /proc cannot be named here"


def refused(one: Field, config: Config) -> str:
    """What is wrong with a path or a database that was typed; empty: nothing, or it names neither."""
    if one.key in PATHS:
        return NOT_TO_BE_READ if is_own_file(one.text, config) else ""
    if one.key == "database":
        return NOT_TO_BE_READ if _is_own_database(one.text, config) else ""
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


def _is_own_database(address: str, config: Config) -> bool:
    if address.startswith(SQLITE):
        return is_own_file(unquote(address.removeprefix(SQLITE)), config)
    return _server_and_name(address) in [_server_and_name(one) for one in (config.database, config.key_database)]


def _server_and_name(address: str) -> tuple[str, str]:
    """Of a postgresql:// address; this machine has many names. What stands behind the question mark goes before."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or "localhost"
    except ValueError:
        return "", address
    more = parse_qs(parts.query)
    host, name = more.get("host", [host])[-1], more.get("dbname", [unquote(parts.path.strip("/"))])[-1]
    return "localhost" if host.startswith("/") or is_loopback(host) else host.lower(), name
