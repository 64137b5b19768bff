"""A draft whose words an operator has changed: what they may not change is kept, and the HTML is made again from the text.

Text and HTML say the same, as in every letter; nothing that an operator types is read as a template.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes
from email.header import Header
from email.message import Message
from email.mime.text import MIMEText

from privbot.letters.draft import ON_THE_WIRE, UNFOLDED
from privbot.letters.errors import TextRefused
from privbot.letters.free_text import is_unfit, tidy
from privbot.letters.model import Block
from privbot.letters.plain import RULE, wrap
from privbot.letters.words import environment

LONGEST_TEXT = 50_000
LONGEST_SUBJECT = 200
LEFT_OVER = re.compile(r"\{\{|\}\}|\{%|%\}|\[\[|\]\]|<<|>>|\b(?:TODO|TBD|FIXME|XXX)\b")
"""What a text still has where something was to be filled in."""
CODE = re.compile(r"(?<![\w-])[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}(?![\w-])")
"""The shape of a code to be returned (`casework.challenge.ALPHABET`); a reference is longer."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a letter says."""

    subject: str
    text: str


def reworded(before: Words, subject: str, text: str, *, reference: str) -> Words:
    """The letter in the operator's words, wrapped as every letter is. Raises TextRefused, in one sentence, for what cannot be sent like this."""
    after = Words(tidy(subject), "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip("\n").split("\n")) + "\n")
    _refuse_unfit(after)
    for place, old, new in (("subject", before.subject, after.subject), ("text", before.text, after.text)):
        if reference in old and reference not in new:
            raise TextRefused(f"The {place} must keep the reference {reference}: by it the answer finds its ticket.")
    if _exact(before.text) != _exact(after.text):
        raise TextRefused("The code, or the text to be signed, must stay exactly as it was: only so can it come back right.")
    return Words(after.subject, _wrapped(after.text))


def html_of(words: Words, language: str) -> str:
    """The HTML alternative of a text."""
    blocks = [_block(chunk) for chunk in _chunks(words.text)]
    return environment().get_template("page.html.j2").render(language=language, subject=words.subject, blocks=blocks)


def message_with(message: bytes, words: Words, html: str) -> bytes:
    """A letter's message with other words: its headers and its files stay."""
    parsed = message_from_bytes(message)
    subject = words.subject if words.subject.isascii() else Header(words.subject, "utf-8", maxlinelen=UNFOLDED).encode()
    parsed.replace_header("Subject", subject)
    alternative = next(part for part in parsed.walk() if part.get_content_type() == "multipart/alternative")
    parts: list[Message | str] = [MIMEText(words.text, "plain", "utf-8"), MIMEText(html, "html", "utf-8")]
    alternative.set_payload(parts)
    return parsed.as_bytes(policy=ON_THE_WIRE)


def _refuse_unfit(words: Words) -> None:
    if not words.subject or not words.text.strip():
        raise TextRefused("A letter needs a subject and a text.")
    if len(words.subject) > LONGEST_SUBJECT:
        raise TextRefused(f"The subject is longer than {LONGEST_SUBJECT} characters; shorten it.")
    if len(words.text) > LONGEST_TEXT:
        raise TextRefused(f"The text is longer than {LONGEST_TEXT} characters; shorten it, or attach it.")
    if any(map(is_unfit, words.subject + words.text)):
        raise TextRefused("The letter holds control or invisible characters; type that part anew.")
    if left_over := LEFT_OVER.search(words.subject + "\n" + words.text):
        raise TextRefused(f"Something is left to be filled in: {left_over[0]}.")


def _exact(text: str) -> tuple[list[str], list[str]]:
    """What must come back exactly: codes, and what stands between rules."""
    return sorted(CODE.findall(text)), text.split(f"{RULE}\n")[1::2]


def _wrapped(text: str) -> str:
    """Long lines wrapped, but what must not change."""
    return "\n\n".join(chunk if chunk.startswith(RULE) else _lines(chunk.split("\n")) for chunk in _chunks(text)) + "\n"


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(
        line if line.startswith("    ") else wrap(line.removeprefix("- "), "- " if line.startswith("- ") else "")
        for line in lines
    )


def _chunks(text: str) -> list[str]:
    """The pieces of a text that empty lines part; what stands between rules is one."""
    found: list[str] = []
    for number, part in enumerate(text.split(f"{RULE}\n")):
        if number % 2:
            found.append(f"{RULE}\n{part}{RULE}")
        else:
            found += [chunk.strip("\n") for chunk in re.split(r"\n{2,}", part) if chunk.strip()]
    return found


def _block(chunk: str) -> Block:
    lines = chunk.split("\n")
    if chunk.startswith(RULE):
        return Block("verbatim", ["\n".join(lines[1:-1])])
    if all(line.startswith("    ") for line in lines):
        return Block("code", [line.strip() for line in lines])
    if lines[0].startswith("- "):
        return Block("items", _items(lines))
    # Lines stay lines: whoever typed them meant it, and a mail program wraps what is too long.
    return Block("signature", lines)


def _items(lines: Iterable[str]) -> list[str]:
    items: list[str] = []
    for line in lines:
        if line.startswith("- ") or not items:
            items.append(line.removeprefix("- "))
        else:
            items[-1] = f"{items[-1]} {line.strip()}"
    return items
