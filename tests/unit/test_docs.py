"""The documentation says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import typer.main

from privbot.cli import app
from privbot.settings_page import page

ROOT = Path(__file__).parents[2]


def commands() -> set[str]:
    root = typer.main.get_command(app)
    found = set()
    for name, command in root.commands.items():
        found |= {f"{name} {inner}" for inner in command.commands} if hasattr(command, "commands") else {name}
    return found


def test_every_command_stands_in_the_readme():
    readme = (ROOT / "README.md").read_text()
    missing = [
        command for command in commands() if f"privbot {command.split()[0]}" not in readme or command.split()[-1] not in readme
    ]
    assert not missing


def test_every_command_and_option_explains_itself():
    root = typer.main.get_command(app)
    stack = [root]
    while stack:
        command = stack.pop()
        stack += list(getattr(command, "commands", {}).values())
        assert command.help, command.name
        for parameter in command.params:
            if parameter.name not in ("help", "limit"):
                assert getattr(parameter, "help", None), (command.name, parameter.name)


def test_the_settings_page_is_the_configuration():
    assert (ROOT / "docs/settings.md").read_text() == page(), "run: python -m privbot.settings_page > docs/settings.md"


def test_every_link_in_the_documentation_leads_somewhere():
    for file in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", file.read_text()):
            assert (file.parent / target).exists(), (file.name, target)
