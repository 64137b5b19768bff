"""The office that this process's console works in."""

from __future__ import annotations

import threading
from datetime import timedelta

from privbot import settings_file
from privbot.config import ConfigWrong
from privbot.worker.office import Office

GRACE = timedelta(seconds=10)
_open: list[Office] = []
_moving = threading.Lock()


def sit_down(office: Office) -> None:
    """From now on the console works in this office, and what operators send in it waits so that it can be undone."""
    office.grace = GRACE
    _open[:] = [office]


def office() -> Office:
    """The office of this process, under the settings as privbot.toml has them now; while that cannot be used, under those it had.

    An office that was left is not closed: a request may still be at work in it. Its reading process ends when nobody holds its line any more.
    """
    with _moving:
        here = _open[0]
        try:
            config = settings_file.newer(here.config)
        except ConfigWrong:
            config = None  # the health page and the worker's log tell of it
        if config is not None:
            sit_down(here.with_settings(config))
        return _open[0]
