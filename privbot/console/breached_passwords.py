"""Passwords that were in a known breach: looked up in a file, never over a network.

The file is that of "Pwned Passwords", ordered by hash: one SHA-1 in upper-case hexadecimal a line, sorted, perhaps followed by `:count`. It
has tens of gigabytes, so that it is neither read nor indexed: about 35 looks into it by bisection find a line.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST_LINE = 64
"""Bytes: 40 of the hash, a colon, a count, the line end."""


class BreachedPasswordValidator:
    """Refuses a password that stands in the file (NIST SP 800-63B, 5.1.1.2). Configured in AUTH_PASSWORD_VALIDATORS."""

    def __init__(self, file: str) -> None:
        self._file = Path(file)

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError for a breached password, OSError where the file is gone: a check that cannot run must not pass."""
        if is_breached(password, self._file):
            raise ValidationError(
                _("This password was published in a data breach, so that it is among the first to be tried. Choose another one."),
                code="password_breached",
            )

    def get_help_text(self) -> str:
        return _("It must not be a password that was published in a data breach.")


def is_breached(password: str, file: Path) -> bool:
    """Whether the file has the password's hash. Raises OSError."""
    # SHA-1 is how the list is published; nothing is protected by it here.
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with file.open("rb") as lines:
        # The wanted line, if there is one, begins at `low` or behind it, and before `high`.
        low, high = 0, lines.seek(0, 2)
        while low < high:
            middle = (low + high) // 2
            found = _first_hash_from(lines, middle)
            if found == wanted:
                return True
            if found and found < wanted:
                low = middle + 1
            else:
                high = middle
        return False


def _first_hash_from(lines: BinaryIO, position: int) -> bytes:
    """The hash of the first line that begins at `position` or behind it; nothing at the end of the file."""
    lines.seek(max(position - 1, 0))
    if position:
        lines.readline(LONGEST_LINE)
    return lines.readline(LONGEST_LINE)[:40]
