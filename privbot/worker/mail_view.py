"""A kept mail for an operator's eyes, and its attachments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from privbot.errors import WrongUse
from privbot.mail.display import Display
from privbot.mail.model import Mail
from privbot.mail.safe_html import Words
from privbot.records.audit import Event, record
from privbot.records.database import writing
from privbot.records.models import IncomingMail
from privbot.records.sealing import KeyDestroyed
from privbot.worker.apart import BrokeDown
from privbot.worker.kept import task_of
from privbot.worker.opening import File, NoSuchAttachment, Parse, Show, TakeOut
from privbot.worker.understanding import NotUnderstood, Task

if TYPE_CHECKING:
    from privbot.worker.office import Office


class NoSuchMail(WrongUse):
    """There is no mail with that number."""

    code = "no-such-mail"


class MailErased(WrongUse):
    """This mail was erased: what it said is deleted for good."""

    code = "mail-erased"


class CannotBeOpened(WrongUse):
    """This mail is built so that it cannot be opened here, or not in time; a lead can download it as it came and look at it elsewhere."""

    code = "cannot-be-opened"


def mail_by_number(number: int) -> IncomingMail:
    """The row of a mail. Raises NoSuchMail."""
    kept = IncomingMail.objects.filter(id=number).select_related("ticket").first()
    if kept is None:
        raise NoSuchMail
    return kept


def open_mail(office: Office, kept: IncomingMail, words: Words | None = None) -> Display:
    """What a page shows of a mail; `words` are those written into its formatted form. Raises CannotBeOpened, MailErased, SealBroken."""
    shown: Display = _ask(office, Show(_task(office, kept), words or Words()))
    return shown


def parsed_mail(office: Office, task: Task) -> Mail:
    """A mail as it was when it was understood, attached letters and all. Raises CannotBeOpened."""
    parsed: Mail = _ask(office, Parse(task))
    return parsed


def take_out(office: Office, kept: IncomingMail, part: int, *, actor: str) -> File:
    """One attachment, by its `Attachment.part`; the audit trail tells who took it out.

    Raises NoSuchAttachment, CannotBeOpened, MailErased, SealBroken.
    """
    file: File | NoSuchAttachment = _ask(office, TakeOut(_task(office, kept), part))
    if isinstance(file, NoSuchAttachment):
        raise file
    with writing():
        record([Event("attachment downloaded", f"mail:{kept.id}", {"part": part})], actor=actor, now=office.clock())
    return file


def _task(office: Office, kept: IncomingMail) -> Task:
    try:
        return task_of(kept, office.seals)
    except KeyDestroyed:
        raise MailErased from None


def raw(office: Office, kept: IncomingMail) -> bytes:
    """The bytes as they came. Raises MailErased, SealBroken."""
    return _task(office, kept).raw


def _ask(office: Office, task: Show | Parse | TakeOut) -> Any:
    try:
        answer = office.opener.ask(task)
    except BrokeDown:
        raise CannotBeOpened from None
    if isinstance(answer, NotUnderstood):
        structlog.get_logger().error("mail not opened", fault=answer.fault, at=answer.place)
        raise CannotBeOpened
    return answer
