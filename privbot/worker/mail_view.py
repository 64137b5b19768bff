"""A kept mail for an operator's eyes, and its attachments. What a stranger sent is taken apart in a process of its own with little patience:
a bomb costs that process, and its operator a few seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from privbot.errors import WrongUse
from privbot.mail import attachments
from privbot.mail.display import Display, display
from privbot.mail.parse import ParseSettings, parse
from privbot.mail.safe_html import Words
from privbot.records.audit import Event, record
from privbot.records.database import writing
from privbot.records.models import IncomingMail
from privbot.worker.apart import Apart, BrokeDown
from privbot.worker.kept import task_of
from privbot.worker.understanding import Circumstances, Task, parse_settings

if TYPE_CHECKING:
    from privbot.worker.office import Office

PATIENCE_SECONDS = 15
"""No honest mail takes a fiftieth of it; unpacking one winmail.dat may take ten seconds."""


class NoSuchMail(WrongUse):
    """There is no mail with that number."""

    code = "no-such-mail"


class NoSuchAttachment(WrongUse):
    """The mail has no attachment with that number."""

    code = "no-such-attachment"


class CannotBeOpened(WrongUse):
    """This mail is built so that opening it takes too long; its raw form can still be downloaded and looked at elsewhere."""

    code = "cannot-be-opened"


@dataclass(frozen=True, slots=True)
class File:
    """One attachment to be downloaded."""

    name: str
    """Safe to be written into a folder; never empty."""
    data: bytes


@dataclass(frozen=True, slots=True)
class _Show:
    task: Task
    words: Words


@dataclass(frozen=True, slots=True)
class _TakeOut:
    task: Task
    part: int


def mail_by_number(number: int) -> IncomingMail:
    """The row of a mail; it says which controller it concerns. Raises NoSuchMail."""
    kept = IncomingMail.objects.filter(id=number).select_related("ticket").first()
    if kept is None:
        raise NoSuchMail
    return kept


def open_mail(office: Office, kept: IncomingMail, words: Words | None = None) -> Display:
    """What a page shows of a mail; `words` are those written into its formatted form. Raises CannotBeOpened, KeyDestroyed, SealBroken."""
    shown: Display = _ask(office, _Show(task_of(kept, office.seals), words or Words()))
    return shown


def take_out(office: Office, kept: IncomingMail, part: int, *, actor: str) -> File:
    """One attachment, by its `Attachment.part`; the audit trail tells who took it out.

    Raises NoSuchAttachment, CannotBeOpened, KeyDestroyed, SealBroken.
    """
    file: File | str = _ask(office, _TakeOut(task_of(kept, office.seals), part))
    if isinstance(file, str):
        raise NoSuchAttachment
    with writing():
        record([Event("attachment downloaded", f"mail:{kept.id}", {"part": part})], actor=actor, now=office.clock())
    return file


def opener(around: Circumstances) -> Apart:
    """The process that opens mails for display."""
    return Apart(_prepare, around, patience_seconds=PATIENCE_SECONDS, name="privbot-opener")


def _ask(office: Office, task: object) -> object:
    try:
        return office.opener.ask(task)
    except BrokeDown:
        raise CannotBeOpened from None


def _prepare(around: Circumstances) -> Callable[[_Show | _TakeOut], Display | File | str]:
    def answer(asked: _Show | _TakeOut) -> Display | File | str:
        settings = parse_settings(asked.task, around)
        if isinstance(asked, _Show):
            return display(asked.task.raw, settings=settings, words=asked.words)
        return _file(asked, settings)

    return answer


def _file(asked: _TakeOut, settings: ParseSettings) -> File | str:
    found = parse(asked.task.raw, settings=replace(settings, max_letters=0)).attachments
    chosen = next((one for one in found if one.part == asked.part), None)
    if chosen is None:
        return "no such part"
    return File(chosen.name or f"attachment-{asked.part}", attachments.content(asked.task.raw, asked.part))
