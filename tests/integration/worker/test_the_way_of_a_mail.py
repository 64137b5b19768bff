"""From a mailbox to a letter, on real servers: every room at once."""

from __future__ import annotations

import json
import re
import threading
from datetime import timedelta

import pytest

from privbot.casework.challenge import ALPHABET
from privbot.errors import FaultOfWorld
from privbot.letters import outbox
from privbot.records import audit, queue, status
from privbot.records.models import AuditEvent, Challenge, IncomingMail, Letter, Request, Review, Ticket
from privbot.worker import desk, understanding
from privbot.worker.office import Office
from privbot.worker.once import poll_once
from tests.on_disk import bytes_of

ACCESS = """Return-Path: <mel@ortega.example>
From: Mel Ortega <mel@ortega.example>
To: customer-lumen@harbour.example
Reply-To: trap@elsewhere.example
Subject: my data
Message-ID: <1@ortega.example>
Content-Type: text/plain; charset=utf-8

Dear Sir or Madam,

I hereby request access to my personal data under Article 15 GDPR. Please send me a copy.

Mel Ortega
"""


def raw(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


@pytest.fixture
def office(config, clock):
    made = Office(config, clock)
    yield made
    made.close()


@pytest.fixture
def arrive(imap, office):
    """Delivers mails and lets the whole service work once."""

    def work(*texts: str):
        for text in texts:
            imap.deliver(raw(text))
        return poll_once(office)

    return work


def reply_to(letter, text: str, sender: str = "mel@ortega.example") -> str:
    return (
        f"Return-Path: <{sender}>\nFrom: Mel Ortega <{sender}>\nTo: customer-lumen@harbour.example\nSubject: Re: my data\n"
        f"Message-ID: <{abs(hash(text))}@ortega.example>\nIn-Reply-To: {letter['Message-ID']}\nReferences: {letter['Message-ID']}\n\n{text}\n"
    )


def code_in(letter) -> str:
    """The code stands on a line of its own; a reference is longer."""
    text = letter.get_body(("plain",)).get_content()
    return re.search(rf"(?<![-{ALPHABET}])[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}(?![-{ALPHABET}])", text)[0]


def test_a_request_becomes_a_ticket_with_dates_and_an_acknowledgment(arrive, sink, config):
    result = arrive(ACCESS)
    assert (result.handled, result.sent, result.faults) == (1, 1, [])
    ticket = Ticket.objects.get()
    request = Request.objects.get()
    assert (ticket.controller, request.regime, request.right) == ("lumen", "gdpr", "access")
    assert request.respond_by == min(request.statute, request.promise)
    [letter] = sink.received
    # never to Reply-To
    assert letter.recipients == ["mel@ortega.example"]
    words = letter.message.get_body(("plain",)).get_content()
    assert ticket.reference in words
    assert "hereby request access" not in words  # the mail is not quoted


def test_the_right_code_proves_the_mailbox_and_closes_the_challenge(arrive, sink):
    arrive(ACCESS)  # not authenticated: under the GDPR that is the doubt
    code = code_in(sink.received[0].message)
    arrive(reply_to(sink.received[0].message, f"here it is: {code}"))
    assert Challenge.objects.get().state == "proven"
    assert Request.objects.get().mailbox_proven_at is not None
    assert Ticket.objects.count() == 1 and len(sink.received) == 1


def test_a_wrong_code_proves_nothing_and_is_shown(arrive, sink):
    arrive(ACCESS)
    arrive(reply_to(sink.received[0].message, "here it is: 2222-2222"))
    assert Challenge.objects.get().attempts == 1
    assert Request.objects.get().mailbox_proven_at is None
    assert "wrong-code" in Review.objects.get().codes


def test_a_reply_from_another_sender_is_held_and_nothing_goes_out(arrive, sink):
    arrive(ACCESS)
    code = code_in(sink.received[0].message)
    arrive(reply_to(sink.received[0].message, f"here it is: {code}", sender="thief@elsewhere.example"))
    assert "new-sender-on-ticket" in Review.objects.get().codes
    assert Request.objects.get().mailbox_proven_at is None and len(sink.received) == 1


def test_a_forged_token_joins_no_ticket(arrive, sink):
    arrive(ACCESS)
    reference = Ticket.objects.get().reference.lower()
    forged = {"Message-ID": f"<{reference}.abcdef123456.{'a' * 26}@harbour.example>"}
    arrive(reply_to(forged, "what about it?", sender="thief@elsewhere.example"))
    assert Ticket.objects.get().mails.count() == 1


def test_the_same_mail_in_two_deliveries_is_one_request_and_one_letter(arrive, sink):
    arrive(ACCESS, "Received: by another.example\n" + ACCESS.replace("Return-Path: <mel@ortega.example>\n", ""))
    assert Ticket.objects.count() == Request.objects.count() == len(sink.received) == 1
    assert IncomingMail.objects.filter(outcome_code="duplicate").count() == 1


def test_in_observe_mode_letters_are_only_drafted_and_an_operator_sends_them(arrive, sink, config, office):
    office.config = config.model_copy(
        update={"controller": tuple(one.model_copy(update={"mode": "observe"}) for one in config.controller)}
    )
    arrive(ACCESS)
    assert not sink.received
    letter = Letter.objects.get(state="draft")
    desk.approve(office, letter.id, actor="ada")
    assert office.delivery.deliver() == 1
    assert AuditEvent.objects.get(action="letter approved").actor == "ada"


def test_backlog_gets_a_ticket_with_its_true_date_and_no_letter(imap, office, sink, config, clock):
    from imapclient import IMAPClient

    office.config = config.model_copy(
        update={"mailbox": (config.mailbox[0].model_copy(update={"go_live": clock.now - timedelta(days=1)}),)}
    )
    with IMAPClient("127.0.0.1", port=imap.port, ssl=False) as client:
        client.login(imap.user, imap.password)
        client.append("INBOX", raw(ACCESS), msg_time=clock.now - timedelta(days=200))
    poll_once(office)
    assert Ticket.objects.get().backlog
    assert Request.objects.get().respond_by < clock.now.date()
    assert not Letter.objects.exists()
    assert status.health(config, clock.now).overdue == 1


def test_an_operator_decides_a_review_and_the_dates_count_from_true_receipt(arrive, sink, office, clock):
    forged = "Authentication-Results: mx.harbour.example; dmarc=fail header.from=ortega.example\n" + ACCESS
    arrive("Received: from x by mx.harbour.example; Fri, 20 Nov 2026 10:00:00 +0000\n" + forged)
    assert not sink.received
    review = Review.objects.get()
    assert "forged-sender" in review.codes
    clock.advance(days=5)
    handled = desk.open_request(office, review.id, ["access", "erasure"], regime="ccpa", actor="ada")
    assert {request.right for request in Request.objects.all()} == {"know-specific", "erasure"}
    assert Request.objects.first().received_at == IncomingMail.objects.get().received_at
    assert handled.reference == Ticket.objects.get().reference
    with pytest.raises(Exception, match="decided already"):
        desk.ignore(office, review.id, "spam", actor="ada")


def test_a_mail_that_breaks_a_stage_is_tried_three_times_quarantined_and_retried_by_command(arrive, office, monkeypatch):
    poison = ACCESS.replace("my data", "poison").replace("<1@", "<2@")

    def breaks(raw, *, settings):
        mail = parse(raw, settings=settings)
        if mail.subject == "poison":
            raise ValueError("Mel Ortega said something unspeakable")
        return mail

    parse = understanding.parse
    with monkeypatch.context() as patch:
        patch.setattr(understanding, "parse", breaks)
        arrive(poison, ACCESS)
        assert Ticket.objects.count() == 1  # it stops nobody else
        assert queue.quarantined() == []
        poll_once(office)
        poll_once(office)
    [row] = queue.quarantined()
    assert "ValueError" in row["fault"] and "Ortega" not in row["fault"]
    desk.retry(office, row["mail"], actor="ada")
    poll_once(office)
    assert queue.quarantined() == [] and IncomingMail.objects.filter(state="handled").count() == 2


def test_a_fault_of_the_world_is_not_the_mails_fault(arrive, imap, office, monkeypatch):
    imap.deliver(raw(ACCESS))

    def no_disk(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(understanding, "parse", no_disk)
        with pytest.raises(OSError):
            poll_once(office)
    assert IncomingMail.objects.get().tries == 0
    poll_once(office)
    assert Ticket.objects.count() == 1


def test_handling_is_all_or_nothing(arrive, imap, office, sink, monkeypatch):
    """Interrupted after the ticket was written and before the letter was: nothing of it stays, and the next try does it whole."""
    imap.deliver(raw(ACCESS))

    def broken(*_args, **_kwargs):
        raise FaultOfWorld

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "put", broken)
        with pytest.raises(FaultOfWorld):
            poll_once(office)
    assert not Ticket.objects.exists() and not AuditEvent.objects.filter(action="ticket opened").exists()
    poll_once(office)
    assert Ticket.objects.count() == len(sink.received) == 1


def test_two_workers_on_one_database_open_one_ticket(arrive, imap, config, clock, sink):
    from django.db import connections

    for number in range(20):
        imap.deliver(raw(ACCESS.replace("<1@", f"<{number}@").replace("mel@", f"mel{number}@")))
    offices = [Office(config, clock) for _ in range(2)]
    offices[0].pollers["privacy"].poll()

    def handle(office: Office) -> None:
        office.pipeline.handle_kept("privacy")
        office.delivery.deliver()
        connections.close_all()

    threads = [threading.Thread(target=handle, args=(office,)) for office in offices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for office in offices:
        office.close()
    assert Ticket.objects.count() == 20
    assert sorted(one.recipients for one in sink.received) == sorted([f"mel{number}@ortega.example"] for number in range(20))


def test_the_audit_trail_tells_what_happened_and_notices_tampering(arrive):
    arrive(ACCESS)
    actions = list(AuditEvent.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["ticket opened", "request added", "letter queued", "request ask-identity", "letter sent"]
    assert audit.first_break() is None
    second = AuditEvent.objects.order_by("id")[1]
    AuditEvent.objects.filter(id=second.id).update(data={**second.data, "respond_by": "2030-01-01"})
    assert audit.first_break() == second.id


def test_an_event_taken_out_is_noticed(arrive):
    arrive(ACCESS)
    gone = AuditEvent.objects.order_by("id")[1]
    following = AuditEvent.objects.filter(id__gt=gone.id).order_by("id").first()
    gone.delete()
    assert audit.first_break() == following.id


def test_nothing_personal_stands_in_clear_in_the_database_or_the_log(arrive, config, capfd):
    from privbot import logs

    logs.to_standard_error()
    arrive(ACCESS, ACCESS.replace("<1@", "<9@").replace("mel@", "mél@"))
    said = capfd.readouterr()
    from django.db import connection, connections

    if connection.vendor == "sqlite":
        for one in connections.all():
            with one.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        stored = bytes_of(config.folder.glob("*.db*"))
    else:
        stored = json.dumps(
            [str(list(model.objects.values())) for model in (IncomingMail, Ticket, Letter, Review, AuditEvent)]
        ).encode()
    for personal in ("ortega", "Mel", "hereby request", "my data"):
        assert personal.encode() not in stored, personal
        assert personal not in said.err + said.out, personal


def test_a_destroyed_key_makes_a_ticket_unreadable(arrive, office, clock):
    from privbot.records import cases
    from privbot.records.sealing import KeyDestroyed

    arrive(ACCESS)
    ticket = Ticket.objects.get()
    assert cases.requester_of(ticket, office.seals).address == "mel@ortega.example"
    office.seals.destroy([ticket.key], clock.now)
    with pytest.raises(KeyDestroyed):
        cases.requester_of(ticket, office.seals)


def test_over_a_cap_a_ticket_is_opened_and_no_more_letters_leave(arrive, sink, config, office):
    office.config = config.model_copy(update={"limits": config.limits.model_copy(update={"per_address": 1})})
    arrive(
        ACCESS,
        ACCESS.replace("<1@", "<2@")
        .replace("access to", "erasure of")
        .replace("Article 15", "Article 17")
        .replace("Please send me a copy.", ""),
    )
    assert Ticket.objects.count() == 2 and len(sink.received) == 1
    assert Review.objects.get().codes == ["over-limit"]
    desk.approve(office, Letter.objects.get(state="draft").id, actor="ada")
    assert office.delivery.deliver() == 1


BOUNCE = """Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@ortega.example>
To: customer-lumen@harbour.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <bounce@ortega.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

The mail could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; ortega.example

Final-Recipient: rfc822; mel@ortega.example
Action: failed
Status: 5.1.1
--b
Content-Type: text/rfc822-headers

Message-ID: {identifier}
Subject: We have received your privacy request
--b--
"""


def test_a_bounce_of_our_letter_is_shown_on_its_ticket(arrive, sink):
    arrive(ACCESS)
    arrive(BOUNCE.format(identifier=sink.received[0].message["Message-ID"]))
    review = Review.objects.get()
    assert review.codes == ["undeliverable"] and review.ticket == Ticket.objects.get()
    assert len(sink.received) == 1


def test_an_operator_may_close_a_question_about_a_mail_without_touching_its_ticket(arrive, sink, office):
    arrive(ACCESS)
    arrive(BOUNCE.format(identifier=sink.received[0].message["Message-ID"]))
    desk.ignore(office, Review.objects.get().id, "noted", actor="ada")
    assert IncomingMail.objects.exclude(ticket=None).count() == 2 and not Review.objects.filter(decided_at=None).exists()
