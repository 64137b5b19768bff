"""`privbot init`: a commented privbot.toml for a real mailbox. What is written above a setting is its description in `config.py`."""

from __future__ import annotations

import json
import re
from pathlib import Path

from privbot.config import Config, Console, Controller, Law, Limits, Mailbox, Section, Smtp
from privbot.errors import WrongUse
from privbot.law.regimes import regimes as laws

WIDTH = 118


class FileExists(WrongUse):
    """That file exists already; name another one with --file, or move it away."""

    code = "file-exists"


def write(file: Path, *, imap_host: str, imap_user: str, smtp_host: str, controller_name: str, address: str, regimes: str) -> str:
    """Write the file; returns what to do next. Raises FileExists, WrongUse."""
    chosen = [one.strip() for one in regimes.split(",") if one.strip()]
    for one in chosen:
        if one not in laws():
            raise WrongUse(f"{one!r} is not a law privbot knows; it knows {', '.join(laws())}.")
    if "@" not in address:
        raise WrongUse(f"{address!r} is not a mail address.")
    identifier = re.sub(r"[^a-z0-9]+", "-", controller_name.lower()).strip("-")[:20] or "controller"
    identifier = identifier if identifier[0].isalpha() else f"c-{identifier}"
    text = _render(imap_host, imap_user, smtp_host, identifier, controller_name, address.strip().lower(), chosen)
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise FileExists(f"{file} exists already; name another file with --file, or move it away.") from None
    from privbot.records.master_key import new_master_key

    return (
        f"{file} is written. Now:\n"
        f"  1. export PRIVBOT_MASTER_KEY={new_master_key()}\n"
        "     (made just now, stored nowhere: keep a copy in a safe place – without it nothing that is kept can be read)\n"
        "  2. export PRIVBOT_IMAP_PASSWORD=…  PRIVBOT_SMTP_PASSWORD=…\n"
        f"  3. privbot check --config {file}\n"
        f"  4. privbot run --config {file}\n"
        "Letters are only drafted at first (mode observe): privbot queue shows them, privbot approve sends one."
    )


def _render(imap_host: str, imap_user: str, smtp_host: str, identifier: str, name: str, address: str, regimes: list[str]) -> str:
    imap_password, smtp_password = '{ env = "PRIVBOT_IMAP_PASSWORD" }', '{ env = "PRIVBOT_SMTP_PASSWORD" }'
    return "\n".join(
        [
            "# privbot.toml – every setting is explained above it; a line that begins with # shows the default.",
            "",
            *_settings(
                Config,
                {"master_key": '{ env = "PRIVBOT_MASTER_KEY" }'},
                skip=("smtp", "mailbox", "controller", "limits", "law", "console"),
            ),
            "[smtp]",
            *_settings(Smtp, {"host": _text(smtp_host), "user": _text(address), "password": smtp_password}),
            "[[mailbox]]",
            *_settings(
                Mailbox,
                {
                    "id": '"privacy"',
                    "host": _text(imap_host),
                    "user": _text(imap_user),
                    "password": imap_password,
                    "controllers": json.dumps([identifier]),
                },
            ),
            "[[controller]]",
            *_settings(
                Controller,
                {
                    "id": _text(identifier),
                    "name": _text(name),
                    "addresses": json.dumps([address]),
                    "regimes": json.dumps(regimes),
                    "mode": '"observe"',
                },
            ),
            "[limits]",
            *_settings(Limits, {}),
            "[law]",
            *_settings(Law, {}),
            "[console]",
            *_settings(Console, {}),
        ]
    )


def _settings(section: type[Section], given: dict[str, str], skip: tuple[str, ...] = ()) -> list[str]:
    """A line for each setting, its description above it; one that was not given is commented out with its default."""
    lines: list[str] = []
    for key, field in section.model_fields.items():
        if key in skip or field.exclude:
            continue
        lines += [f"# {line}" for line in _wrapped(field.description or "")]
        default = field.get_default(call_default_factory=True)
        lines += [f"{key} = {given[key]}" if key in given else f"# {key} = {_toml(default)}", ""]
    return lines


def _wrapped(text: str) -> list[str]:
    from textwrap import wrap

    return wrap(text, WIDTH)


def _toml(value: object) -> str:
    if value is None:
        return "…"
    if isinstance(value, tuple):
        return json.dumps(list(value))
    if isinstance(value, dict | Section):
        return "{}"
    return json.dumps(value, default=str)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
