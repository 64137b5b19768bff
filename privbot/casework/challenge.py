"""A code sent to an address and returned from it: holding it proves control of the mailbox, no more.

Eight characters of 31 (no 0/O, 1/I/L) are 39 bits; with five attempts a guess succeeds once in 10^11.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from privbot.casework.model import PendingChallenge

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8
MAX_ATTEMPTS = 5
"""House rule: with the length above, see there."""
VALID_DAYS = 14
"""House rule: two weeks leave half of the shortest clock (Art 12(3) GDPR, one month) for the answer."""
REMIND_AFTER_DAYS = (2, 5)
"""House rule: on these days after the challenge its requester is reminded."""


def code_from(randomness: bytes) -> str:
    """`XXXX-XXXX` from at least eight random bytes. 256 is no multiple of 31; the skew of 1 in 31 costs under a tenth of a bit."""
    letters = "".join(ALPHABET[byte % len(ALPHABET)] for byte in randomness[:CODE_LENGTH])
    return f"{letters[:4]}-{letters[4:]}"


def is_answered(text: str, challenge: PendingChallenge, now: datetime) -> bool:
    """Whether a reply holds the code of this challenge, in time and within the attempts. `now` is the moment the reply was received.

    People type it in lower case, with spaces, or leave it in the quoted letter: whoever has the letter holds the mailbox.
    """
    in_time = now <= challenge.expires_at and challenge.attempts < MAX_ATTEMPTS
    return in_time and _plain(challenge.code) in _plain(text)


def words_besides(text: str, challenge: PendingChallenge) -> int:
    """How many letters and digits a reply has besides the code."""
    return len(_plain(text).replace(_plain(challenge.code), ""))


def reminders(created: datetime, expires: datetime) -> list[datetime]:
    """When a requester is reminded of a challenge that is still open."""
    moments = (created + timedelta(days=days) for days in REMIND_AFTER_DAYS)
    return [moment for moment in moments if moment < expires]


def _plain(text: str) -> str:
    return "".join(character for character in text.upper() if character in ALPHABET)
