"""Invented values, to look at a letter before anybody gets it."""

from __future__ import annotations

from datetime import date

from privbot.letters.model import LetterContext, LetterRequest

NAMES = {"ja": "山本 花", "de": "Jonna Feldkamp"}
CONTACT = "Lumen Atelier\nprivacy@lumen-atelier.example"

GDPR_ACCESS = LetterRequest(
    "access", "gdpr", date(2026, 4, 4), date(2026, 4, 7), date(2026, 4, 4), verification="on-doubt", extended=date(2026, 6, 5)
)
GDPR_ERASURE = LetterRequest(
    "erasure", "gdpr", date(2026, 4, 4), date(2026, 4, 7), date(2026, 4, 4), verification="on-doubt", extended=date(2026, 6, 5)
)


def sample_context(language: str, *, challenge: bool = False) -> LetterContext:
    """A person of an invented name, who asks for access and erasure under the GDPR; with a code if `challenge`."""
    return LetterContext(
        reference="LUMEN-4F7K-22QD",
        controller_name="Lumen Atelier",
        contact=CONTACT,
        requester_name=NAMES.get(language, "Mina Okafor"),
        requests=(GDPR_ACCESS, GDPR_ERASURE),
        received=date(2026, 3, 5),
        challenge_code="7KQ4-M2XH" if challenge else None,
        challenge_expires=date(2026, 3, 19) if challenge else None,
        sender_unconfirmed=challenge,
    )
