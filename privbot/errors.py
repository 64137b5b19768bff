"""Every error privbot raises on purpose.

One root class; a subclass's docstring is its default message and its `code` is stable, so that logs, the audit trail and scripts can
name a fault without quoting anybody's mail. No message ever holds personal data.

Three families decide what happens next: a fault of the *world* is retried without end, a fault of *content* is quarantined after three
tries, a fault of *ours* is loud.
"""

from __future__ import annotations

from typing import ClassVar


class PrivbotError(Exception):
    """Something went wrong inside privbot."""

    code = "privbot"
    command: ClassVar[str] = ""
    """What helps on the command line, which alone tells it: the message itself is as right for whoever works in the console."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip().splitlines()[0])


class FaultOfWorld(PrivbotError):
    """A server, a disk or a network does not answer as it should; privbot tries again."""

    code = "world"


class FaultOfContent(PrivbotError):
    """A mail cannot be worked on as it stands; after three tries it is quarantined."""

    code = "content"


class WrongUse(PrivbotError):
    """That cannot be done as it was asked."""

    code = "wrong-use"
