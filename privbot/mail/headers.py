"""Header lines → decoded text, addresses, dates: whatever a sender's program made of RFC 5322, 2047 and 2231."""

from __future__ import annotations

import base64
import binascii
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime

from mailparser import MailParser

from privbot.mail import charset
from privbot.mail.model import Address
from privbot.mail.safe_text import visible

MAX_HEADERS = 2_000
MAX_VALUE = 65_536
"""Characters of one header value that are read; an honest list of recipients fits."""

_ADDRESS_HEADERS = ("from", "to", "cc", "reply-to")
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\r\n]*)\?=")
_ENCODED_RUN = re.compile(
    _ENCODED_WORD.pattern.replace("(", "(?:") + r"(?:\s+" + _ENCODED_WORD.pattern.replace("(", "(?:") + ")*"
)
_QUOTED_RUN = re.compile('"\\s*(' + _ENCODED_RUN.pattern + ')\\s*"')
_FOLD = re.compile(r"\r?\n[ \t]*")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,995}>")
_BARE_ADDRESS = re.compile(r"[^\s<>,;\"()]+@[^\s<>,;\"()]+")

# mail-parser logs whole headers, which are personal data.
logging.getLogger("mailparser").setLevel(logging.CRITICAL + 1)

RawHeaders = tuple[tuple[str, bytes], ...]
"""(lower-cased name, unfolded bytes) in order of appearance."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One Received line: who took the mail in, from whom, and when (UTC), if it says so."""

    by: str
    at: datetime | None
    sender: str = ""
    """The host that handed it over, as it called itself."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What mail-parser reads out of the address and trace headers."""

    senders: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    hops: tuple[Hop, ...]
    """Topmost (latest) first, one per Received line."""
    broken: bool


def raw_headers(message: Message) -> RawHeaders:
    """The headers of a message parsed by the stdlib, bytes restored."""
    found = []
    for name, value in list(message.raw_items())[:MAX_HEADERS]:
        data = str(value).encode("utf-8", "surrogateescape")
        found.append((name.lower(), re.sub(rb"\r?\n[ \t]*", b" ", data).strip()[:MAX_VALUE]))
    return tuple(found)


def decoded(value: bytes, fallback: str | None = None) -> str:
    """A header value as text: RFC 2047 words decoded, raw 8-bit by the ladder; `fallback` is the charset its body declares."""
    text = characters(value, fallback)
    if "=?" in text:
        text = _ENCODED_RUN.sub(lambda run: _run(run.group()), text)
    return clean(text)


def characters(value: bytes, fallback: str | None = None) -> str:
    """Raw bytes of a header as characters; encoded words stay as they are."""
    if value.isascii() and b"\x1b" not in value:
        return value.decode("ascii")
    as_utf_8 = charset.decode(value, None)
    if as_utf_8.step == charset.CP1252 and fallback:
        return charset.decode(value, fallback).text
    return as_utf_8.text


def clean(text: str) -> str:
    """One line without control characters."""
    return _CONTROLS.sub(" ", _FOLD.sub(" ", text)).strip()


def _run(run: str) -> str:
    """Adjacent encoded words as one: programs split words in the middle of a character (against RFC 2047 section 5)."""
    pieces: list[tuple[str, str, list[str]]] = []
    for label, encoding, payload in _ENCODED_WORD.findall(run):
        label, encoding = label.split("*")[0].lower(), encoding.lower()  # `*` starts a language, RFC 2231 section 5
        if pieces and pieces[-1][:2] == (label, encoding):
            pieces[-1][2].append(payload)
        else:
            pieces.append((label, encoding, [payload]))
    return "".join(_word(label, encoding, payloads) for label, encoding, payloads in pieces)


def _word(label: str, encoding: str, payloads: list[str]) -> str:
    if encoding == "q":
        data = b"".join(_q(payload) for payload in payloads)
    elif all(len(payload.strip()) % 4 == 0 for payload in payloads[:-1]):
        data = b"".join(_b(payload) for payload in payloads)
    else:  # split in the middle of a base64 group as well
        data = _b("".join(payload.strip().rstrip("=") for payload in payloads))
    return charset.decode(data, label).text


