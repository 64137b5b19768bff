"""The console in an office whose settings lie in a file, so that they can be changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection


@pytest.fixture
def in_a_file(console_office: Any, imap: Any, sink: Any, tmp_path: Path) -> Iterator[Any]:
    """The same office, under a privbot.toml in a folder of its own; its databases stay where they are."""
    from privbot.console import desk
    from privbot.testing import world

    config = console_office.config
    databases = {"database": config.database, "key_database": config.key_database}
    if connection.vendor == "sqlite":
        databases = {key: f"sqlite:///{config.folder}/{name.removeprefix('sqlite:///')}" for key, name in databases.items()}
    written = world.written(imap, sink.port, tmp_path, master_key={"value": config.master_key.value}, **databases)
    made = console_office.with_settings(written)
    desk.sit_down(made)
    yield made
    made.close()


@pytest.fixture
def taken_out(console_office: Any) -> Callable[[], None]:
    """Afterwards: lumen is out of the settings, and what is kept of it is not."""
    from privbot.config import Config
    from privbot.console import desk

    def work() -> None:
        settings = console_office.config.model_dump()
        settings["controller"] = [one for one in settings["controller"] if one["id"] == "tidal"]
        settings["mailbox"][0]["controllers"] = ["tidal"]
        config = Config.model_validate(settings).model_copy(update={"folder": console_office.config.folder})
        desk.sit_down(console_office.with_settings(config))

    return work
