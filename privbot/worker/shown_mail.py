"""One mail open before an operator: its words, what the reading found in them, and what came with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from privbot.errors import PrivbotError
from privbot.mail.model import Address, Attachment
from privbot.reading.shown import Passage, label_of, marks, passages
from privbot.records.models import IncomingMail
from privbot.records.queue import reading_of
from privbot.worker.mail_view import parsed_mail
from privbot.worker.office import Office
from privbot.worker.understanding import Task


@dataclass(frozen=True, slots=True)
class Found:
    """A right that was read in the mail."""

    right: str
    score: float
    """0 to 1, calibrated."""
    label: str
    """Of the pieces of text that say so; empty where no words do."""


@dataclass(frozen=True, slots=True)
class Known:
    """One thing that a mail says of the requester."""

    field: str
    """name, emails, phones, addresses, date_of_birth, ids, wallets, services"""
    value: str
    source: str
    """Where it stood: header, label, introduction, signature, body, agent."""
    confidence: float
    kind: str
    label: str
    """Of the pieces of text it was read from; empty where it stands in no text that is shown."""


@dataclass(frozen=True, slots=True)
class ShownMail:
    """A mail as it is shown open."""

    mail: int
    received: datetime
    """UTC."""
    sender: Address | None
    subject: str
    passages: tuple[Passage, ...]
    quoted: str
    signature: str
    attachments: tuple[Attachment, ...]
    authentication: str
    """What the trusted server found out about the sender: pass, fail, none."""
    defects: tuple[str, ...]
    found: tuple[Found, ...]
    known: tuple[Known, ...]
    reading: Mapping[str, Any]
    """As `reading.contract` gives it; empty for a mail that is not read yet."""


def shown_mail(office: Office, kept: IncomingMail, raw: bytes | None = None) -> ShownMail | None:
    """A kept mail, open; None once it is erased, or where it cannot be opened (`mail_view`).
    `raw`: its sealed bytes, where the row was loaded without them."""
    try:
        bytes_kept = office.seals.open(kept.key, "raw mail", kept.sealed_raw if raw is None else raw)
        reading = reading_of(kept, office.seals)
        mail = parsed_mail(office, Task(bytes_kept, kept.mailbox, kept.truncated))
    except PrivbotError:
        return None
    shown = passages(mail, marks(reading))
    marked = {label for passage in shown for piece in passage.pieces for label in piece.labels}
    return ShownMail(
        kept.id, kept.received_at, mail.sender, mail.subject, shown, mail.quoted, mail.signature, mail.attachments,
        mail.origin.authentication.value, tuple(one.value for one in mail.defects),
        tuple(
            Found(right, reading["rights"].get(right, 0.0), right if right in marked else "")
            for right in reading.get("decided_rights", ())
        ),
        known(reading.get("requester", {}).get("sources", ())), reading,
    )  # fmt: skip


def known(sources: Iterable[Mapping[str, Any]]) -> tuple[Known, ...]:
    """What was read of a requester, in the form of `reading.contract`'s sources."""
    return tuple(
        Known(one["field"], str(one["value"]), one["source"], one["confidence"], one["kind"], label_of(one)) for one in sources
    )
