"""The office that this process's console works in."""

from __future__ import annotations

from privbot.worker.office import Office

_open: list[Office] = []


def sit_down(office: Office) -> None:
    """From now on the console works in this office."""
    _open[:] = [office]


def office() -> Office:
    """The office of this process."""
    return _open[0]
