"""A report's lines as CSV (RFC 4180) or JSON, one object a line. Column names are stable: docs/reports.md."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from typing import TextIO

from privbot.reports import log_7101, metrics_7102, register

Line = log_7101.Entry | metrics_7102.Figures | register.Entry

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_csv(kind: type[Line], lines: Iterable[Line], to: TextIO) -> None:
    """A line of column names, also where nothing follows. Days in ISO form; what is not known is empty; a text that a spreadsheet would
    take for a formula is led by an apostrophe (OWASP, CSV injection)."""
    writer = csv.writer(to, lineterminator="\r\n")
    columns = [field.name for field in fields(kind)]
    writer.writerow(columns)
    writer.writerows([inert(_plain(getattr(line, column))) for column in columns] for line in lines)


def write_json(kind: type[Line], lines: Iterable[Line], to: TextIO) -> None:
    """An object a line, with the same names; null for what is not known."""
    columns = [field.name for field in fields(kind)]
    for line in lines:
        to.write(json.dumps({column: _plain(getattr(line, column)) for column in columns}, ensure_ascii=False) + "\n")


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def inert(value: object) -> object:
    """A cell that no spreadsheet runs as a formula: every CSV that privbot writes passes its cells through here. Numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value
