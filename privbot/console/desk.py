"""The office that this process's console works in."""

from __future__ import annotations

from datetime import timedelta

from privbot.worker.office import Office

GRACE = timedelta(seconds=10)
_open: list[Office] = []


def sit_down(office: Office) -> None:
    """From now on the console works in this office, and what operators send in it waits so that it can be undone."""
    office.grace = GRACE
    _open[:] = [office]


def office() -> Office:
    """The office of this process."""
    return _open[0]