def _q(payload: str) -> bytes:
    return binascii.a2b_qp(payload.replace("_", " ").encode("utf-8", "replace"), header=False)


def _b(payload: str) -> bytes:
    letters = re.sub(r"[^A-Za-z0-9+/]", "", payload)
    if len(letters) % 4 == 1:  # one letter more than any bytes make
        letters = letters[:-1]
    return base64.b64decode(letters + "=" * (-len(letters) % 4))


def envelope(headers: RawHeaders, fallback: str | None) -> Envelope:
    """Senders, recipients and trace, by mail-parser.

    mail-parser is handed clean lines: it knows no raw Shift_JIS, takes only the first of repeated headers, reads split words
    one by one, and (rightly, by RFC 2047 section 5) leaves encoded words in quotes alone, though many programs send them so.
    """
    message = Message()
    message.set_payload("")
    for wanted in _ADDRESS_HEADERS:
        values = [_for_mail_parser(value, fallback) for name, value in headers if name == wanted]
        if joined := ", ".join(value for value in values if value):
            message[wanted] = joined[:MAX_VALUE]
    for name, value in [pair for pair in headers if pair[0] == "received"][:200]:
        message[name] = clean(value.decode("utf-8", "replace"))
    parsed = MailParser(message)
    return Envelope(
        senders=_addresses(parsed.from_),
        to=_addresses(parsed.to),
        cc=_addresses(parsed.cc),
        reply_to=_addresses(parsed.reply_to),
        hops=tuple(_hop(hop) for hop in reversed(parsed.received)),
        broken=any(not defect["recovered"] for defect in parsed.address_header_defects),
    )


def _for_mail_parser(value: bytes, fallback: str | None) -> str:
    text = clean(characters(value, fallback))
    if "=?" in text:
        text = _QUOTED_RUN.sub(r"\1", text)
        text = _ENCODED_RUN.sub(lambda run: f"=?utf-8?b?{base64.b64encode(clean(_run(run.group())).encode()).decode()}?=", text)
    return text


def _addresses(pairs: object) -> tuple[Address, ...]:
    # mail-parser answers '' for a header that is not there.
    found = pairs if isinstance(pairs, list) else []
    return tuple(Address(visible(clean(name))[0], address.strip().lower()) for name, address in found if "@" in address)


def _hop(hop: dict[str, object]) -> Hop:
    by = str(hop.get("by", "")).split()
    sender = str(hop.get("from", "")).split()
    at = hop.get("date_utc")
    return Hop(_host(by), _utc(str(at)) if at else None, _host(sender))


def _host(words: list[str]) -> str:
    return words[0].strip("[]();").lower() if words else ""


def _utc(iso: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def date(value: bytes | None) -> datetime | None:
    """A Date header in the zone of its sender, timezone-aware; None if it is no date.

    Not by mail-parser: it turns every date into UTC, and letters quote the sender's own day.
    """
    if value is None:
        return None
    try:
        moment = parsedate_to_datetime(value.decode("ascii", "replace"))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment.astimezone(UTC)  # year 1 in the wrong zone has no UTC
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.year >= 1970 else None


def message_ids(values: Iterable[bytes]) -> tuple[str, ...]:
    """Message-IDs with their angle brackets, in order, each once."""
    return tuple(dict.fromkeys(found for value in values for found in _MESSAGE_ID.findall(value.decode("utf-8", "replace"))))


def bare_addresses(values: Iterable[bytes]) -> tuple[str, ...]:
    """Lower-cased addresses of headers that hold nothing else (Delivered-To and its like)."""
    return tuple(
        dict.fromkeys(found.lower() for value in values for found in _BARE_ADDRESS.findall(value.decode("utf-8", "replace")))
    )
