"""Taking a mail apart for display, in a process of its own with little patience: a bomb costs that process, and its operator a few seconds.

Knows no database: the process apart imports this module only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from privbot.errors import WrongUse
from privbot.mail import attachments
from privbot.mail.display import Display, display
from privbot.mail.model import Mail
from privbot.mail.parse import ParseSettings, parse
from privbot.mail.safe_html import Words
from privbot.worker.apart import Apart
from privbot.worker.understanding import Circumstances, NotUnderstood, Task, parse_settings, place_of

PATIENCE_SECONDS = 15
"""No honest mail takes a fiftieth of it; unpacking one winmail.dat may take ten seconds."""


class NoSuchAttachment(WrongUse):
    """The mail has no attachment with that number."""

    code = "no-such-attachment"


@dataclass(frozen=True, slots=True)
class File:
    """One attachment to be downloaded."""

    name: str
    """Safe to be written into a folder; never empty."""
    data: bytes


@dataclass(frozen=True, slots=True)
class Show:
    """Make ready for display; `words` are those written into the formatted form."""

    task: Task
    words: Words


@dataclass(frozen=True, slots=True)
class Parse:
    """Take apart as it was when it was understood, attached letters and all."""

    task: Task


@dataclass(frozen=True, slots=True)
class TakeOut:
    """Give one attachment, by its `Attachment.part`."""

    task: Task
    part: int


def opener(around: Circumstances) -> Apart:
    """The process that opens mails: it answers Show with Display, Parse with Mail, TakeOut with File or NoSuchAttachment, each with
    NotUnderstood where it fails."""
    return Apart(_prepare, around, patience_seconds=PATIENCE_SECONDS, name="privbot-opener")


def _prepare(
    around: Circumstances,
) -> Callable[[Show | Parse | TakeOut], Display | Mail | File | NoSuchAttachment | NotUnderstood]:
    def answer(asked: Show | Parse | TakeOut) -> Display | Mail | File | NoSuchAttachment | NotUnderstood:
        try:
            settings = parse_settings(asked.task, around)
            if isinstance(asked, Show):
                return display(asked.task.raw, settings=settings, words=asked.words)
            if isinstance(asked, Parse):
                return parse(asked.task.raw, settings=settings)
            return _file(asked, settings)
        except OSError:
            raise
        except Exception as fault:  # its words may quote the mail
            return NotUnderstood(type(fault).__name__, place_of(fault))

    return answer


def _file(asked: TakeOut, settings: ParseSettings) -> File | NoSuchAttachment:
    found = parse(asked.task.raw, settings=replace(settings, max_letters=0)).attachments
    chosen = next((one for one in found if one.part == asked.part), None)
    if chosen is None:
        return NoSuchAttachment()
    return File(chosen.name or f"attachment-{asked.part}", attachments.content(asked.task.raw, asked.part))
