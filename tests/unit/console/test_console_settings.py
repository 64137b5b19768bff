"""What the configuration makes of the console."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from privbot.config import Console
from privbot.console.settings import settings_for
from privbot.testing import world
from privbot.testing.imap import ImapServer


@pytest.mark.parametrize(
    ("settings", "fine"),
    [
        ({}, True),  # this machine alone
        ({"host": "0.0.0.0", "address": "https://privacy.example"}, True),  # behind a proxy
        ({"host": "0.0.0.0"}, False),  # everybody, in the clear
        ({"host": "192.0.2.7"}, False),  # a network, in the clear
        ({"address": "http://privacy.example"}, False),  # a proxy without https
        ({"address": "https://privacy.example/console"}, False),  # with a path, __Host- cookies would be shared
    ],
)
def test_beyond_this_machine_the_console_needs_https(settings, fine):
    if fine:
        Console.model_validate(settings)
    else:
        with pytest.raises(ValidationError):
            Console.model_validate(settings)


def test_no_setting_turns_the_debug_mode_on(tmp_path: Path):
    nowhere = ImapServer(1, None, "nobody", "", lambda raw: None, None)  # type: ignore[arg-type]
    made = settings_for(world.configuration(nowhere, 1, tmp_path))
    assert not made.get("DEBUG", False)
    assert "debug" not in Console.model_fields
    assert not any("debug" in option for one in made["TEMPLATES"] for option in one["OPTIONS"])


def test_no_second_factor_is_asked_for_only_where_that_is_said():
    assert Console().require_mfa
