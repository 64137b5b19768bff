"""Identity documents that somebody sent unasked: recognised by the names of their files, to be purged once the request is decided.

Data minimisation (Art 5(1)(c) GDPR; 11 CCR §7060(d)): what nobody asked for is not looked at, and not kept.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from privbot.mail.model import Attachment, Mail
from privbot.reading.fold import fold, fold_pattern

_FILE = Path(__file__).parent / "documents.toml"
_PICTURES = ("image/", "application/pdf")
"""Copies of documents are pictures or scans; a text that is called "passport" is a letter about one."""


def identity_documents(mail: Mail) -> tuple[Attachment, ...]:
    """The attachments that are most likely copies of identity documents."""
    return tuple(one for one in mail.attachments if one.type.startswith(_PICTURES) and _is_called_so(one.name))


def _is_called_so(name: str) -> bool:
    spaced = re.sub(r"[_\-.'’]+", " ", fold(name).text)
    return any(pattern.search(spaced) for pattern in _patterns())


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    with _FILE.open("rb") as file:
        return tuple(re.compile(fold_pattern(pattern)) for pattern in tomllib.load(file)["names"])
