"""A report's lines as CSV (RFC 4180) or JSON, one object a line. Column names are stable: docs/reports.md."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any, TextIO

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet program takes for the beginning of a formula (OWASP, CSV Injection)."""


def write_csv(kind: type[Any], lines: Iterable[Any], to: TextIO) -> None:
    """A line of column names, also where nothing follows; `kind` is the lines' dataclass. Days in ISO form; what is not known is empty.

    A text that a spreadsheet program would take for a formula gets an apostrophe before it.
    """
    writer = csv.writer(to, lineterminator="\r\n")
    columns = [field.name for field in fields(kind)]
    writer.writerow(columns)
    writer.writerows([_cell(getattr(line, column)) for column in columns] for line in lines)


def write_json(kind: type[Any], lines: Iterable[Any], to: TextIO) -> None:
    """An object a line, with the same names; null for what is not known."""
    columns = [field.name for field in fields(kind)]
    for line in lines:
        to.write(json.dumps({column: _plain(getattr(line, column)) for column in columns}, ensure_ascii=False) + "\n")


def _cell(value: object) -> object:
    plain = _plain(value)
    if isinstance(plain, Mapping):
        plain = json.dumps(plain, ensure_ascii=False, sort_keys=True)
    return inert(plain)


def inert(value: object) -> object:
    """A cell that no spreadsheet runs as a formula: every CSV that privbot writes passes its cells through here. Numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
