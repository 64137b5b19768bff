"""The golden mails as records that readers are measured by."""

from __future__ import annotations

from privbot.mail.parse import ParseSettings, parse
from privbot.reading import parts
from privbot.reading.evaluate import Record
from privbot.testing import golden


def golden_records() -> list[Record]:
    """Those golden mails that say which categories must be read in them."""
    return [
        _record(one, categories) for one in golden.load() if (categories := one.expected.get("reading", {}).get("categories"))
    ]  # fmt: skip


def _record(one: golden.GoldenMail, categories: list[str]) -> Record:
    mail, reading = parse(one.raw, settings=ParseSettings()), one.expected["reading"]
    return Record(
        id=one.name,
        group=one.name,
        language=reading.get("language", ""),
        subject=mail.subject,
        body=parts.body(mail),
        sender_name=mail.sender.name if mail.sender else "",
        sender_address=mail.sender.address if mail.sender else "",
        categories=frozenset(categories),
        also_ok=frozenset(),
        rights=frozenset(reading.get("rights", ())),
        kind="",
        details=None,
    )
