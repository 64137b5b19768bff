"""What changed between two texts, line by line, for people to read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import unified_diff
from itertools import islice
from typing import Literal

Sign = Literal["+", "-", " ", "…"]
AROUND = 2
"""Unchanged lines shown on each side of a change."""
FROM_THE_TOP = re.compile(r"@@ -[01][, ]")
"""A part with nothing left out before it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: added, removed, unchanged, or the place of unchanged lines that are left out."""

    sign: Sign
    text: str = ""


def differences(old: str, new: str) -> list[Line]:
    """The changed lines with a few around them; none where the texts are the same."""
    return [
        Line("…") if line.startswith("@@") else Line(_sign(line[0]), line[1:])
        for line in islice(unified_diff(old.splitlines(), new.splitlines(), n=AROUND, lineterm=""), 2, None)
        if not FROM_THE_TOP.match(line)
    ]


def _sign(character: str) -> Sign:
    return "+" if character == "+" else "-" if character == "-" else " "
