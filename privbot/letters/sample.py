"""Invented values for every letter, to look at it before anybody gets it. What an operator would write stands in English."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from privbot.letters.catalogue import kind_of
from privbot.letters.model import Category, Information, Kept, LetterContext, LetterRequest, Recipient

NAMES = {"ja": "山本 花", "de": "Jonna Feldkamp"}
CONTACT = "Lumen Atelier\nprivacy@lumen-atelier.example"

RECEIVED = date(2026, 3, 5)
EU_AUTHORITY = "Supervisory Authority of Examplia, 1 Square of Rights, authority.example"
CALIFORNIA_AUTHORITY = "Privacy Agency of California, complaints.example"
JAPAN_AUTHORITY = "Personal Information Protection Commission, ppc.example"

GDPR_ACCESS = LetterRequest(
    "access", "gdpr", date(2026, 4, 4), date(2026, 4, 7), date(2026, 4, 4), verification="on-doubt", extended=date(2026, 6, 5),
    article="Art 15 GDPR", authority=EU_AUTHORITY,
)  # fmt: skip
GDPR_ERASURE = replace(GDPR_ACCESS, right="erasure", article="Art 17 GDPR")
CCPA_SPECIFIC = LetterRequest(
    "know-specific", "ccpa", date(2026, 4, 19), date(2026, 4, 19), verification="reasonably-high", data_points=3, declaration=True,
    extended=date(2026, 6, 3), article="Civ. Code 1798.110, 1798.130(a)(3)", authority=CALIFORNIA_AUTHORITY,
)  # fmt: skip
SHINE_THE_LIGHT = LetterRequest(
    "shine-the-light", "shine-the-light", date(2026, 4, 4), date(2026, 4, 4), verification="mailbox",
    article="Civ. Code 1798.83(a)", authority=CALIFORNIA_AUTHORITY,
)  # fmt: skip
APPI_ACCESS = LetterRequest(
    "access", "appi", date(2026, 3, 19), date(2026, 3, 19), verification="reasonable", data_points=2, free=False, internal_target=True,
    article="Art 33(1) APPI", authority=JAPAN_AUTHORITY,
)  # fmt: skip

CODE = {"challenge_code": "7KQ4-M2XH", "challenge_expires": date(2026, 3, 19)}
WALLET_MESSAGE = """lumen-atelier.example asks for proof that you control the Ethereum account
0x52908400098527886E0F7030069857D2E4169EE7

