"""What a parsed mail is: values only, no behaviour beyond small questions about themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class OriginKind(StrEnum):
    """Who wrote the mail: a person, or one of the machines that are never answered (RFC 3834)."""

    HUMAN = "human"
    BOUNCE = "bounce"
    AUTO_REPLY = "auto-reply"
    LIST = "list"
    BULK = "bulk"
    OWN = "own"


class Authentication(StrEnum):
    """What the *trusted* mail server found out about the sender (RFC 8601)."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    NONE = "none"


class Defect(StrEnum):
    """What is odd about a mail. A defect never stops a mail; some send it to a person."""

    # about the sender and the headers
    NO_SENDER = "no-sender"
    SEVERAL_SENDERS = "several-senders"
    BROKEN_DATE = "broken-date"
    NO_MESSAGE_ID = "no-message-id"
    BROKEN_HEADER = "broken-header"
    # about the characters
    CHARSET_UNKNOWN = "charset-unknown"
    CHARSET_MISMATCH = "charset-mismatch"
    CHARSET_MISSING = "charset-missing"
    UNDECODABLE = "undecodable"
    UNDECODED_TRANSFER = "undecoded-transfer"
    INVISIBLE_CHARACTERS = "invisible-characters"
    HIDDEN_TEXT = "hidden-text"
    # about the structure
    EMPTY = "empty"
    TOO_DEEP = "too-deep"
    TOO_MANY_PARTS = "too-many-parts"
    TRUNCATED = "truncated"
    BROKEN_STRUCTURE = "broken-structure"
    # about what cannot be read
    ENCRYPTED = "encrypted"
    UNREADABLE_ATTACHMENT = "unreadable-attachment"
    DANGEROUS_ATTACHMENT = "dangerous-attachment"


class Danger(StrEnum):
    """Why an attached file should not be opened lightly."""

    PROGRAM = "program"
    """It is a program, or an archive with one."""
    MACROS = "macros"
    ACTIVE = "active"
    """A web page, a picture or a PDF that may hold scripts or other files."""
    BOMB = "bomb"
    """It unfolds to far more than it seems."""
    ENCRYPTED = "encrypted"
    ARCHIVE_INSIDE = "archive-inside"
    DISGUISED = "disguised"
    """Its name is written so that it seems to end otherwise."""
    OTHER_TYPE = "other-type"
    """Its content is of another type than its name says."""


@dataclass(frozen=True, slots=True)
class Address:
    """A name and an address as a header gave them; the address is lower-cased, the name decoded."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attached part. Its bytes stay in the raw mail; `part` finds them again (`attachments.content`)."""

    name: str
    """The declared file name without any path, control or bidi characters; may be empty."""
    type: str
    """The true media type by its first bytes, else the declared one."""
    declared_type: str
    size: int
    """Bytes, decoded."""
    part: int
    """Index among the leaf parts of the message, in walking order."""
    text: str = ""
    """Text taken out of a letter (text/*, PDF, DOCX), empty if none."""
    dangers: tuple[Danger, ...] = ()


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A mail inside the mail: attached as message/rfc822, or quoted inline below a "forwarded message" line."""

    sender: Address | None
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Whether a person wrote this and may be answered, with the reasons in words an operator accepts."""

    kind: OriginKind
    answerable: bool
    authentication: Authentication
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mail:
    """One parsed message."""

    sha256: str
    message_id: str | None
    sender: Address | None
    """The first From mailbox, or None."""
    senders: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    delivered_to: tuple[str, ...]
    """Delivered-To, X-Original-To, Envelope-To: the addresses the mail was really delivered to, lower-cased."""
    subject: str
    date: datetime | None
    """The Date header as the sender wrote it, timezone-aware; never used for a clock."""
    received: datetime | None
    """From the topmost Received line of a trusted host, timezone-aware UTC; None if there is none."""
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    text: str
    """What the writer wrote here: HTML as text, quotes, signature and forwarded mails set apart."""
    quoted: str
    signature: str
    forwarded: tuple[Forwarded, ...]
    attachments: tuple[Attachment, ...]
    origin: Origin
    defects: tuple[Defect, ...] = ()
    charset_steps: tuple[str, ...] = ()
    """Per text part, which step of the charset ladder decoded it: declared, browser, sniffed, utf-8, cp1252."""
    headers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Raw headers by lower-cased name, decoded, in order of appearance; for display and for origin."""

    @property
    def letter_text(self) -> str:
        """All that the writer says to us: own text, then the text of attached letters."""
        return "\n\n".join(part for part in (self.text, *(a.text for a in self.attachments)) if part.strip())
