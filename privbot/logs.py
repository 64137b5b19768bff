"""The log: ids, codes and counts on standard error, never personal data. JSON lines for machines, plain lines on a terminal."""

from __future__ import annotations

import logging
import sys

import structlog


def to_standard_error(least: int = logging.INFO) -> None:
    """Configure logging for this process, from the level `least` on. Libraries' own logs below warning are left out: some of them print addresses."""
    logging.basicConfig(level=logging.CRITICAL, stream=sys.stderr)
    renderer = structlog.dev.ConsoleRenderer(colors=True) if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True), renderer],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(least),
    )
