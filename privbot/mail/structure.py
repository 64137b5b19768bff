"""Bytes → a tree of MIME parts within bounds (RFC 2045, 2046).

The stdlib reads the headers of every part. It does not split the parts: its parser recurses once per nested multipart and tries
every open boundary on every line, so that a hostile mail costs minutes. Here each level is one search for its own boundary.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import unquote

from privbot.mail import charset, headers
from privbot.mail.model import Defect

_BLANK_LINE = re.compile(rb"(?:\A|\n)[ \t]*\r?\n")
_NOT_A_HEADER = re.compile(rb"^(?![!-9;-~]+[ \t]*:)(?![ \t])[^\r\n]+(?:\r?\n|\Z)", re.M)
_TELLING_HEADER = re.compile(rb"^(?:from|to|subject|date|message-id|mime-version|received|content-[a-z-]+)[ \t]*:", re.I | re.M)
_LOST_MULTIPART = re.compile(
    rb"\s{0,200}(?:This is a multi-?part message[^\r\n]*\s+)?--([^\r\n]{1,70}?)[ \t]*\r?\nContent-[a-z-]+:", re.I
)
_CONTENT_HEADERS = ("content-type", "content-disposition", "content-transfer-encoding", "content-id")


@dataclass(slots=True)
class Part:
    """One node of the tree: a multipart with children, or a leaf with a body as it came over the wire."""

    message: Message
    """Headers only; the Content-… ones in a form that the stdlib can read parameters from."""
    raw_headers: headers.RawHeaders
    body: bytes
    index: int = -1
    """Place among the leaves in walking order; -1 for a multipart."""
    children: list[Part] = field(default_factory=list)

    @property
    def type(self) -> str:
        return self.message.get_content_type()

    @property
    def is_multipart(self) -> bool:
        return bool(self.children)

    @property
    def disposition(self) -> str:
        return (self.message.get_content_disposition() or "").strip()

    @property
    def charset(self) -> str | None:
        return self.parameter("charset")

    @property
    def file_name(self) -> str:
        return self.parameter("filename", "content-disposition") or self.parameter("name") or ""

    def parameter(self, name: str, header: str = "content-type") -> str | None:
        """A parameter of a header, with RFC 2231 pieces joined and RFC 2047 words (which many programs put here) decoded."""
        try:
            value = self.message.get_param(name, header=header)
        except (ValueError, TypeError, IndexError, AttributeError):  # the stdlib trips over some broken RFC 2231 counters
            return None
        if isinstance(value, tuple):
            label, _, text = value
            return charset.decode(text.encode("latin-1", "replace"), label or None).text
        return headers.decoded(unquote(value).encode("utf-8", "replace")) if isinstance(value, str) else None

    def content(self) -> bytes:
        """The body without its transfer encoding. Never raises: what cannot be decoded comes back as it was."""
        encoding = self.message.get("content-transfer-encoding", "").strip().lower().split(";")[0]
        try:
            if encoding == "base64":
                return _base64(self.body)
            if encoding == "quoted-printable":
                return binascii.a2b_qp(self.body)
            if encoding in ("x-uuencode", "uuencode", "uue", "x-uue"):
                return _uudecode(self.body)
        except (binascii.Error, ValueError):
            return self.body
        return self.body

    def walk(self) -> Iterator[Part]:
        """This part and all below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def leaves(self) -> Iterator[Part]:
        return (part for part in self.walk() if part.index >= 0)


@dataclass(slots=True)
class Tree:
    """A message taken apart."""

    root: Part
    defects: list[Defect]


def take_apart(raw: bytes, *, max_parts: int, max_depth: int) -> Tree:
    """The parts of a message. What is deeper or more than allowed stays together as one part and is told as a defect."""
    splitter = _Splitter(max_parts, max_depth)
    data = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if b"\n" not in data[:100_000]:
        data = data.replace(b"\r", b"\n")
    root = splitter.part(data, depth=0, default="text/plain")
    for index, leaf in enumerate(part for part in root.walk() if not part.is_multipart):
        leaf.index = index
    return Tree(root, list(dict.fromkeys(splitter.defects)))


