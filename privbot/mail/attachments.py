"""Attached parts: safe names, true types, the text of attached letters, and their bytes again on request.

Not by mail-parser: it invents a random name for a nameless part, so that two readings of a mail differ, and its list has no
index by which the bytes could be found again.
"""

from __future__ import annotations

import mimetypes
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from privbot.mail import body as bodies
from privbot.mail import letter_text
from privbot.mail.model import Attachment, Danger, Defect
from privbot.mail.safe_text import visible
from privbot.mail.structure import Part, take_apart
from privbot.mail.true_type import DOCX, dangers, true_type

MAX_NAME = 200
MAX_LETTERS = 5
"""Documents of one mail whose text is read; each may take seconds."""
MAX_PARTS, MAX_DEPTH = 200, 20

_READABLE_TEXT = {"text/plain", "text/html", "text/markdown", "text/csv", "text/enriched"}
_NO_LETTERS = {"text/calendar", "text/vcard", "text/x-vcard", "text/rfc822-headers"}


@dataclass(slots=True)
class Read:
    """The attachments of a mail, and what reading them found."""

    attachments: list[Attachment] = field(default_factory=list)
    body: str = ""
    """The body that a TNEF part carried."""
    steps: list[str] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)


def read(parts: Sequence[Part], *, leaves: int, max_text: int, max_letters: int = MAX_LETTERS) -> Read:
    """Attachments in walking order; what a TNEF part carried comes last and is numbered on from `leaves`. The text of the first `max_letters`
    documents is read; with 0 of none, and nothing is said about them. Never raises."""
    found = Read()
    left = max_letters
    packed: list[tuple[str, bytes]] = []
    for part in parts:
        data = part.content()
        attachment = _attachment(part.file_name, part.type, data, part.index, found)
        if _is_enveloped(part):
            found.defects.append(Defect.ENCRYPTED)
        elif attachment.type == "application/vnd.ms-tnef" or part.type in ("application/ms-tnef", "application/vnd.ms-tnef"):
            unpacked = letter_text.unpack_tnef(data)
            if unpacked is None or not (unpacked.body.strip() or unpacked.files):
                found.defects.append(Defect.UNREADABLE_ATTACHMENT)
            else:
                found.body = found.body or unpacked.body[:max_text]
                packed += unpacked.files
                continue
        elif attachment.type in _READABLE_TEXT and attachment.type.startswith("text/"):
            attachment = _with_text(attachment, _text_of(part, found, max_text))
        elif max_letters and attachment.type in ("application/pdf", DOCX):
            attachment, left = _letter(attachment, data, found, left, max_text)
        found.attachments.append(attachment)
    for index, (name, data) in enumerate(packed[:MAX_PARTS], leaves):
        attachment = _attachment(name, mimetypes.guess_type(name)[0] or "application/octet-stream", data, index, found)
        if max_letters and attachment.type in ("application/pdf", DOCX):
            attachment, left = _letter(attachment, data, found, left, max_text)
        found.attachments.append(attachment)
    return found


def content(raw: bytes, part: int) -> bytes:
    """The decoded bytes of one attachment, by its `Attachment.part`.

    Raises `LookupError` if the mail has no such part.
    """
    leaves = list(take_apart(raw, max_parts=MAX_PARTS, max_depth=MAX_DEPTH).root.leaves())
    if 0 <= part < len(leaves):
        return leaves[part].content()
    packed = [
        file
        for leaf in leaves
        if _is_tnef(leaf) and (unpacked := letter_text.unpack_tnef(leaf.content()))
        for file in unpacked.files
    ]
    if not len(leaves) <= part < len(leaves) + len(packed):
        raise LookupError(f"the mail has no part {part}")
    return packed[part - len(leaves)][1]


def safe_name(name: str) -> str:
    """A file name without path, control or bidi characters, at most `MAX_NAME` characters; may be empty."""
    base = re.split(r"[/\\]", name.replace("\0", ""))[-1]
    kept = "".join(
        character for character in base if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    ).strip()
    kept = re.sub(r"[<>:\"|?*]", "_", kept)
    if set(kept) <= {"."}:
        return ""
    if len(kept) > MAX_NAME:
        stem, dot, extension = kept.rpartition(".")
        kept = stem[: MAX_NAME - len(extension) - 1] + dot + extension if dot and len(extension) <= 10 else kept[:MAX_NAME]
    return kept


def _attachment(raw_name: str, declared: str, data: bytes, index: int, found: Read) -> Attachment:
    name = safe_name(raw_name)
    kind = true_type(data, declared, name)
    told = dangers(data, kind, name, raw_name)
    if Danger.PROGRAM in told or Danger.MACROS in told or Danger.BOMB in told:
        found.defects.append(Defect.DANGEROUS_ATTACHMENT)
    # Many PDFs are encrypted with an empty password: whoever reads it will tell.
    if Danger.ENCRYPTED in told and kind != "application/pdf":
        found.defects.append(Defect.ENCRYPTED)
    return Attachment(name=name, type=kind, declared_type=declared, size=len(data), part=index, dangers=told)


def _is_tnef(part: Part) -> bool:
    return part.type in ("application/ms-tnef", "application/vnd.ms-tnef") or part.body.lstrip()[:6] in (
        b"eJ8+Ig",
        b"\x78\x9f\x3e\x22",
    )


def _is_enveloped(part: Part) -> bool:
    """S/MIME (RFC 8551 section 3.2.2): enveloped data is encrypted; signed data only wraps what it signs."""
    if part.type not in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        return False
    return (part.parameter("smime-type") or "enveloped-data").lower() not in ("signed-data", "certs-only", "compressed-data")


def _text_of(part: Part, found: Read, max_text: int) -> str:
    state = bodies.Body()
    text = bodies.part_text(part, state, max_text)[:max_text]
    found.steps += state.steps
    found.defects += state.defects
    return text.strip()


def _letter(attachment: Attachment, data: bytes, found: Read, left: int, max_text: int) -> tuple[Attachment, int]:
    """The attachment with its text, and how many more documents may be read."""
    if left <= 0:
        found.defects.append(Defect.UNREADABLE_ATTACHMENT)
        return attachment, 0
    kind = "pdf" if attachment.type == "application/pdf" else "docx"
    letter = letter_text.take_text(data, kind)
    if letter.encrypted:
        found.defects.append(Defect.ENCRYPTED)
    elif not letter.text.strip():
        # Broken, too large, or a scan: a person can read it.
        found.defects.append(Defect.UNREADABLE_ATTACHMENT)
    return _with_text(attachment, visible(letter.text[:max_text])[0].strip()), left - 1


def _with_text(attachment: Attachment, text: str) -> Attachment:
    return replace(attachment, text=text)
