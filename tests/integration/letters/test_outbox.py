"""Letters on their way out, to a real SMTP server on loopback."""

from __future__ import annotations

import ssl
import threading
from base64 import b64encode
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from privbot.config import Secret
from privbot.errors import FaultOfWorld
from privbot.letters import outbox
from privbot.letters.model import Attachment
from privbot.letters.smtp import Carrier, SmtpRefused, SmtpUnreachable, Unfinished
from privbot.records.database import writing
from privbot.records.models import IncomingMail, Letter, Review, Ticket
from privbot.records.sealing import Seals
from privbot.testing.imap import PASSWORD, USER
from privbot.testing.processes import free_port
from privbot.testing.smtp import SmtpSink, any_password, smtp_sink
from privbot.worker.delivery import Delivery


@pytest.fixture
def seals(config):
    return Seals(config.master_key.read())


@pytest.fixture
def put(config, seals, clock):
    """Puts a letter into the outbox; returns its row."""

    def make(
        recipient: str = "mel@ortega.example", *, state: str = Letter.State.QUEUED, personal: bool = False,
        attachments: tuple[Attachment, ...] = (), unattended: bool = False,
    ) -> Letter:  # fmt: skip
        number = IncomingMail.objects.count()
        with writing():
            key = seals.new_key()
            mail = IncomingMail.objects.create(
                mailbox="privacy", sha256=f"{number:064}", received_at=clock(), kept_at=clock(), size=1, key=key, sealed_raw=b""
            )
            ticket = Ticket.objects.create(
                reference=f"LUM-AAAA-{number:04}", controller="lumen", opened_at=clock(), language="en", last_contact=clock(),
                sender_index="", key=key, sealed_requester=b"",
            )  # fmt: skip
            draft = outbox.Draft(
                "acknowledgment", "en", "Your request", "Dear Mel\n", "<p>Dear Mel</p>", "customer-lumen@harbour.example", "Lumen Masks LLC",
                recipient, "<1@ortega.example>", personal, attachments, unattended,
            )  # fmt: skip
            return outbox.put(draft, ticket, mail, state=state, copied=True, automatic=True, seals=seals, now=clock())[0]

    return make


@pytest.fixture
def delivery(config, seals, clock):
    def make(holder: str = "one", **smtp: object) -> Delivery:
        changed = config.model_copy(update={"smtp": config.smtp.model_copy(update=smtp)})
        return Delivery(changed, seals, holder, clock, threading.Event())

    return make


def states() -> list[str]:
    return list(Letter.objects.order_by("id").values_list("state", flat=True))


def test_a_letter_arrives_with_the_headers_an_automatic_answer_must_have(put, delivery, sink):
    letter = put(unattended=True)
    assert delivery().deliver() == 1
    [received] = sink.received
    message = received.message
    assert received.recipients == ["mel@ortega.example"]
    assert received.sender == "customer-lumen@harbour.example"
    assert message["Auto-Submitted"] == "auto-replied"  # RFC 3834, 3.1.7
    assert message["In-Reply-To"] == message["References"] == "<1@ortega.example>"
    assert message["Message-ID"] == letter.message_id
    assert message["To"] == "mel@ortega.example"
    assert {part.get_content_type() for part in message.walk()} == {"multipart/alternative", "text/plain", "text/html"}
    assert states() == [Letter.State.SENT]


