"""Mails, readings and histories for tests, with everything ordinary unless said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from privbot.casework.model import Controller, History
from privbot.mail.model import Address, Authentication, Mail, Origin, OriginKind
from privbot.reading.model import CATEGORIES, CATEGORY_OF_RIGHT, Reading, RegimeGuess, Requester

RECEIVED = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)

LUMEN = Controller(
    "lumen", "Lumen Masks LLC", ("customer-lumen@harbour.example",), ("gdpr", "uk-gdpr", "ccpa", "shine-the-light", "appi")
)
TIDAL = Controller("tidal", "Tidal Outdoor Ltd", ("customer-tidal@harbour.example",), ("gdpr", "uk-gdpr", "ccpa"))


def a_mail(**changes: object) -> Mail:
    sender = Address("Mel Ortega", "mel@ortega.example")
    mail = Mail(
        sha256="0" * 64, message_id="<1@ortega.example>", sender=sender, senders=(sender,), reply_to=(), to=(Address("", LUMEN.addresses[0]),),
        cc=(), delivered_to=(), subject="my data", date=RECEIVED, received=RECEIVED, in_reply_to=(), references=(), text="hello", quoted="",
        signature="", forwarded=(), attachments=(), origin=Origin(OriginKind.HUMAN, True, Authentication.PASS),
    )  # fmt: skip
    return replace(mail, **changes)


def from_machine(kind: OriginKind) -> Mail:
    return a_mail(origin=Origin(kind, False, Authentication.PASS))


def authenticated(result: Authentication) -> Mail:
    return a_mail(origin=Origin(OriginKind.HUMAN, True, result))


def a_reading(*rights: str, regime: str | None = "gdpr", confidence: float = 0.9, **changes: object) -> Reading:
    decided = tuple(dict.fromkeys(CATEGORY_OF_RIGHT[right] for right in rights)) or ("other",)
    reading = Reading(
        text="my data\nhello", language="en", language_confidence=1.0, categories=dict.fromkeys(CATEGORIES, 0.0), decided=decided,
        rights=dict.fromkeys(rights, 0.99), decided_rights=rights, review=False, reasons=(),
        regimes=(RegimeGuess(regime, confidence, ("cited",)),) if regime else (), requester=Requester(),
    )  # fmt: skip
    return replace(reading, **changes)


def a_history(**changes: object) -> History:
    return replace(History(received=RECEIVED), **changes)
