"""A database as years of work leave it: tickets, mails, requests, reviews and letters by the thousand, sealed and indexed like real ones."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from privbot.records.sealing import Seals

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CONTROLLERS = ("lumen", "tidal")
CATEGORIES = ("access", "deletion", "correction", "opt-out", "complaint")
RIGHTS = {
    "access": "access",
    "deletion": "erasure",
    "correction": "rectification",
    "opt-out": "objection",
    "complaint": "complaint",
}
LANGUAGES = ("en", "de", "fr", "ja")
CODES = ("unsure", "forged-sender", "new-sender-on-ticket", "agent", "follow-up")
WORDS = (
    "please", "delete", "copy", "data", "account", "order", "parcel", "address", "invoice", "newsletter", "customer", "number",
    "letter", "answer", "month", "privacy", "request", "hold", "send", "about", "shop", "phone", "return", "refund", "lawyer",
    "authority", "consent", "profile", "card", "delivery", "shoes", "mask", "lamp", "tent", "boat", "cycle",
)  # fmt: skip
OPEN_SHARE = 0.6
"""Of the tickets with an active request; every fifth has a review besides, and every fourth a letter that waits."""
BATCH = 400  # their keys stay at hand


def populate(count: int, seals: Seals) -> None:
    """`count` tickets of two controllers."""
    from privbot.records.models import Folder

    Folder.objects.create(mailbox="earlier", name="INBOX")
    for start in range(0, count, BATCH):
        _tickets(range(start, min(count, start + BATCH)), seals)


def name_of(number: int) -> str:
    """Two words; the second is shared by a hundred people."""
    return f"Person{number} Family{number % 97}"


def address_of(number: int) -> str:
    return f"person{number}@stranger{number % 1009}.example"


def _tickets(numbers: range, seals: Seals) -> None:
    from django.db import connection, transaction

    from privbot.records import search
    from privbot.records.models import NO_DATE, AuditEvent, IncomingMail, Letter, Request, Review, Ticket

    dice = random.Random(numbers.start)  # noqa: S311 – a filler, no secret
    seals.reserve(2 * len(numbers))
    tickets, mails, texts = [], [], []
    for number in numbers:
        controller, language = CONTROLLERS[number % 2], LANGUAGES[number % 4]
        sender = seals.index("address", address_of(number))
        received = NOW - timedelta(days=number % 60)
        key = seals.new_key()
        requester = {"name": name_of(number), "address": address_of(number), "details": {}}
        tickets.append(
            Ticket(
                reference=f"{controller[:3].upper()}-{number // 10000:04}-{number % 10000:04}", controller=controller, opened_at=received,
                language=language, last_contact=received, sender_index=sender, key=key,
                sealed_requester=seals.seal(key, "requester", json.dumps(requester).encode()),
            )
        )  # fmt: skip
        text = " ".join(dice.choices(WORDS, k=60)) + f" reference{number}"
        texts.append(text)
        key = seals.new_key()
        mails.append(
            IncomingMail(
                mailbox="earlier", sha256=f"{number:064x}", received_at=received, kept_at=received, handled_at=received, size=3000,
                state="handled", outcome="ticket", controller=controller, language=language, origin="human", sender_index=sender,
                likeness_index=f"{number:032x}", key=key, searchable=True,
                sealed_raw=seals.seal(key, "raw mail", _raw(number, controller, text)),
                sealed_reading=seals.seal(key, "reading", json.dumps(_reading(number, language)).encode()),
            )
        )  # fmt: skip
    Ticket.objects.bulk_create(tickets)
    for mail, ticket in zip(mails, tickets, strict=True):
        mail.ticket = ticket
    IncomingMail.objects.bulk_create(mails)
    requests, reviews, letters, terms, events = [], [], [], [], []
    for number, ticket, mail, text in zip(numbers, tickets, mails, texts, strict=True):
        category = CATEGORIES[number % 5]
        due = (mail.received_at + timedelta(days=30)).date()
        is_open = number % 10 < OPEN_SHARE * 10
        requests.append(
            Request(
                ticket=ticket, mail=mail, controller=ticket.controller, person_index=ticket.sender_index, regime="gdpr", right=RIGHTS[category],
                category=category, owner=("unassigned", "Mika", "Noor")[number % 3], received_at=mail.received_at, statute=due, respond_by=due,
                alarm=due - timedelta(days=7), extend_by=due, verification="on-doubt", state="open" if is_open else "fulfilled",
                closed_at=None if is_open else NOW,
            )
        )  # fmt: skip
        if number % 5 == 0:
            reviews.append(
                Review(
                    mail=mail, ticket=ticket, controller=ticket.controller, codes=[CODES[number % 4]], due=due, urgent=number % 500 == 0,
                    opened_at=mail.received_at, categories={category: 0.71, "other": 0.2},
                )
            )  # fmt: skip
        waits = number % 4 == 0
        letters.append(
            Letter(
                ticket=ticket, cause=mail, controller=ticket.controller, name="acknowledgment", language="en", created_at=mail.received_at,
                state="draft" if waits else "sent", due=due if waits else NO_DATE, next_try_at=mail.received_at,
                message_id=f"<{number}@earlier.example>", recipient_index=ticket.sender_index, domain_index=f"{number:032x}", copied=True,
                sealed=seals.seal(ticket.key, "letter", _letter(number)),
            )
        )  # fmt: skip
        words = dict.fromkeys(word for part in (name_of(number), address_of(number), text) for word in search.words_of(part))
        terms += [(term, mail.id, None) for term in seals.terms(mail.controller, words)]
        names = dict.fromkeys(word for part in (name_of(number), address_of(number)) for word in search.words_of(part))
        terms += [(term, None, ticket.id) for term in seals.terms(ticket.controller, names)]
        events.append(
            AuditEvent(
                at=mail.received_at, actor="privbot", action="ticket opened", subject=f"ticket:{ticket.reference}", previous="",
                hash=f"{number:064x}",
            )
        )  # fmt: skip
    for rows in (requests, reviews, letters, events):
        type(rows[0]).objects.bulk_create(rows)
    with connection.cursor() as cursor, transaction.atomic():
        cursor.executemany("INSERT INTO records_searchterm (term, mail_id, ticket_id) VALUES (%s, %s, %s)", terms)


def _raw(number: int, controller: str, text: str) -> bytes:
    lines = (
        f"From: {name_of(number)} <{address_of(number)}>",
        f"To: customer-{controller}@harbour.example",
        "Subject: My data",
        f"Message-ID: <{number}@stranger.example>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "",
        text,
    )
    return "\r\n".join(lines).encode()


def _reading(number: int, language: str) -> dict[str, object]:
    category = CATEGORIES[number % 5]
    return {
        "id": str(number), "language": language, "categories": {category: 0.71, "other": 0.2}, "decided": [category],
        "rights": {RIGHTS[category]: 0.71}, "decided_rights": [RIGHTS[category]], "review": False, "review_codes": [], "reasons": [],
        "regime": "gdpr", "regimes": [{"regime": "gdpr", "confidence": 0.9, "reasons": []}],
        "requester": {"name": name_of(number), "emails": [address_of(number)], "sources": []}, "kind": None, "agent": None, "principals": [],
        "guardian": None, "minor": False, "oral": False, "deadline": None, "codes": [], "enclosures": [], "evidence": [], "model": "crowd",
    }  # fmt: skip


def _letter(number: int) -> bytes:
    told = {
        "sender": "customer-lumen@harbour.example", "recipient": address_of(number), "subject": "We received your request",
        "text": f"Dear {name_of(number)},\n\nwe received your request.", "attachments": [],
    }  # fmt: skip
    return json.dumps(told).encode() + b"\0From: customer-lumen@harbour.example\r\n\r\nDear"
