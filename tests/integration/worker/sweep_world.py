"""A controller whose operators are told, and the mails that its mailbox gets."""

from __future__ import annotations

from privbot.records.models import Challenge, Request
from privbot.worker.office import Office

ACCESS = """Return-Path: <mel@ortega.example>
From: Mel Ortega <mel@ortega.example>
To: customer-lumen@harbour.example
Subject: my data
Message-ID: <1@ortega.example>
Content-Type: text/plain; charset=utf-8

Dear Sir or Madam,

I hereby request access to my personal data under Article 15 GDPR. Please send me a copy.

Mel Ortega
"""
CALIFORNIA = ACCESS.replace(
    "I hereby request access to my personal data under Article 15 GDPR. Please send me a copy.",
    "I am a California resident. I hereby request that you delete my personal information under section 1798.105 of the CCPA.",
)
OPERATORS = ("ada@harbour.example", "bo@harbour.example")


def with_controller(office: Office, **changes: object) -> None:
    """The first controller with other settings."""
    first, *others = office.config.controller
    office.config = office.config.model_copy(update={"controller": (first.model_copy(update=changes), *others)})
    office.config.__dict__.pop("controllers", None)
    for part in ("pipeline", "delivery", "circumstances"):
        office.__dict__.pop(part, None)


def mailbox_proven(office: Office) -> None:
    """Everybody has returned the code: nobody is waited for."""
    Challenge.objects.update(state="proven")
    Request.objects.update(mailbox_proven_at=office.clock(), state_reason="")
