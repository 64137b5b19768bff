"""Addresses, dates and trace, whatever a program made of them."""

from datetime import UTC, datetime

import pytest

from privbot.mail.model import Address, Defect, Mail
from privbot.mail.parse import ParseSettings, parse

SETTINGS = ParseSettings(trusted_hosts=("mx.harbour.example",))


def mail(*lines: str | bytes) -> Mail:
    encoded = [line if isinstance(line, bytes) else line.encode() for line in lines]
    return parse(b"\r\n".join([*encoded, b"", b"text"]), settings=SETTINGS)


@pytest.mark.parametrize(
    ("line", "sender"),
    [
        ("From: Mel Ortega <Mel@Ortega.EXAMPLE>", Address("Mel Ortega", "mel@ortega.example")),
        ("From: mel@ortega.example (Mel)", Address("Mel", "mel@ortega.example")),
        ('From: "Ortega, Mel" <mel@ortega.example>', Address("Ortega, Mel", "mel@ortega.example")),
        # encoded words in quotes, against RFC 2047 section 5, but common
        ('From: "=?utf-8?b?5L2Q5Lyv?=" <a@saeki.example>', Address("佐伯", "a@saeki.example")),
        ("From: =?utf-8?b?5L2Q5Ly=?= =?utf-8?b?rw==?= <a@saeki.example>", Address("佐伯", "a@saeki.example")),
        ("From: 佐伯 <a@saeki.example>".encode("iso2022_jp"), Address("佐伯", "a@saeki.example")),
        ("From: Sølvi <solvi@ærø.example>", Address("Sølvi", "solvi@ærø.example")),
        # an encoded word cannot bring in an address of its own
        ("From: =?utf-8?q?boss=40bank.example_=3Cboss=40bank.example=3E,?= <eve@evil.example>", None),
    ],
)
def test_sender(line: str | bytes, sender: Address | None) -> None:
    found = mail(line)
    if sender is None:
        assert [address.address for address in found.senders] == ["eve@evil.example"]
    else:
        assert found.senders == (sender,)


@pytest.mark.parametrize("lines", [("From: a@b.example, c@d.example",), ("From: a@b.example", "From: c@d.example")])
def test_several_senders(lines: tuple[str, ...]) -> None:
    found = mail(*lines)
    assert [address.address for address in found.senders] == ["a@b.example", "c@d.example"]
    assert Defect.SEVERAL_SENDERS in found.defects
    assert not found.origin.answerable


@pytest.mark.parametrize("line", ["Subject: none at all", "From:", "From: Mel Ortega", "From: undisclosed:;"])
def test_no_sender(line: str) -> None:
    found = mail(line)
    assert found.sender is None
    assert Defect.NO_SENDER in found.defects
    assert not found.origin.answerable


@pytest.mark.parametrize(
    ("value", "iso"),
    [
        ("Fri, 20 Nov 2026 10:41:17 +0100", "2026-11-20T10:41:17+01:00"),
        ("20 Nov 26 10:41 GMT", "2026-11-20T10:41:00+00:00"),
        ("Fri, 20 Nov 2026 10:41:17 -0000", "2026-11-20T10:41:17+00:00"),
        ("next Tuesday", None),
        ("Fri, 31 Nov 2026 10:41:17 +0100", None),
        ("Mon, 1 Jan 1601 00:00:00 +0000", None),
    ],
)
def test_date_keeps_the_zone_of_its_sender(value: str, iso: str | None) -> None:
    found = mail(f"Date: {value}")
    assert (found.date.isoformat() if found.date else None) == iso
    assert (Defect.BROKEN_DATE in found.defects) == (iso is None)


def test_received_is_from_the_topmost_line_of_a_trusted_host_only() -> None:
    found = mail(
        "Received: from mx.harbour.example by store.harbour.example with LMTP; Fri, 20 Nov 2026 12:00:03 +0000",
        "Received: from relay.example by mx.harbour.example with ESMTPS; Fri, 20 Nov 2026 13:00:02 +0100",
        "Received: from evil by mx.harbour.example with ESMTPS; Fri, 20 Nov 2020 12:00:02 +0000",
    )
    assert found.received == datetime(2026, 11, 20, 12, 0, 2, tzinfo=UTC)
    assert mail("Received: by other.example; Fri, 20 Nov 2026 12:00:02 +0000").received is None


def test_message_ids_keep_their_brackets_and_broken_ones_get_them() -> None:
    found = mail("Message-ID: <a@b.example>", "References: <1@x> junk <2@x>\r\n <1@x>", "In-Reply-To: your mail <2@x>")
    assert (found.message_id, found.references, found.in_reply_to) == ("<a@b.example>", ("<1@x>", "<2@x>"), ("<2@x>",))
    assert mail("Message-ID: a@b.example").message_id == "<a@b.example>"
    assert mail("Message-ID:").message_id is None


def test_delivered_to_gathers_all_the_addresses_the_mail_reached() -> None:
    found = mail(
        "Delivered-To: Privacy@harbour.example",
        "X-Original-To: <customer-lumen@harbour.example>",
        "Delivered-To: privacy@harbour.example",
    )
    assert found.delivered_to == ("privacy@harbour.example", "customer-lumen@harbour.example")


def test_a_body_that_begins_without_a_blank_line_is_not_lost() -> None:
    found = parse(b"From: a@b.example\nSubject: x\nPlease delete my data\nThank you\n", settings=SETTINGS)
    assert found.text == "Please delete my data\nThank you"
    assert Defect.BROKEN_HEADER in found.defects


def test_a_broken_header_line_does_not_end_the_headers() -> None:
    found = parse(b"From: a@b.example\ngarbage here\nContent-Type: text/plain; charset=utf-8\n\nf\xc3\xbcr", settings=SETTINGS)
    assert (found.text, found.sender) == ("für", Address("", "a@b.example"))
    assert Defect.BROKEN_HEADER in found.defects
