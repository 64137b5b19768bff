"""The text of PDF and DOCX letters, and what a TNEF part carries – taken out in a process of its own, with limits.

These formats are parsed by large libraries that a hostile file can keep busy for ever or feed until memory ends. The child
process has `SECONDS` and `MEMORY`, sees no environment, gets the bytes on stdin and answers with JSON on stdout.
"""

from __future__ import annotations

import base64
import binascii
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SECONDS = 10
MEMORY = 512 * 1024 * 1024
MAX_BYTES = 20 * 1024 * 1024
MAX_PAGES = 50
MAX_CHARACTERS = 500_000

_CHILD = Path(__file__).with_name("letter_text_child.py")


@dataclass(frozen=True, slots=True)
class Letter:
    """The text of a document; empty if it has none, or none that could be taken out within the limits."""

    text: str = ""
    encrypted: bool = False


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What a TNEF part carries: the body (may be empty) and files as (name, bytes)."""

    body: str
    files: tuple[tuple[str, bytes], ...]


def take_text(data: bytes, kind: str) -> Letter:
    """The text of a letter; `kind` is pdf or docx. Never raises."""
    answer = _ask_child(data, kind)
    if answer is None:
        return Letter()
    return Letter(str(answer.get("text", "")), bool(answer.get("encrypted")))


def unpack_tnef(data: bytes) -> Unpacked | None:
    """Body and files of a TNEF part (MS-OXTNEF); None if it cannot be read. Never raises."""
    answer = _ask_child(data, "tnef")
    if answer is None:
        return None
    files = answer.get("files")
    try:
        named = [(str(name), base64.b64decode(content)) for name, content in files] if isinstance(files, list) else []
    except (binascii.Error, ValueError, TypeError):
        return None
    return Unpacked(str(answer.get("body", "")), tuple(named))


def _ask_child(data: bytes, kind: str) -> dict[str, object] | None:
    if len(data) > MAX_BYTES:
        return None
    limits = [str(number) for number in (SECONDS, MEMORY, MAX_PAGES, MAX_CHARACTERS)]
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_CHILD), kind, *limits],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={},
        )
        answer = json.loads(done.stdout) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, OSError, ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None