def test_files_arrive_as_they_are_beside_text_and_html(put, delivery, sink, seals):
    data = b'{"name": "Mel"}\r\n.\r\n\x00\xff'
    letter = put(
        attachments=(
            Attachment("your-data.json", "application/json", data),
            Attachment("Ihre Übersicht.csv", "text/csv", b"a;b\n"),
        )
    )
    assert delivery().deliver() == 1
    message = sink.received[0].message
    assert message.get_content_type() == "multipart/mixed"
    body, first, second = message.get_payload()
    assert [part.get_content_type() for part in body.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert (first.get_filename(), first.get_content_type(), first.get_payload(decode=True)) == (
        "your-data.json",
        "application/json",
        data,
    )
    assert (second.get_filename(), second.get_payload(decode=True)) == ("Ihre Übersicht.csv", b"a;b\n")
    assert second["Content-Disposition"].startswith("attachment")
    assert outbox.words(letter, seals)["attachments"][0] == {
        "name": "your-data.json",
        "type": "application/json",
        "size": len(data),
    }


def test_a_file_is_sealed_with_the_letter(put, seals):
    data = b"Mel Ortega, 12 Old Mill Lane"
    letter = put(attachments=(Attachment("your-data.txt", "text/plain", data),))
    stored = bytes(Letter.objects.get(id=letter.id).sealed)
    assert data not in stored and b"your-data" not in stored
    assert b64encode(data) in outbox.envelope(letter, seals).message


def test_many_letters_leave_once_each(put, delivery, sink):
    letters = [put(f"person{number}@ortega.example") for number in range(45)]
    assert delivery().deliver() == 45
    assert delivery().deliver() == 0
    assert sorted(one.message["Message-ID"] for one in sink.received) == sorted(one.message_id for one in letters)


def test_a_draft_waits_for_its_operator(put, delivery, sink):
    put(state=Letter.State.DRAFT)
    assert delivery().deliver() == 0
    assert not sink.received


@pytest.mark.parametrize(
    ("answer", "state", "reviews"),
    [
        ("451 try later", Letter.State.QUEUED, 0),  # RFC 5321, 4.2.1: 4xx is tried again
        ("550 no such user", Letter.State.DEAD, 1),  # 5xx is final: a person's matter
    ],
)
def test_what_the_server_refuses_is_tried_again_or_shown(put, delivery, sink, answer, state, reviews):
    put("gone@ortega.example")
    put("here@ortega.example")
    sink.answers["gone@ortega.example"] = answer
    assert delivery().deliver() == 1
    assert states() == [state, Letter.State.SENT]
    assert Review.objects.count() == reviews


def test_a_postponed_letter_waits_longer_each_time_and_arrives_in_the_end(put, delivery, sink, clock):
    letter = put("late@ortega.example")
    sink.answers["late@ortega.example"] = "451 try later"
    waits = []
    for _ in range(4):
        delivery().deliver()
        letter.refresh_from_db()
        waits.append(letter.next_try_at - clock.now)
        clock.now = letter.next_try_at
    assert waits == sorted(waits) and waits[-1] > waits[0]
    sink.answers.clear()
    assert delivery().deliver() == 1


def test_after_five_days_of_4xx_an_operator_decides(put, delivery, sink, clock):
    letter = put("late@ortega.example")
    sink.answers["late@ortega.example"] = "451 try later"
    begun = clock.now
    while states() != [Letter.State.DEAD]:
        delivery().deliver()
        letter.refresh_from_db()
        clock.now = max(clock.now, letter.next_try_at)
    assert timedelta(days=5) < clock.now - begun < timedelta(days=7)


def test_a_letter_that_may_have_left_is_sent_again_twice_at_most(put, delivery, clock, monkeypatch):
    """A server that takes the letter and then never says so must not make us send it for ever."""
    put()
    tries = []

    def never_says_so(self, message, *, sender, recipient):
        tries.append(recipient)
        raise Unfinished

    monkeypatch.setattr(Carrier, "send", never_says_so)
    for _ in range(10):
        with suppress(FaultOfWorld):
            delivery().deliver()
        clock.advance(hours=3)
    assert len(tries) == outbox.MAX_DELIVERIES
    assert states() == [Letter.State.UNKNOWN]


def test_a_server_that_does_not_let_us_send_buries_no_letter(put, delivery, sink, monkeypatch):
    put()

    async def refuse(server, session, envelope, address, options):
        return "530 authentication required"

    sink.handle_MAIL = refuse
    with pytest.raises(SmtpRefused):
        delivery().deliver()
    assert states() == [Letter.State.QUEUED]


def test_an_address_outside_ascii_stands_as_it_is(put, delivery, sink):
    put("jürgen@büro.example")
    assert delivery().deliver() == 1
    assert "jürgen@büro.example".encode() in sink.received[0].raw


def test_a_dead_server_delays_and_loses_nothing(put, delivery, sink):
    put()
    with pytest.raises(SmtpUnreachable):
        delivery(port=free_port()).deliver()
    assert states() == [Letter.State.QUEUED]
    assert delivery().deliver() == 1


def test_a_worker_that_died_before_sending_gives_its_letters_back(put, delivery, sink, clock):
    put()
    outbox.claim("dead", limit=10, now=clock(), seconds=60)
    assert delivery().deliver() == 0
    clock.advance(minutes=2)
    assert delivery().deliver() == 1
    assert Letter.objects.get().deliveries == 1


def test_killed_between_data_and_250_an_acknowledgment_is_sent_again_with_the_same_message_id(put, delivery, sink, clock):
    letter = put()
    [claimed] = outbox.claim("dead", limit=10, now=clock(), seconds=60)
    assert outbox.begin(claimed, "dead", now=clock(), seconds=60)
    clock.advance(minutes=2)
    assert delivery().deliver() == 1
    assert sink.received[0].message["Message-ID"] == letter.message_id
    assert Letter.objects.get().deliveries == 2  # and shown as such


def test_killed_between_data_and_250_a_letter_with_personal_data_waits_for_an_operator(put, delivery, sink, clock):
    put(personal=True)
    [claimed] = outbox.claim("dead", limit=10, now=clock(), seconds=60)
    outbox.begin(claimed, "dead", now=clock(), seconds=60)
    clock.advance(minutes=2)
    assert delivery().deliver() == 0
    assert states() == [Letter.State.UNKNOWN]


def test_a_worker_whose_claim_ran_out_must_not_begin(put, clock):
    put()
    [claimed] = outbox.claim("frozen", limit=10, now=clock(), seconds=60)
    clock.advance(minutes=2)
    assert not outbox.begin(claimed, "frozen", now=clock(), seconds=60)


def test_a_connection_that_breaks_after_data_leaves_the_letter_unknown_then_sent(put, delivery, clock, monkeypatch):
    put()

    def broken(self, message, *, sender, recipient):
        raise Unfinished

    with monkeypatch.context() as patch:
        patch.setattr(Carrier, "send", broken)
        with pytest.raises(FaultOfWorld):
            delivery().deliver()
    assert states() == [Letter.State.UNKNOWN]
    assert delivery().deliver() == 1


def test_a_token_in_our_message_id_cannot_be_made_by_others(put, seals):
    from privbot.casework.thread import MESSAGE_ID

    match = MESSAGE_ID.match(put().message_id)
    reference, nonce, token = match[1].upper(), match[2], match[3]
    assert seals.token_is_ours(f"{reference}\0{nonce}", token)
    assert not seals.token_is_ours(f"LUM-BBBB-CCCC\0{nonce}", token)


@pytest.fixture
def certificates(imap):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(imap.folder / "server.pem", imap.folder / "server.key")
    return context


def test_letters_leave_over_starttls_with_a_login(put, delivery, imap, certificates):
    put()
    with smtp_sink(
        SmtpSink(), tls_context=certificates, require_starttls=True, authenticator=any_password, auth_required=True
    ) as server:
        secure = {
            "host": "localhost", "port": server.port, "security": "starttls", "ca_file": imap.ca_file,
            "user": USER, "password": Secret(value=PASSWORD)
        }  # fmt: skip
        assert delivery(**secure).deliver() == 1
        assert len(server.received) == 1
        put()
        for change in ({"password": Secret(value="wrong")}, {"ca_file": None}):
            with pytest.raises(SmtpRefused):
                delivery(**secure | change).deliver()


def test_a_server_without_starttls_gets_neither_password_nor_letter(put, delivery, sink):
    put()
    with pytest.raises(SmtpRefused):
        delivery(host="localhost", port=sink.port, security="starttls").deliver()
    assert not sink.received


def test_a_copy_lies_in_the_sent_folder(put, config, seals, clock, imap):
    from imapclient import IMAPClient

    letter = put()
    Letter.objects.filter(id=letter.id).update(state=Letter.State.SENT, copied=False, sent_at=datetime(2026, 11, 20, tzinfo=UTC))
    mailbox = config.mailbox[0].model_copy(update={"sent_folder": "Sent"})
    copying = Delivery(config.model_copy(update={"mailbox": (mailbox,)}), seals, "one", clock, threading.Event())
    assert copying.copy_to_sent() == 1
    assert copying.copy_to_sent() == 0
    with IMAPClient("127.0.0.1", port=imap.port, ssl=False) as client:
        client.login(imap.user, imap.password)
        assert client.select_folder("Sent")[b"EXISTS"] == 1
