"""What an operator writes into a letter: plain text, checked before it is used.

It is filled in as a value, so that nothing in it is ever read as a template, and the HTML page escapes it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from privbot.letters.errors import TextRefused
from privbot.letters.model import LetterContext

BREAKABLE = re.compile(r"[ \t\r\n]+")
LONGEST = 2_000
"""Characters of one text: a page, which is more than a standard letter needs."""


def refuse_unfit(context: LetterContext) -> None:
    """Raises TextRefused for the first text that is too long, or holds control, invisible or bidirectional characters."""
    for field in fields(context):
        # A name that is not fit to be repeated is left out (`safe_name`); all else was written by ourselves.
        if field.name in ("requester_name", "agent_name"):
            continue
        for text in _texts(getattr(context, field.name)):
            if len(text) > LONGEST:
                raise TextRefused(f"{field.name}: the text is longer than {LONGEST} characters; shorten it, or attach it.")
            if not text.isprintable() and any(map(is_unfit, text)):
                raise TextRefused(f"{field.name}: the text holds control or invisible characters; type it anew.")


def tidy(text: str) -> str:
    """The text in one line, with single spaces. Spaces that do not break stay: French sets one before a colon."""
    return BREAKABLE.sub(" ", text).strip()


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _texts(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))


def is_unfit(character: str) -> bool:
    """Whether a character stands in no honest text: a control, an invisible or a bidirectional one."""
    return character not in "\n\r\t" and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
