"""Attached parts: safe names, true types, the text of attached letters, and their bytes again on request.

Not by mail-parser: it invents a random name for a nameless part, so that two readings of a mail differ, and its list has no
index by which the bytes could be found again.
"""

from __future__ import annotations

import mimetypes
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO

from privbot.mail import body as bodies
from privbot.mail import letter_text
from privbot.mail.model import Attachment, Defect
from privbot.mail.structure import Part, take_apart

MAX_NAME = 200
MAX_LETTERS = 5
"""Documents of one mail whose text is read; each may take seconds."""
MAX_PARTS, MAX_DEPTH = 200, 20

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"{\\rtf", "application/rtf"),
    (b"-----BEGIN PGP MESSAGE-----", "application/pgp-encrypted"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\x78\x9f\x3e\x22", "application/vnd.ms-tnef"),
    (b"MZ", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF", "application/x-executable"),
)
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")
_PROGRAMS = {"application/vnd.microsoft.portable-executable", "application/x-executable"}
_PROGRAM_NAME = re.compile(
    r"\.(?:exe|scr|com|pif|bat|cmd|msi|msp|jar|js|jse|vbs|vbe|wsf|wsh|hta|lnk|ps1|cpl|dll|reg|iso|img|vhd|docm|xlsm|pptm|"
    r"dotm|xlam|one|chm|"
    r"app|dmg|apk|sh)[\s.]*$",
    re.I,
)
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
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


def read(parts: Sequence[Part], *, leaves: int, max_text: int) -> Read:
    """Attachments in walking order; what a TNEF part carried comes last and is numbered on from `leaves`. Never raises."""
    found = Read()
    left = MAX_LETTERS
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
        elif attachment.type in ("application/pdf", _DOCX):
            attachment, left = _letter(attachment, data, found, left, max_text)
        found.attachments.append(attachment)
    for index, (name, data) in enumerate(packed[:MAX_PARTS], leaves):
        attachment = _attachment(name, mimetypes.guess_type(name)[0] or "application/octet-stream", data, index, found)
        if attachment.type in ("application/pdf", _DOCX):
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


def true_type(data: bytes, declared: str, name: str = "") -> str:
    """The media type by the first bytes; else as declared, or by the name where nothing was declared."""
    start = data[:1024]
    for magic, media_type in _MAGIC:
        if start.startswith(magic) and (len(magic) > 2 or media_type != "image/bmp" or declared == "image/bmp"):
            return media_type
    if b"%PDF-" in start and declared in ("application/pdf", "application/octet-stream"):
        return "application/pdf"
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return "image/webp"
    if start[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        return "image/heic"
    if start.startswith(b"PK\x03\x04"):
        return _zip_type(data, declared)
    if declared == "application/octet-stream":
        return mimetypes.guess_type(name)[0] or declared
    return declared


def _zip_type(data: bytes, declared: str) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()[:5_000]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, OverflowError, KeyError, EOFError):
        return declared
    if "word/document.xml" in names:
        return _DOCX
    if "xl/workbook.xml" in names:
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    if "ppt/presentation.xml" in names:
        return "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    return declared if declared not in ("application/octet-stream", "application/pdf", "text/plain") else "application/zip"


def _attachment(raw_name: str, declared: str, data: bytes, index: int, found: Read) -> Attachment:
    name = safe_name(raw_name)
    kind = true_type(data, declared, name)
    disguised = bool(_BIDI.search(raw_name)) and bool(re.search(r"exe|scr|js|bat|com", raw_name, re.I))
    if kind in _PROGRAMS or _PROGRAM_NAME.search(name) or disguised or _holds_program(data, kind):
        found.defects.append(Defect.DANGEROUS_ATTACHMENT)
    if kind == "application/pgp-encrypted" or (data.startswith(_OLE) and _ENCRYPTED_OFFICE in data):
        found.defects.append(Defect.ENCRYPTED)
    return Attachment(name=name, type=kind, declared_type=declared, size=len(data), part=index)


def _holds_program(data: bytes, kind: str) -> bool:
    if kind != "application/zip":
        return False
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return any(_PROGRAM_NAME.search(name) for name in archive.namelist()[:5_000])
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, OverflowError, KeyError, EOFError):
        return False


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
    return _with_text(attachment, bodies.visible(letter.text[:max_text])[0].strip()), left - 1


def _with_text(attachment: Attachment, text: str) -> Attachment:
    return Attachment(attachment.name, attachment.type, attachment.declared_type, attachment.size, attachment.part, text)
