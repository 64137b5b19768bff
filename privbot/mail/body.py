"""The parts of a message → the one text its writer wrote, and the parts that are attached to it."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field

from privbot.mail import charset, hypertext
from privbot.mail.model import Defect
from privbot.mail.safe_text import visible
from privbot.mail.structure import Part

_BASE64_BODY = re.compile(rb"\s*(?:[A-Za-z0-9+/]{40,78}\r?\n){0,100000}[A-Za-z0-9+/]{4,78}={0,2}\s*")
_QP_LETTER = re.compile(rb"=[89A-F][0-9A-F]")
_QP_SOFT_BREAK = re.compile(rb"[^\r\n]{60,75}=\r?\n")
_PRINTABLE = re.compile(r"[\w\s.,;:!?'\"()/@<>&=#%+*-]")

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_WORD = re.compile(r"\w+")

_READ = ("text/plain", "text/html")

_PGP_BEGIN, _PGP_SIGNED = "-----BEGIN PGP ", "-----BEGIN PGP SIGNED MESSAGE-----"


@dataclass(slots=True)
class Body:
    """What was found; `attached` and `messages` are leaves in walking order."""

    text: str = ""
    attached: list[Part] = field(default_factory=list)
    messages: list[Part] = field(default_factory=list)
    """message/rfc822 leaves."""
    steps: list[str] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    is_html: bool


def read(root: Part, *, max_text: int) -> Body:
    """The text of a message, all its text parts in order, and what is attached. Never raises."""
    body = Body()
    pieces = _pieces(root, body, max_text)
    texts = [_rendered(piece, body) for piece in pieces]
    whole = "\n\n".join(text.strip("\n") for text in texts if text.strip())
    if len(whole) > max_text:
        whole = whole[:max_text]
        body.defects.append(Defect.TRUNCATED)
    body.text = _without_pgp(whole, body)
    return body


def part_text(part: Part, body: Body, max_text: int) -> str:
    """The text of one text part: transfer encoding, charset, flowing and, for HTML, layout undone. Steps and defects go to
    `body`."""
    return _rendered(_piece(part, body, max_text), body)


def html_of(root: Part, *, max_text: int) -> str:
    """The HTML of a message, all its HTML parts in order, decoded and nothing else; empty if it has none. Never raises."""
    parts = [
        part for part in root.leaves() if part.type == "text/html" and part.disposition != "attachment" and not part.file_name
    ]
    return "<hr>".join(_piece(part, Body(), max_text).text for part in parts)


def _pieces(part: Part, body: Body, max_text: int) -> list[_Piece]:
    if part.is_multipart:
        if part.type == "multipart/encrypted":
            body.defects.append(Defect.ENCRYPTED)
            body.attached.extend(part.leaves())
            return []
        if part.type == "multipart/alternative":
            # A nameless calendar or AMP part beside the text is one more form of it, nothing attached.
            choices = [
                child for child in part.children if child.type in _READ or child.file_name or not child.type.startswith("text/")
            ]
            return _alternative([_pieces(child, body, max_text) for child in choices])
        return [piece for child in part.children for piece in _pieces(child, body, max_text)]
    if part.type in ("message/rfc822", "message/global"):
        body.messages.append(part)
        body.attached.append(part)
        return []
    if part.type in _READ and part.disposition != "attachment" and not (part.file_name and body.steps):
        return [_piece(part, body, max_text)]
    body.attached.append(part)
    return []


def _alternative(choices: list[list[_Piece]]) -> list[_Piece]:
    """Plain text before HTML, unless it says clearly less than the HTML ("view this mail in a browser")."""
    plain = next((choice for choice in choices if choice and not any(piece.is_html for piece in choice)), [])
    html = next((choice for choice in reversed(choices) if any(piece.is_html for piece in choice)), [])
    if not html:
        return plain
    said = sum(1 for piece in plain for _ in _WORD.finditer(piece.text))
    shown = sum(hypertext.visible_words(piece.text) for piece in html)
    return html if said == 0 or (said * 1.5 < shown and shown - said >= 8) else plain


def _piece(part: Part, body: Body, max_text: int) -> _Piece:
    data = part.content()
    is_html = part.type == "text/html"
    data = _transfer_undone(data, part, body)
    declared = part.charset or (charset.declared_in_html(data) if is_html else None)
    # No text has more characters than bytes, and HTML is mostly layout.
    limit = max_text * 8
    if len(data) > limit:
        data = data[:limit]
        body.defects.append(Defect.TRUNCATED)
    found = charset.decode(data, declared)
    body.steps.append(found.step)
    body.defects.extend(found.defects)
    text = found.text.replace("\r\n", "\n").replace("\r", "\n")
    if not is_html and (part.parameter("format") or "").lower() == "flowed":
        text = _unflowed(text, (part.parameter("delsp") or "").lower() == "yes")
    return _Piece(text, is_html)


def _rendered(piece: _Piece, body: Body) -> str:
    text = piece.text
    if piece.is_html:
        rendered = hypertext.render(text)
        text = rendered.text
        if rendered.hidden:
            body.defects.append(Defect.HIDDEN_TEXT)
        if rendered.cut:
            body.defects.append(Defect.TRUNCATED)
    text, tricked = visible(text)
    if tricked:
        body.defects.append(Defect.INVISIBLE_CHARACTERS)
    return text


def _transfer_undone(data: bytes, part: Part, body: Body) -> bytes:
    """Base64 or quoted-printable whose Content-Transfer-Encoding line was lost or is wrong."""
    if not data.isascii() or len(data) < 16:
        return data
    decoded = None
    if len(data) >= 40 and _BASE64_BODY.fullmatch(data):
        letters = b"".join(data.split())
        if len(letters) % 4 == 0:
            decoded = binascii.a2b_base64(letters)
            if not _reads_like_text(decoded, part.charset):
                decoded = None
    elif len(_QP_LETTER.findall(data, 0, 200_000)) >= 2 or len(_QP_SOFT_BREAK.findall(data, 0, 200_000)) >= 2:
        decoded = binascii.a2b_qp(data)
        if not _reads_like_text(decoded, part.charset):
            decoded = None
    if decoded is None:
        return data
    body.defects.append(Defect.UNDECODED_TRANSFER)
    return decoded


def _reads_like_text(data: bytes, declared: str | None) -> bool:
    found = charset.decode(data[:4_000], declared)
    if found.step == charset.CP1252 or _CONTROLS.search(found.text):
        return False
    return len(_PRINTABLE.findall(found.text)) >= 0.9 * len(found.text)


def _unflowed(text: str, delsp: bool) -> str:
    """Format=flowed (RFC 3676 section 4): lines that end in a space go on in the next line of the same quote depth."""
    paragraphs: list[tuple[int, list[str]]] = []
    flows = False
    for line in text.split("\n"):
        unquoted = line.lstrip(">")
        depth = len(line) - len(unquoted)
        content = unquoted.removeprefix(" ")  # space-stuffing, section 4.4
        signature = content == "-- "
        if not flows or signature or paragraphs[-1][0] != depth:
            paragraphs.append((depth, []))
        flows = content.endswith(" ") and not signature
        paragraphs[-1][1].append(content[:-1] if flows and delsp else content)
    return "\n".join(">" * depth + " " * bool(depth) + "".join(pieces) for depth, pieces in paragraphs)


def _without_pgp(text: str, body: Body) -> str:
    """Takes PGP armour out (RFC 4880 sections 6.2 and 7): a signed text is unwrapped, an encrypted one is told as a defect."""
    if _PGP_BEGIN not in text:
        return text
    kept: list[str] = []
    block = ""
    for line in text.split("\n"):
        if line.startswith(_PGP_SIGNED):
            block = "signed-headers"
        elif line.startswith(_PGP_BEGIN):
            block = "armour"
            if line.startswith(_PGP_BEGIN + "MESSAGE"):
                body.defects.append(Defect.ENCRYPTED)
        elif line.startswith("-----END PGP "):
            block = ""
        elif block == "signed-headers":
            block = "signed" if not line.strip() else block
        elif block == "signed":
            kept.append(line.removeprefix("- "))
        elif not block:
            kept.append(line)
    return "\n".join(kept)