class _Splitter:
    def __init__(self, max_parts: int, max_depth: int) -> None:
        self.max_parts, self.max_depth = max_parts, max_depth
        self.parts = 0
        self.defects: list[Defect] = []

    def part(self, data: bytes, *, depth: int, default: str) -> Part:
        self.parts += 1
        head, body = self._head_and_body(data)
        part = _part(head, body, default)
        if depth == 0 and part.message.defects:
            self.defects.append(Defect.BROKEN_HEADER)
        boundary = part.parameter("boundary") if part.type.startswith("multipart/") else None
        if not part.type.startswith("multipart/"):
            lost = _LOST_MULTIPART.match(body) if depth == 0 and part.type == "text/plain" else None
            if lost is None:
                return part
            # The header lost its Content-Type on the way; the body still shows its boundary.
            self.defects.append(Defect.BROKEN_STRUCTURE)
            boundary = lost.group(1).decode("latin-1")
        if depth >= self.max_depth:
            self.defects.append(Defect.TOO_DEEP)
            return part
        default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"  # RFC 2046 section 5.1.5
        for piece in self._pieces(body, (boundary or "").rstrip()):
            if self.parts >= self.max_parts:
                self.defects.append(Defect.TOO_MANY_PARTS)
                break
            part.children.append(self.part(piece, depth=depth + 1, default=default))
        if not part.children:
            # No boundary, or none that occurs: read the whole as text, as a person would see it.
            self.defects.append(Defect.BROKEN_STRUCTURE)
            part.message.replace_header("content-type", "text/plain")
        return part

    def _head_and_body(self, data: bytes) -> tuple[bytes, bytes]:
        blank = _BLANK_LINE.search(data)
        head, body = (data[: blank.start() + 1], data[blank.end() :]) if blank else (data, b"")
        if data[:5] == b"From " and (line_end := head.find(b"\n")) >= 0:  # the envelope line of an mbox
            head = head[line_end + 1 :]
        if _NOT_A_HEADER.search(head) is None:
            return head, body
        self.defects.append(Defect.BROKEN_HEADER)
        # Lines that are no headers, above a header that counts, are skipped; below, the body began without a blank line.
        last = max((found.start() for found in _TELLING_HEADER.finditer(head)), default=0)
        head = _NOT_A_HEADER.sub(b"", head[:last]) + head[last:]
        if junk := _NOT_A_HEADER.search(head):
            return head[: junk.start()], head[junk.start() :] + (b"\n" + body if blank else b"")
        return head, body

    def _pieces(self, body: bytes, boundary: str) -> Iterator[bytes]:
        """What stands between the boundary lines (RFC 2046 section 5.1.1); preamble and epilogue are nobody's text."""
        delimiter = b"--" + boundary.encode("utf-8", "surrogateescape")
        start = -1
        position = 0 if boundary else -1
        while position >= 0:
            position = body.find(delimiter, position)
            if position < 0:
                break
            line_end = body.find(b"\n", position)
            line_end = len(body) if line_end < 0 else line_end
            rest = body[position + len(delimiter) : min(line_end, position + len(delimiter) + 200)].rstrip()
            if (position and body[position - 1 : position] != b"\n") or rest not in (b"", b"--"):
                position += len(delimiter)
                continue
            if start >= 0:
                yield body[start:position].removesuffix(b"\n").removesuffix(b"\r")
            if rest == b"--":
                return
            start = position = min(line_end + 1, len(body))
        if start >= 0:
            self.defects.append(Defect.BROKEN_STRUCTURE)
            if start < len(body):
                yield body[start:]


def _part(head: bytes, body: bytes, default: str) -> Part:
    parsed = BytesHeaderParser().parsebytes(head)
    raw = headers.raw_headers(parsed)
    view = Message()
    view.set_default_type(default)
    view.defects = parsed.defects
    for name, value in raw:
        if name in _CONTENT_HEADERS and name not in view:
            # The stdlib turns raw 8-bit parameters into question marks; it reads text well.
            view[name] = headers.clean(headers.characters(value))
    if "content-type" not in view:
        view["content-type"] = default
    return Part(view, raw, body)


def _base64(body: bytes) -> bytes:
    """Lenient: foreign characters are skipped, missing padding is added, and text that a relay appended after the padding is
    left out."""
    letters = re.sub(rb"[^A-Za-z0-9+/=]", b"", body)
    end = letters.find(b"=")
    letters = letters if end < 0 else letters[:end]
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _uudecode(body: bytes) -> bytes:
    start = re.search(rb"^begin [0-7]{3,4} [^\n]*\n", body, re.M)
    if start is None:
        return body
    out = bytearray()
    for line in body[start.end() :].splitlines():
        if line.strip() in (b"end", b"`", b""):
            break
        try:
            out += binascii.a2b_uu(line)
        except binascii.Error:
            # Some encoders pad wrongly; the first byte tells how much of the line counts (as in the stdlib's own decoder).
            out += binascii.a2b_uu(line[: (((line[0] - 32) & 63) * 4 + 5) // 3])
    return bytes(out)
