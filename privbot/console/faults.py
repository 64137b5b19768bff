"""A fault of ours is loud, and says nothing of anybody: kind and place of the exception go to the log, never its text or the address asked for.

Django's own request log writes paths and whole tracebacks; both may hold what must not be in a log, so it is switched off.
"""

from __future__ import annotations

import logging
import secrets
import sys
from typing import Any

import structlog
from django.core.signals import got_request_exception

from privbot.worker.understanding import place_of

SILENT = ("django.request", "django.security", "django.server", "waitress.queue", "axes")


def connect() -> None:
    """Put our log in the place of Django's."""
    got_request_exception.connect(_tell, dispatch_uid="privbot.console.faults")
    for name in SILENT:
        logger = logging.getLogger(name)
        logger.handlers = [logging.NullHandler()]
        logger.propagate = False


def _tell(sender: Any, request: Any = None, **_: Any) -> None:
    fault = sys.exc_info()[1]
    if fault is not None:
        # The number stands on the page, too: who tells it to an administrator has told which entry it is.
        number = secrets.token_hex(4)
        if request is not None:
            request.fault = number
        structlog.get_logger().error("console failed", fault=type(fault).__name__, at=place_of(fault), number=number)