Privacy request: LUMEN-4F7K-22QD
Nonce: 5d1c0f7a9be24c36
Valid until: 2026-03-19T23:59:59Z"""
REASON = "Your data are spread over several systems that were replaced last year, and each of them has to be searched by hand."
FINDING = "The newsletter was sent to you once more after you had objected, because a list had not been updated."
INFORMATION = (
    Information("purposes", "To carry out your orders, to answer your questions, and to prevent fraud."),
    Information("categories", "Name, e-mail address, postal address, wallet address, orders."),
    Information("recipients", "Shipping company, data centre, fraud monitoring."),
    Information("storage", "Seven years after your last contact with us."),
    Information("source", "You yourself."),
)
CATEGORIES = (
    Category("Identifiers", "you yourself", "to carry out orders", "shipping companies"),
    Category("Commercial information", "your orders", "accounting", "auditors"),
)
KEPT = (Kept("Invoices of your orders", "tax law requires us to keep them until the end of 2033"),)
RECIPIENTS = (Recipient("Northlight Shipping", "4 Harbour Road, Exampleton"), Recipient("Cumulus Hosting"))
CONTACTS = {
    "data_protection_officer": "Dr. Ida Falk, dpo@lumen-atelier.example",
    "representatives": ("Harbour Representatives GmbH, 3 Ring Road, Examplia",),
}
MEASURES = ("The list was corrected, and your address is no longer on it.",)

REQUESTS: dict[str, tuple[LetterRequest, ...]] = {
    "challenge-details": (CCPA_SPECIFIC,),
    "challenge-declaration": (CCPA_SPECIFIC,),
    "access-answer": (GDPR_ACCESS,),
    "portability-answer": (replace(GDPR_ACCESS, right="portability", article="Art 20 GDPR"),),
    "identity-not-proven": (CCPA_SPECIFIC,),
    "know-categories-answer": (replace(CCPA_SPECIFIC, right="know-categories", article="Civ. Code 1798.110, 1798.115"),),
    "erasure-done": (GDPR_ERASURE,),
    "rectification-done": (replace(GDPR_ACCESS, right="rectification", article="Art 16 GDPR"),),
    "opt-out-done": (replace(CCPA_SPECIFIC, right="opt-out-of-sale", article="Civ. Code 1798.120"),),
    "restriction-done": (replace(GDPR_ACCESS, right="restriction", article="Art 18 GDPR"),),
    "objection-upheld": (replace(GDPR_ACCESS, right="direct-marketing", article="Art 21(2),(3) GDPR"),),
    "objection-refused": (replace(GDPR_ACCESS, right="objection", article="Art 21 GDPR"),),
    "automated-decision-reviewed": (replace(GDPR_ACCESS, right="automated-decision", article="Art 22 GDPR"),),
    "consent-withdrawn": (replace(GDPR_ACCESS, right="consent-withdrawal", article="Art 7(3) GDPR"),),
    "shine-the-light-list": (SHINE_THE_LIGHT,),
    "shine-the-light-alternative": (SHINE_THE_LIGHT,),
    "appi-disclosure": (APPI_ACCESS,),
    "appi-stop-use": (replace(APPI_ACCESS, right="stop-use", article="Art 35 APPI"),),
    "fee-announced": (APPI_ACCESS,),
    "complaint-received": (replace(GDPR_ACCESS, right="complaint", article="Art 77 GDPR", verification="none"),),
    "complaint-answered": (replace(GDPR_ACCESS, right="complaint", article="Art 77 GDPR", verification="none"),),
    "agent-paperwork": (CCPA_SPECIFIC,),
    "agent-confirmation": (CCPA_SPECIFIC,),
    "recipients-told": (replace(GDPR_ACCESS, right="rectification", article="Art 16 GDPR"), GDPR_ERASURE),
}
"""What the samples of a letter are about; where nothing stands, access and erasure under the GDPR."""

NINTH = "This is the ninth request of the same content since January, and the data have not changed."
REFUSALS: tuple[dict[str, Any], ...] = (
    {"refusal": "manifestly-unfounded", "reason": "You offered to withdraw the request in return for a payment."},
    {"refusal": "excessive", "reason": NINTH},
    {"refusal": "excessive", "reason": NINTH, "fee": "EUR 40"},
    {"refusal": "retention-expired"},
    {"refusal": "no-match"},
    {"refusal": "not-covered", "reason": "The data are needed for a contract with you that has not ended."},
    {"refusal": "outside-jurisdiction"},
    {"refusal": "insufficient-verification"},
    {"refusal": "suspected-fraud"},
    {"refusal": "too-many-requests", "requests": (CCPA_SPECIFIC,), "again_from": date(2026, 9, 1)},
    {"refusal": "too-many-requests", "requests": (SHINE_THE_LIGHT,), "again_from": date(2027, 1, 1)},
    {"refusal": "duplicate"},
    {"refusal": "other", "reason": "The files also concern other persons, whose rights would be affected."},
)

VALUES: dict[str, tuple[dict[str, Any], ...]] = {
    "acknowledgment": ({}, {**CODE, "sender_unconfirmed": True, "erasure_waits": True}),
    "challenge": ({**CODE, "sender_unconfirmed": True},),
    "challenge-details": ({"details_wanted": ("order", "phone", "address", "wallet"), "answer_by": date(2026, 3, 19)},),
    "challenge-declaration": ({"answer_by": date(2026, 3, 19)},),
    "challenge-wallet": ({"wallet_message": WALLET_MESSAGE, "answer_by": date(2026, 3, 19)},),
    "reminder": ({"awaited": ("code",), **CODE}, {"awaited": ("details", "declaration", "answer"), "answer_by": date(2026, 3, 19)}),
    "clarification": (
        {"question": "Do you mean the orders of your shop account, or also the messages you sent to our support?", "clock_paused": True},
        {"question": "Which of your two accounts do you mean?", "answer_by": date(2026, 3, 19)},
    ),
    "identity-not-proven": ({"answer_by": date(2026, 3, 19)}, {"answered_as_categories": True}),
    "extension": ({"reason": REASON, "new_date": date(2026, 6, 5)},),
    "access-answer": ({"attachments": ("your-data.json", "your-data.pdf"), "information": INFORMATION},),
    "portability-answer": ({"attachments": ("your-data.json", "your-orders.csv")},),
    "know-categories-answer": ({"categories": CATEGORIES},),
    "erasure-done": ({"kept": KEPT, "recipients": RECIPIENTS}, {}),
    "rectification-done": ({"corrected": ("your postal address", "the spelling of your name"), "recipients": RECIPIENTS},),
    "restriction-done": ({"recipients": RECIPIENTS},),
    "objection-refused": ({"reason": "We need the record of this order to defend ourselves in a lawsuit that is under way."},),
    "automated-decision-reviewed": ({"finding": "The decision has been changed, and your order is accepted."},),
    "shine-the-light-list": ({"calendar_year": 2025, "categories": CATEGORIES, "recipients": RECIPIENTS}, {"calendar_year": 2025}),
    "appi-disclosure": ({"attachments": ("your-data.pdf",), "information": INFORMATION[:1]},),
    "appi-stop-use": ({"measures": ("The use of your data for our newsletter has stopped.",), "kept": KEPT},),
    "refusal": REFUSALS,
    "fee-announced": ({"fee": "JPY 1,000", "reason": "This is the actual cost of retrieving the records from the archive."},),
    "complaint-received": (CONTACTS, {}),
    "complaint-answered": ({"finding": FINDING, "measures": MEASURES, **CONTACTS}, {"finding": FINDING}),
    "agent-paperwork": ({"answer_by": date(2026, 3, 19)},),
    "agent-confirmation": ({**CODE, "agent_name": "Consent Harbour Agents"}, CODE),
    "not-our-controller": ({}, {"other_controller": "Meadow Prints, privacy@meadow-prints.example"}),
    "recipients-told": ({"person": ("Mina Okafor, 12 Old Mill Lane, Exampleton",), "corrected": ("Street: 12 Old Mill Lane",)},),
}  # fmt: skip
"""What each sample says; a letter may have several, one for each way it can turn out."""


def sample_context(language: str, letter: str) -> LetterContext:
    """A person of an invented name, and all this letter needs. Raises UnknownLetter."""
    return samples(letter, language)[0]


def samples(letter: str, language: str) -> list[LetterContext]:
    """One context for each way this letter can turn out. Raises UnknownLetter."""
    kind_of(letter)
    plain = LetterContext(
        reference="LUMEN-4F7K-22QD",
        controller_name="Lumen Atelier",
        contact=CONTACT,
        requester_name=NAMES.get(language, "Mina Okafor"),
        requests=REQUESTS.get(letter, (GDPR_ACCESS, GDPR_ERASURE)),
        received=RECEIVED,
    )
    return [replace(plain, **values) for values in VALUES.get(letter, ({},))]


def invented_values(letter: str) -> dict[str, Any]:
    """What a letter needs beside the requests it speaks of. Raises UnknownLetter."""
    kind_of(letter)
    first = VALUES.get(letter, ({},))[0]
    return {field: value for field, value in first.items() if field not in ("requests", "sender_unconfirmed")}
