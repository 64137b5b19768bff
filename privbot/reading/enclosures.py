"""What the attachments of a mail are for: a proof of identity, a permission to act, the letter itself, evidence.

Said by the file's name, by what is written in it, or – for a lone attachment with a name that says nothing – by the mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from privbot.mail.model import Attachment
from privbot.reading import details
from privbot.reading.fold import fold
from privbot.reading.model import Enclosure

LETTER_FROM = 200
"""Characters of text that make a document a letter."""
HEAD = 1_500
"""Characters of a document that are looked at."""

_SEPARATORS = re.compile(r"[\W_]+|(?<=[a-z])(?=\d)")
_DOCUMENT = re.compile(r"image/|application/(?:pdf|msword|vnd\.openxmlformats)")
_INLINE = re.compile(r"^(?:image\d+|logo\w*|signature\w*|icon\w*|banner\w*)\.(?:png|gif|jpe?g)$", re.IGNORECASE)


def find(attachments: Sequence[Attachment], folded_text: str) -> Iterator[Enclosure]:
    """Each attachment with its role; pictures that only decorate a signature have none."""
    alone = sum(1 for one in attachments if _DOCUMENT.match(one.type)) == 1
    for attachment in attachments:
        role, confidence = _role(attachment, folded_text if alone else "")
        yield Enclosure(attachment.name, attachment.part, role, confidence)


def _role(attachment: Attachment, folded_text: str) -> tuple[str, float]:
    name = _SEPARATORS.sub(" ", fold(attachment.name.rpartition(".")[0] or attachment.name).text)
    if role := _said(name):
        return role, 0.9
    if not _DOCUMENT.match(attachment.type) and not attachment.text:
        return "", 0.0
    if role := _said(fold(attachment.text[:HEAD]).text) if attachment.text else "":
        return role, 0.7
    if len(attachment.text) >= LETTER_FROM:
        return "letter", 0.7
    if not _INLINE.match(attachment.name) and (role := _said(folded_text)):
        return role, 0.6
    return "", 0.0


def _said(folded: str) -> str:
    """The role that words name, the gravest first."""
    return next((role for role, words in details.enclosures() if words.search(folded)), "")
