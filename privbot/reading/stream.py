"""Readings for `privbot read`: of mail files, and of records line by line, so that any number of them needs little memory."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from privbot.errors import FaultOfContent
from privbot.mail.parse import ParseSettings, parse
from privbot.reading.contract import as_json
from privbot.reading.model import Reading
from privbot.reading.reader import Reader

STANDARD_INPUT = Path("-")


class BrokenRecord(FaultOfContent):
    """A line is no JSON record with an id, subject, from and body."""

    code = "broken-record"


def read_file(reader: Reader, file: Path) -> tuple[Reading, dict[str, Any]]:
    """One mail file: its reading, and the same as JSON under the file's name."""
    mail = parse(file.read_bytes(), settings=ParseSettings())
    reading = reader.read(mail)
    return reading, as_json(reading, str(file))


def read_records(reader: Reader, source: Path) -> Iterator[dict[str, Any]]:
    """One answer for each record {"id", "subject", "from", "body"} of a JSONL file, in order; `-` is standard input.

    Raises BrokenRecord, naming the line.
    """
    with nullcontext(sys.stdin) if source == STANDARD_INPUT else source.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
                name, address = _sender(record)
                identifier, subject, body = str(record["id"]), record.get("subject"), record.get("body")
            except (ValueError, KeyError, TypeError, AttributeError):
                raise BrokenRecord(f"Line {number} is no JSON record with an id, subject, from and body.") from None
            yield as_json(reader.read_text(subject, body, name, address), identifier)


def _sender(record: dict[str, Any]) -> tuple[str, str]:
    """`from` as "Name <address>", or apart in `from_name` and `from_email`."""
    from email.utils import parseaddr

    if "from" in record:
        return parseaddr(record["from"] or "")
    return record.get("from_name") or "", record.get("from_email") or ""
