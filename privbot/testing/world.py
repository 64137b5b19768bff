"""The demo world: a representative with one mailbox and two controllers, as fixtures/emails/README.md tells of it."""

from __future__ import annotations

from pathlib import Path

import tomlkit

from privbot.config import DEFAULT_FILE, Config, load
from privbot.records.master_key import new_master_key
from privbot.testing.imap import ImapServer

TRUSTED_HOST = "mx.harbour.example"
LONG_AGO = "2020-01-01T00:00:00Z"


def configuration(imap: ImapServer, smtp_port: int, folder: Path, **changes: object) -> Config:
    """A configuration for servers on this machine; databases lie in `folder`. `changes` replace top-level settings."""
    return Config.model_validate(settings(imap, smtp_port, **changes)).model_copy(update={"folder": folder})


def written(imap: ImapServer, smtp_port: int, folder: Path, **changes: object) -> Config:
    """The same from a privbot.toml in `folder`, which can be changed."""
    file = folder / DEFAULT_FILE
    file.touch(mode=0o600)
    file.write_text(tomlkit.dumps(settings(imap, smtp_port, **changes)), encoding="utf-8")
    return load(file)


def settings(imap: ImapServer, smtp_port: int, **changes: object) -> dict[str, object]:
    """What stands in its privbot.toml."""
    mailbox = {
        "id": "privacy", "host": "127.0.0.1", "port": imap.port, "security": "none", "user": imap.user, "password": {"value": imap.password},
        "controllers": ["lumen", "tidal"], "go_live": LONG_AGO, "poll_seconds": 1, "trusted_hosts": [TRUSTED_HOST],
    }  # fmt: skip
    return {
        "database": "sqlite:///privbot.db",
        "key_database": "sqlite:///keys.db",
        "master_key": {"value": new_master_key()},
        "smtp": {"host": "127.0.0.1", "port": smtp_port, "security": "none"},
        "mailbox": [mailbox],
        "controller": [
            {
                "id": "lumen", "name": "Lumen Masks LLC", "addresses": ["customer-lumen@harbour.example"], "mode": "auto",
                "regimes": ["gdpr", "uk-gdpr", "ccpa", "shine-the-light", "appi"],
                "promises": {"gdpr": {"days": 30}, "ccpa": {"days": 45, "extended_days": 90}},
            },
            {
                "id": "tidal", "name": "Tidal Outdoor Ltd", "addresses": ["customer-tidal@harbour.example"], "mode": "auto",
                "regimes": ["gdpr", "uk-gdpr", "ccpa"],
            },
        ],
        # Nobody should have to set up a second factor for a look; any free port, so that two demos do not meet.
        "console": {"port": 0, "require_mfa": False},
        "limits": {"per_address": 50, "per_domain": 5000, "per_controller": 50_000},
        **changes,
    }  # fmt: skip


def without_servers(folder: Path, **changes: object) -> Config:
    """The same configuration where no server is ever asked: for what only needs the records' or the console's shape."""
    nowhere = ImapServer(1, None, "nobody", "", lambda raw: None, None)  # type: ignore[arg-type]
    return configuration(nowhere, 1, folder, **changes)
