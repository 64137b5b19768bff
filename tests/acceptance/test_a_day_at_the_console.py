"""A day at the console in real Chromium: an operator signs in with a second factor, triages twenty mails without a mouse, corrects a label, sends a
letter that arrives, extends a request and takes out a report."""

from __future__ import annotations

import email
import email.policy
import time
from typing import Any

import pytest

from privbot.records.models import Letter, Request, Review, Ticket
from privbot.worker.once import poll_once
from tests.at_the_console import PASSWORD

ASKS = (
    # The key of its category, and what the mail says.
    ("1", "I hereby request access to my personal data under Article 15 GDPR."),
    ("2", "Please erase all personal data you hold about me (Art. 17 GDPR)."),
    ("3", "My surname is spelt wrongly in your records. Please correct it under Article 16 GDPR."),
    ("4", "I object to the processing of my data for direct marketing under Article 21 GDPR."),
    ("6", "I complain about how my request of last spring was handled; my rights under the GDPR were not respected."),
    ("7", "Where can I see which size of the mask fits? The page with the table does not open."),
)
MAILS = 20
HELD = """Return-Path: <person{n}@orchard.example>
Received: from a.example by mx.harbour.example; Fri, 20 Nov 2026 10:00:{n:02} +0000
Authentication-Results: mx.harbour.example; dmarc=fail header.from=orchard.example
From: Person {name} <person{n}@orchard.example>
To: customer-lumen@harbour.example
Subject: number {n}
Message-ID: <{n}@orchard.example>

{asks}

Person {name}
"""
"""Our mail server disowns its sender, so that each is put before an operator."""


@pytest.fixture
def twenty_mails(imap: Any, console_office: Any) -> None:
    for n in range(MAILS):
        asks = ASKS[n % len(ASKS)][1]
        imap.deliver(HELD.format(n=n, name="ABCDEFGHIJKLMNOPQRST"[n], asks=asks).replace("\n", "\r\n").encode())
    poll_once(console_office)
    assert Review.objects.filter(decided_at=None).count() == MAILS


def sign_in_with_a_code(page: Any, user: Any) -> None:
    from allauth.mfa.totp.internal import auth as totp

    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    page.goto("/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/2fa/authenticate/**")
    page.locator("input[name=code]").first.fill(totp.format_hotp_value(totp.hotp_value(secret, int(time.time() // 30))))
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue")


def words_of(raw: bytes) -> str:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    return message.get_body(("plain",)).get_content()


def triage_by_keys(page: Any) -> None:
    """The first row is highlighted by j; after each decision the next one is."""
    page.keyboard.press("j")
    for _ in range(MAILS):
        row = page.locator("tr.here")
        review = Review.objects.select_related("mail").get(id=int(row.get_attribute("id").removeprefix("review-")))
        number = MAILS - Review.objects.filter(decided_at=None).count()
        page.keyboard.press(ASKS[(review.id - Review.objects.order_by("id").first().id) % len(ASKS)][0])
        page.locator("dialog#panel[open] button[autofocus]").wait_for()
        page.keyboard.press("Enter")
        page.locator(f"#review-{review.id}").wait_for(state="detached")
        page.locator("dialog#panel").wait_for(state="hidden")
        assert MAILS - Review.objects.filter(decided_at=None).count() == number + 1


def test_a_day_from_sign_in_to_report(twenty_mails, console_office, clock, sink, person, page):
    lead = person("lead", name="Mika Lead")
    sign_in_with_a_code(page, lead)

    page.goto("/queue?kind=review")
    triage_by_keys(page)
    assert not Review.objects.filter(decided_at=None).exists()
    opened = list(Request.objects.values_list("category", flat=True))
    assert len(opened) == 17 and set(opened) == {"access", "deletion", "correction", "opt-out", "complaint"}

    # A label is corrected: what was taken for an access is also a question of portability.
    ticket = Ticket.objects.filter(requests__right="access").order_by("id").first()
    page.goto(f"/ticket/{ticket.reference}")
    relabel = page.locator("#relabel")
    relabel.locator("xpath=..").locator("summary").click()
    relabel.get_by_label("Portability").check()
    relabel.get_by_role("button").click()
    page.get_by_role("status").get_by_text("Done").wait_for()
    assert sorted(ticket.requests.filter(state__in=Request.ACTIVE).values_list("right", flat=True)) == ["access", "portability"]

    # A draft is approved from the queue, and arrives once the ten seconds in which it can be undone are over.
    from privbot.worker import steps
    from privbot.worker.acting import By

    asked = steps.ask(console_office, ticket.reference, "Which of your accounts do you mean?", by=By("Mika Lead"), right="access")
    Letter.objects.filter(id=asked.letter.id).update(state="draft")
    page.goto("/queue?kind=letter")
    page.locator(f"#letter-{asked.letter.id} [data-row]").focus()
    page.keyboard.press("a")
    page.locator("dialog#panel[open] button[autofocus]").wait_for()
    page.keyboard.press("Enter")
    page.locator(f"#letter-{asked.letter.id}").wait_for(state="detached")
    before = sink.count
    console_office.delivery.deliver()
    assert sink.count == before, "it leaves only after ten seconds"
    clock.advance(seconds=11)
    console_office.delivery.deliver()
    assert any("Which of your accounts do you mean?" in words_of(one.raw) for one in sink.received[before:])

    # A request is extended, with the reason that the law asks for.
    other = Ticket.objects.filter(requests__right="erasure").order_by("id").first()
    due = other.requests.get().respond_by
    page.goto(f"/ticket/{other.reference}")
    extend = page.locator("#step-extend")
    extend.locator("xpath=..").locator("summary").click()
    extend.get_by_label("Why the answer takes longer").fill("Your data lie in several systems that must be searched one by one.")
    # The letter is looked at first; the step is taken from there.
    extend.get_by_role("button", name="Look at the letter first").click()
    page.get_by_role("heading", name="The letter that would leave").wait_for()
    page.get_by_role("button", name="Extend the time").click()
    page.get_by_role("status").get_by_text("Done").wait_for()
    assert other.requests.get().respond_by > due

    # A report is taken out.
    page.goto("/reports?first=2026-11-01&last=2026-11-30&by=week&controller=")
    with page.expect_download() as download:
        page.locator("button[name=export][value='volume.csv']").click()
    assert "access" in download.value.path().read_text(encoding="utf-8")
