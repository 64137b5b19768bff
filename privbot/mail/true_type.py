"""What an attached file is by its content, and what may be dangerous about it – told from its first bytes and its table of contents.

Nothing is unpacked or run here, so that no bomb goes off. By a table of our own: what matters are the twenty types that letters, programs
and archives come in, and that the answer never depends on a library's guess.
"""

from __future__ import annotations

import mimetypes
import re
import struct
import zipfile
from io import BytesIO

from privbot.mail.model import Danger

MAX_DIRECTORY = 1024 * 1024
"""Bytes of a zip's table of contents that are read; an honest archive of 5,000 files has half of it."""
BOMB_RATIO, BOMB_BYTES = 100, 50 * 1024 * 1024
"""An archive that unfolds to so many times its size, and to so many bytes, is a bomb; text shrinks to a twentieth at best."""

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ZIP = "application/zip"
_TNEF = "application/vnd.ms-tnef"
_PROGRAM = {"application/vnd.microsoft.portable-executable", "application/x-executable"}
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
    (b"\x78\x9f\x3e\x22", _TNEF),
    (b"MZ", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF", "application/x-executable"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")
_OLE_MACROS = "_VBA_PROJECT".encode("utf-16-le")
_PROGRAM_NAME = re.compile(
    r"\.(?:exe|scr|com|pif|bat|cmd|msi|msp|jar|js|jse|vbs|vbe|wsf|wsh|hta|lnk|ps1|cpl|dll|reg|iso|img|vhd|docm|xlsm|pptm|"
    r"dotm|xlam|one|chm|"
    r"app|dmg|apk|sh)[\s.]*$",
    re.I,
)
_MACRO_NAME = re.compile(r"\.(?:docm|xlsm|pptm|dotm|xlam|xlsb)[\s.]*$", re.I)
_ARCHIVE_NAME = re.compile(r"\.(?:zip|7z|rar|gz|tgz|bz2|xz|tar|cab)[\s.]*$", re.I)
_PAGE = re.compile(rb"\s{0,100}(?:\xef\xbb\xbf)?\s{0,100}(?:<!doctype html|<html|<\?xml|<svg|<script)", re.I)
_PAGE_NAME = re.compile(r"\.(?:html?|xhtml|svgz?|mht|mhtml|shtml|xht)[\s.]*$", re.I)
_PAGE_TYPES = {"text/html", "image/svg+xml", "application/xhtml+xml"}
_PDF_PROGRAM = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile)\b")
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_DOUBLE_ENDING = re.compile(r"\.(?:pdf|docx?|xlsx?|jpe?g|png|txt|zip)[\s_.]*\.[a-z0-9]{2,5}$", re.I)
_BROKEN_ZIP = (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, OverflowError, KeyError, EOFError, struct.error)


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


def dangers(data: bytes, kind: str, name: str, raw_name: str) -> tuple[Danger, ...]:
    """What an operator must know before the file is opened. `kind` is its `true_type`, `name` its safe name, `raw_name` the one that was sent."""
    entries = _entries(data) if data.startswith(b"PK") else []
    names = [entry.filename for entry in entries or ()]
    pdf = kind == "application/pdf"
    turned = bool(_BIDI.search(raw_name))
    told = {
        Danger.PROGRAM: kind in _PROGRAM
        or bool(_PROGRAM_NAME.search(name))
        or (turned and bool(re.search(r"exe|scr|js|bat|com", raw_name, re.I)))
        or (kind == _ZIP and any(_PROGRAM_NAME.search(one) for one in names)),
        Danger.MACROS: bool(_MACRO_NAME.search(name))
        or any(one.lower().endswith("vbaproject.bin") for one in names)
        or (data.startswith(_OLE) and _OLE_MACROS in data),
        Danger.ACTIVE: kind in _PAGE_TYPES
        or bool(_PAGE_NAME.search(name))
        or bool(_PAGE.match(data[:1024]))
        or (pdf and bool(_PDF_PROGRAM.search(data))),
        Danger.BOMB: entries is None or _unfolds_to_too_much(data, kind, entries),
        Danger.ENCRYPTED: kind == "application/pgp-encrypted"
        or (data.startswith(_OLE) and _ENCRYPTED_OFFICE in data)
        or any(entry.flag_bits & 1 for entry in entries or ())
        or (pdf and b"/Encrypt" in data),
        Danger.ARCHIVE_INSIDE: kind == _ZIP and any(_ARCHIVE_NAME.search(one) for one in names),
        Danger.DISGUISED: turned or bool(_DOUBLE_ENDING.search(name) and _PROGRAM_NAME.search(name)),
        Danger.OTHER_TYPE: _is_named_otherwise(kind, name),
    }
    return tuple(danger for danger, found in told.items() if found)


def _zip_type(data: bytes, declared: str) -> str:
    names = {entry.filename for entry in _entries(data) or ()}
    if not names and declared != "application/octet-stream":
        return declared
    if "word/document.xml" in names:
        return DOCX
    if "xl/workbook.xml" in names:
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    if "ppt/presentation.xml" in names:
        return "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    return declared if declared not in ("application/octet-stream", "application/pdf", "text/plain") else _ZIP


def _entries(data: bytes) -> list[zipfile.ZipInfo] | None:
    """The table of contents of a zip; empty if it cannot be read, None if it is too long to be read."""
    end = data.rfind(b"PK\x05\x06", -65_557)  # APPNOTE.TXT 4.3.16: the last record, behind it only a comment
    if end < 0 or len(data) < end + 22:
        return []
    (length,) = struct.unpack_from("<I", data, end + 12)
    if length > MAX_DIRECTORY or data[max(0, end - 20) : end].startswith(b"PK\x06\x07"):
        return None  # the second is for archives beyond 4 GB, which no mail carries
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return archive.infolist()
    except _BROKEN_ZIP:
        return []


def _unfolds_to_too_much(data: bytes, kind: str, entries: list[zipfile.ZipInfo]) -> bool:
    """By what the archive itself declares. A liar's sizes do not matter: whatever unpacks it stops at them or at its own limit."""
    size = sum(entry.file_size for entry in entries)
    if kind == "application/gzip" and len(data) > 18:
        (size,) = struct.unpack("<I", data[-4:])  # RFC 1952 section 2.3.1
    return size > BOMB_BYTES and size > BOMB_RATIO * len(data)


def _is_named_otherwise(kind: str, name: str) -> bool:
    """The ending promises one kind of file that is known here, and the content is another."""
    promised = mimetypes.guess_type(name)[0]
    known = {media_type for _, media_type in _MAGIC} | {DOCX}
    return promised in known - {_TNEF} and kind != promised and not (promised == "image/jpeg" and kind == "image/jpg")
