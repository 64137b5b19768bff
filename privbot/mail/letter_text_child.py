"""Run by `letter_text` as a program of its own, never imported: bytes on stdin → JSON on stdout.

Arguments: kind (pdf, docx, tnef), seconds, bytes of memory, pages, characters. Ends with 1 and says nothing if the file cannot
be read: what a library complains about may quote the file.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import sys
import warnings
import zipfile
from io import BytesIO
from typing import Any

MAX_UNZIPPED = 100 * 1024 * 1024
"""Bytes that a DOCX may unfold to (zip bombs unfold to far more)."""
MAX_FILES = 200


def main(kind: str, seconds: int, memory: int, pages: int, characters: int) -> dict[str, Any]:
    _limit(seconds, memory)
    data = sys.stdin.buffer.read()
    if kind == "pdf":
        return _pdf(data, pages, characters)
    if kind == "docx":
        return _docx(data, characters)
    return _tnef(data, characters)


def _limit(seconds: int, memory: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the parent's clock still holds
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _pdf(data: bytes, pages: int, characters: int) -> dict[str, Any]:
    from pypdf import PdfReader

    reader = PdfReader(BytesIO(data))
    # Many PDFs are "encrypted" with an empty password, only against printing.
    if reader.is_encrypted and not reader.decrypt(""):
        return {"encrypted": True}
    text = ""
    for number, page in enumerate(reader.pages):
        if number >= pages or len(text) >= characters:
            break
        text += page.extract_text() + "\n\n"
    return {"text": text[:characters]}


def _docx(data: bytes, characters: int) -> dict[str, Any]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MAX_UNZIPPED:
            raise ValueError("unfolds to too much")
    from docx import Document
    from docx.table import Table

    lines: list[str] = []
    length = 0
    for block in Document(BytesIO(data)).iter_inner_content():
        text = (
            "\n".join("\t".join(cell.text for cell in row.cells) for row in block.rows)
            if isinstance(block, Table)
            else block.text
        )
        lines.append(text)
        length += len(text)
        if length >= characters:
            break
    return {"text": "\n".join(lines)[:characters]}


def _tnef(data: bytes, characters: int) -> dict[str, Any]:
    from tnefparse import TNEF

    parsed = TNEF(data, do_checksum=False)
    body = _text(parsed.body) or _text_of_html(_text(parsed.htmlbody))
    files = [(_text(attachment.long_filename()), attachment.data) for attachment in parsed.attachments[:MAX_FILES]]
    return {
        "body": body[:characters],
        "files": [(name, base64.b64encode(content).decode("ascii")) for name, content in files if content],
    }


def _text(value: Any) -> str:
    """tnefparse answers with text, bytes, a list of either, or nothing."""
    if isinstance(value, list | tuple):
        value = value[0] if value else ""
    if isinstance(value, bytes):
        try:
            value = value.decode("utf-8")
        except UnicodeDecodeError:
            value = value.decode("cp1252", "replace")
    return str(value or "").replace("\0", "")


def _text_of_html(html: str) -> str:
    from inscriptis import get_text

    return get_text(html) if html else ""


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    try:
        answer = json.dumps(main(sys.argv[1], *(int(argument) for argument in sys.argv[2:6])))
    except BaseException:  # MemoryError and whatever else a hostile file provokes
        os._exit(1)
    sys.stdout.write(answer)
    sys.stdout.flush()
    os._exit(0)
