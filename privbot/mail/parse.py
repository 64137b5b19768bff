"""Bytes → Mail."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes

from privbot.mail import attachments, body, headers, origin, quotes
from privbot.mail.model import Attachment, Defect, Forwarded, Mail, Origin, OriginKind
from privbot.mail.safe_text import visible
from privbot.mail.structure import Part, Tree, take_apart

MAX_FORWARDED = 20
RETURNED_BYTES = 200_000
_RETURNED_ID = re.compile(rb"^[> \t]*Message-ID:\s*(<[^<>\s]{3,300}>)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ParseSettings:
    """What a mail alone cannot tell, and the bounds of the work on it."""

    trusted_hosts: tuple[str, ...] = ()
    """The names of our own mail servers: only their Received and Authentication-Results lines count."""
    own_addresses: frozenset[str] = frozenset()
    """The addresses that privbot writes from and receives at, lower-cased."""
    max_parts: int = attachments.MAX_PARTS
    max_depth: int = attachments.MAX_DEPTH
    max_text: int = 500_000
    """Characters of text that are kept."""
    truncated: bool = False
    """True: intake kept only a part of the mail."""
    max_letters: int = attachments.MAX_LETTERS
    """Attached documents whose text is read; each may take seconds."""


def message_id_of(raw: bytes) -> str | None:
    """The Message-ID of a mail, for whoever answers it and needs nothing else of it."""
    head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    found = _message_ids(headers.raw_headers(message_from_bytes(head)))
    return found[0] if found else None


def parse(raw: bytes, *, settings: ParseSettings) -> Mail:
    """One mail, read as far as it can be read, whatever the bytes, in bounded time and memory.

    What is odd about the mail is told in `Mail.defects`. There is no net below: an exception here is a fault of ours, and loud.
    """
    tree = take_apart(raw, max_parts=settings.max_parts, max_depth=settings.max_depth)
    lines = tree.root.raw_headers
    fallback = _charset_hint(tree.root)
    envelope = headers.envelope(lines, fallback)
    subject, _ = visible(headers.decoded(_first(lines, "subject") or b"", fallback))
    found = body.read(tree.root, max_text=settings.max_text)
    leaves = sum(1 for _ in tree.root.leaves())
    attached = attachments.read(found.attached, leaves=leaves, max_text=settings.max_text, max_letters=settings.max_letters)
    separated = quotes.separate(found.text or attached.body, subject=subject)
    forwarded = (*separated.forwarded, *_attached_messages(found.messages, found, settings))
    date = headers.date(_first(lines, "date"))
    message_ids = _message_ids(lines)
    defects = [
        *([Defect.TRUNCATED] if settings.truncated else []),
        *([Defect.NO_SENDER] if not envelope.senders else []),
        *([Defect.SEVERAL_SENDERS] if len(envelope.senders) > 1 else []),
        *([Defect.BROKEN_DATE] if date is None else []),
        *([Defect.NO_MESSAGE_ID] if not message_ids else []),
        *([Defect.BROKEN_HEADER] if envelope.broken else []),
        *tree.defects,
        *found.defects,
        *attached.defects,
    ]
    came_from = _origin(tree, envelope, subject, separated.text, attached.attachments, settings)
    references = headers.message_ids(_all(lines, "references"))
    if came_from.kind is OriginKind.BOUNCE:
        references += _returned_message_ids(raw)
    if not subject and _is_empty(separated, forwarded, attached.attachments):
        defects.append(Defect.EMPTY)
    return Mail(
        sha256=hashlib.sha256(raw).hexdigest(),
        message_id=message_ids[0] if message_ids else None,
        sender=envelope.senders[0] if envelope.senders else None,
        senders=envelope.senders,
        reply_to=envelope.reply_to,
        to=envelope.to,
        cc=envelope.cc,
        delivered_to=headers.bare_addresses(
            value for name, value in lines if name in ("delivered-to", "x-original-to", "envelope-to")
        ),
        subject=subject,
        date=date,
        received=_received(envelope.hops, settings.trusted_hosts),
        in_reply_to=headers.message_ids(_all(lines, "in-reply-to")),
        references=references,
        text=separated.text,
        quoted=separated.quoted,
        signature=separated.signature,
        forwarded=forwarded,
        attachments=tuple(attached.attachments),
        origin=came_from,
        defects=tuple(dict.fromkeys(defects)),
        charset_steps=(*found.steps, *attached.steps),
        headers=_shown(lines, fallback),
    )


def _charset_hint(root: Part) -> str | None:
    """The first charset that any text part declares: raw 8-bit header lines are mostly written in the same."""
    return next((part.charset for part in root.leaves() if part.type.startswith("text/") and part.charset), None)


def _first(lines: headers.RawHeaders, wanted: str) -> bytes | None:
    return next((value for name, value in lines if name == wanted), None)


def _all(lines: headers.RawHeaders, wanted: str) -> Iterable[bytes]:
    return (value for name, value in lines if name == wanted)


def _message_ids(lines: headers.RawHeaders) -> tuple[str, ...]:
    return headers.message_ids(_all(lines, "message-id")) or _bare_message_id(lines)


def _bare_message_id(lines: headers.RawHeaders) -> tuple[str, ...]:
    """A Message-ID that its program sent without angle brackets; replies will name it with them."""
    words = headers.clean((_first(lines, "message-id") or b"").decode("utf-8", "replace")).strip("<>").split()
    return (f"<{words[0][:995]}>",) if words else ()


def _returned_message_ids(raw: bytes) -> tuple[str, ...]:
    """The Message-IDs of the letters that a bounce returns: few bounces refer to them in their own header (RFC 3464, 2.3, puts the returned
    letter or its headers into a part; older programs into the text)."""
    _, _, returned = raw[:RETURNED_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")
    return headers.message_ids(match[1] for match in _RETURNED_ID.finditer(returned))


def _received(hops: Sequence[headers.Hop], trusted_hosts: Sequence[str]) -> datetime | None:
    """When the topmost of our own servers took the mail in."""
    trusted = {host.lower().rstrip(".") for host in trusted_hosts}
    return next((hop.at for hop in hops if hop.by.rstrip(".") in trusted and hop.at), None)


def _attached_messages(parts: Sequence[Part], outer: body.Body, settings: ParseSettings) -> list[Forwarded]:
    """The mails attached as message/rfc822, with what they say; what *they* have attached stays with them."""
    found: list[Forwarded] = []
    for part in parts[:MAX_FORWARDED]:
        tree = take_apart(part.content(), max_parts=settings.max_parts, max_depth=settings.max_depth)
        fallback = _charset_hint(tree.root)
        senders = headers.envelope(tree.root.raw_headers, fallback).senders
        inner = body.read(tree.root, max_text=settings.max_text)
        subject = visible(headers.decoded(_first(tree.root.raw_headers, "subject") or b"", fallback))[0]
        outer.steps += inner.steps
        outer.defects += inner.defects
        found.append(Forwarded(senders[0] if senders else None, subject, inner.text))
    return found


def _origin(
    tree: Tree, envelope: headers.Envelope, subject: str, text: str, attached: Sequence[Attachment], settings: ParseSettings
) -> Origin:
    evidence = origin.Evidence(
        headers=tree.root.raw_headers,
        root=tree.root,
        senders=envelope.senders,
        subject=subject,
        text=text,
        attachments=tuple(attached),
        own_addresses=settings.own_addresses,
        trusted_hosts=settings.trusted_hosts,
    )
    return origin.judge(evidence)


def _is_empty(separated: quotes.Separated, forwarded: Sequence[Forwarded], attached: Sequence[Attachment]) -> bool:
    """Nothing in it that could be read."""
    texts = (separated.text, separated.quoted, *(mail.text for mail in forwarded), *(attachment.text for attachment in attached))
    return not any(text.strip() for text in texts)


def _shown(lines: headers.RawHeaders, fallback: str | None) -> dict[str, tuple[str, ...]]:
    shown: dict[str, list[str]] = {}
    for name, value in lines:
        shown.setdefault(name, []).append(headers.decoded(value, fallback))
    return {name: tuple(values) for name, values in shown.items()}
