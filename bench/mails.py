"""Mails of about 3 KB from strangers, each its own person and text, made of the corpus's own request mails."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

CORPUS = Path("models/corpus")
SIZE = 3000


def strangers(count: int, *, first: int = 0) -> Iterator[bytes]:
    """`count` mails from person `first` on, everyone from another sender at another domain."""
    from privbot.reading.corpus import read

    shuffled = random.Random(first)  # noqa: S311 – a filler, no secret
    requests = [mail for mail in read(CORPUS / "train").mails if mail.categories != ("other",)]
    for number in range(first, first + count):
        mail = requests[number % len(requests)]
        body = f"{mail.body}\n\nReference for your files: {number}-{shuffled.randrange(10**9)}\n"
        filler = "".join(f"X-Filler-{line}: {'x' * 60}\r\n" for line in range(max(0, (SIZE - 900 - len(body.encode())) // 75)))
        head = (
            f"Return-Path: <person{number}@stranger{number}.example>\r\n"
            f"Received: from a.example by mx.harbour.example; Fri, 20 Nov 2026 10:00:00 +0000\r\n"
            f"Authentication-Results: mx.harbour.example; dmarc=pass header.from=stranger{number}.example\r\n"
            f"From: Person {number} <person{number}@stranger{number}.example>\r\nTo: customer-lumen@harbour.example\r\n"
            f"Subject: =?utf-8?q?{_word(mail.subject)}?=\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n"
            f"Message-ID: <{number}@stranger{number}.example>\r\n"
            f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n{filler}\r\n"
        )
        yield head.encode() + body.replace("\n", "\r\n").encode()


def _word(text: str) -> str:
    return "".join(f"={byte:02X}" for byte in text[:40].encode())
