"""The golden mails as records that readers are measured by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from privbot import resources
from privbot.mail.parse import ParseSettings, parse
from privbot.reading import parts
from privbot.reading.evaluate import Record


def golden_records() -> list[Record]:
    """Those golden mails that say which categories must be read in them."""
    files = sorted(resources.golden_mails().glob("*.eml"))
    return [_record(file, expected) for file in files if (expected := _expected(file)).get("categories")]


def _expected(file: Path) -> dict[str, Any]:
    """What must be read in a golden mail (fixtures/emails/README.md)."""
    pair = yaml.safe_load(file.with_suffix(".yml").read_text(encoding="utf-8"))
    return dict(pair.get("reading", {}))


def _record(file: Path, expected: dict[str, Any]) -> Record:
    mail = parse(file.read_bytes(), settings=ParseSettings())
    return Record(
        id=file.stem,
        group=file.stem,
        language=expected.get("language", ""),
        subject=mail.subject,
        body=parts.body(mail),
        sender_name=mail.sender.name if mail.sender else "",
        sender_address=mail.sender.address if mail.sender else "",
        categories=frozenset(expected["categories"]),
        also_ok=frozenset(),
        rights=frozenset(expected.get("rights", ())),
        kind="",
        details=None,
    )
