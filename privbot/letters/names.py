"""May a name be repeated in a salutation?

Anyone can write to us in anybody's name, so the name is the one thing in a letter that a stranger chooses, and the letter goes to
an address that the stranger chose as well. Whatever could carry a message, a link or a trick of display is not repeated.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 80
MOST_WORDS = 8
PUNCTUATION = frozenset(" .'’‘`´-‐‑·・")
LINK = re.compile(r"(^|\W)www\.|\w[.。]\w{2,}", re.IGNORECASE)
"""`evil.example`, also with the full-width and ideographic stops that browsers read as dots (UTS 46)."""
STACKED_MARKS = 4


def safe_name(name: str) -> str:
    """The name with its spaces tidied, or an empty string where it must not be repeated: too long, with digits, a link, line
    breaks, control, invisible or bidirectional characters, or anything else that names are not made of."""
    if len(name) > LONGEST:
        return ""
    name = unicodedata.normalize("NFC", name)
    if not all(_belongs_in_a_name(character) for character in name):
        return ""
    name = " ".join(name.split())
    if not any(character.isalpha() for character in name) or len(name.split()) > MOST_WORDS:
        return ""
    if LINK.search(unicodedata.normalize("NFKC", name)) or _has_stacked_marks(name):
        return ""
    return name


def _belongs_in_a_name(character: str) -> bool:
    return character in PUNCTUATION or unicodedata.category(character) in ("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Zs")


def _has_stacked_marks(name: str) -> bool:
    run = 0
    for character in name:
        run = run + 1 if unicodedata.combining(character) else 0
        if run >= STACKED_MARKS:
            return True
    return False
