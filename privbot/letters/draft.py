"""A composed letter on its way into the outbox, and the message that goes over the wire: text and HTML, and the files that belong to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.encoders import encode_base64
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr

from privbot.letters.errors import AttachmentRefused
from privbot.letters.model import Attachment, ComposedLetter

UNFOLDED = 300
"""Characters of a header line: a folded Message-ID is lawful and yet not recognised by some programs."""
ON_THE_WIRE = policy.compat32.clone(linesep="\r\n", max_line_length=UNFOLDED, cte_type="8bit")
MOST_BYTES = 15 * 1024 * 1024
"""Of all files together: base64 makes a third more of them, and many servers take no message beyond 20 to 25 MB."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A composed letter, before it is put into the outbox."""

    name: str
    language: str
    subject: str
    text: str
    html: str
    sender: str
    """The controller's own address."""
    sender_name: str
    recipient: str
    answers: str | None
    """Message-ID of the mail it answers."""
    personal: bool = False
    attachments: tuple[Attachment, ...] = ()
    unattended: bool = False
    """It leaves without any person having decided or approved it, and says so to other machines."""

    @classmethod
    def of(
        cls, letter: ComposedLetter, *, sender: str, sender_name: str, recipient: str, answers: str | None,
        attachments: Sequence[Attachment] = (), unattended: bool = False,
    ) -> Draft:  # fmt: skip
        """A letter with its files. Raises AttachmentRefused where these are not the files the letter names, or too large together."""
        if tuple(file.name for file in attachments) != letter.attachments:
            raise AttachmentRefused(
                f"The letter names {_listed(letter.attachments)}, and {_listed([f.name for f in attachments])} came."
            )
        if sum(len(file.content) for file in attachments) > MOST_BYTES:
            raise AttachmentRefused(
                f"The files are larger than {MOST_BYTES // 1024**2} MB together; send them in several letters."
            )
        return cls(
            letter.name, letter.language, letter.subject, letter.text, letter.html,
            sender, sender_name, recipient, answers, letter.personal, tuple(attachments), unattended,
        )  # fmt: skip


def message_of(draft: Draft, identifier: str, now: datetime) -> bytes:
    """The message of a draft. `identifier` is its Message-ID, `now` its date."""
    # The library's older classes: the newer EmailMessage parses each header it is given, and costs a sixth of a mail's whole way.
    body = MIMEMultipart("alternative")
    message = MIMEMultipart("mixed") if draft.attachments else body
    message["From"] = _raw(formataddr((draft.sender_name, draft.sender))) if draft.sender.isascii() else _raw(draft.sender)
    message["To"] = _raw(draft.recipient)
    message.add_header(
        "Subject", draft.subject if draft.subject.isascii() else Header(draft.subject, "utf-8", maxlinelen=UNFOLDED).encode()
    )
    message["Date"] = format_datetime(now)
    message["Message-ID"] = identifier
    if draft.answers:
        message["In-Reply-To"] = message["References"] = _raw(draft.answers)
    if draft.unattended:
        # RFC 3834, 3.1.7 and 5: so that no machine answers an automatic answer; what a person sends or approves is none.
        message["Auto-Submitted"] = "auto-replied"
        message["X-Auto-Response-Suppress"] = "All"  # what Exchange heeds
    message["Content-Language"] = draft.language
    body.attach(MIMEText(draft.text, "plain", "utf-8"))
    body.attach(MIMEText(draft.html, "html", "utf-8"))
    if draft.attachments:
        message.attach(body)
        for file in draft.attachments:
            message.attach(_part(file))
    return message.as_bytes(policy=ON_THE_WIRE)


def _part(file: Attachment) -> MIMEBase:
    part = MIMEBase(*file.type.split("/"))
    part.set_payload(file.content)
    encode_base64(part)
    # A name outside ASCII is written as RFC 2231 has it.
    part.add_header("Content-Disposition", "attachment", filename=file.name if file.name.isascii() else ("utf-8", "", file.name))
    return part


def _raw(value: str) -> str:
    """An address outside ASCII stands in the header as it is (RFC 6532); encoding it would make another address of it. No line break passes."""
    return " ".join(value.split()).encode().decode("ascii", "surrogateescape")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "no file"
