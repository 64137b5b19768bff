"""The audit trail as a file: every event as it is hashed, so that whoever has the whole file can walk the chain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TextIO

from privbot.records.audit import TRAIL, Event, record
from privbot.records.database import writing
from privbot.records.trail import Sought, oldest_first
from privbot.reports import output


@dataclass(frozen=True, slots=True)
class Entry:
    """One event. `at` is UTC; `hash` covers the event and `previous`."""

    event: int
    at: datetime
    actor: str
    action: str
    subject: str
    data: dict[str, Any]
    previous: str
    hash: str


def export(sought: Sought, kind: Literal["csv", "json"], to: TextIO, *, actor: str, now: datetime) -> int:
    """Write these events, oldest first, one a line; returns how many. The trail tells who took them out, and not what was looked for."""
    counted = _Counted(_entries(sought))
    (output.write_csv if kind == "csv" else output.write_json)(Entry, counted, to)
    told = {"kind": kind, "narrowed_by": sought.narrowed_by, "events": counted.count}
    with writing():
        record([Event("audit trail exported", TRAIL, told)], actor=actor, now=now)
    return counted.count


def _entries(sought: Sought) -> Iterator[Entry]:
    for one in oldest_first(sought):
        yield Entry(one.id, one.at, one.actor, one.action, one.subject, one.data, one.previous, one.hash)


class _Counted:
    """Lines, counted on their way: a trail of years is not held in memory."""

    def __init__(self, lines: Iterator[Entry]) -> None:
        self._lines, self.count = lines, 0

    def __iter__(self) -> Iterator[Entry]:
        for one in self._lines:
            self.count += 1
            yield one
