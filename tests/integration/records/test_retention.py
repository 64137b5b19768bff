"""How long things are kept, and deletion that is real."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from django.apps import apps
from django.db import connection

from privbot.records import audit, cases, corrections, erasure, queue, retention
from privbot.records.cases import AlreadyErased, AnotherController
from privbot.records.models import AuditEvent, Challenge, Correction, DataKey, IncomingMail, Letter, Request, Review, Ticket
from privbot.records.retention import NotOnHold, OnHold, ReasonNotAWord, StillOnItsWay, StillOpen
from privbot.records.sealing import KeyDestroyed
from privbot.worker import desk, steps
from privbot.worker.acting import By
from privbot.worker.office import Office
from privbot.worker.once import poll_once
from tests.on_disk import bytes_of

ACCESS = """Return-Path: <mel@ortega.example>
From: Mel Ortega <mel@ortega.example>
To: customer-lumen@harbour.example
Subject: my data
Message-ID: <1@ortega.example>

Dear Sir or Madam,

I hereby request access to my personal data under Article 15 GDPR. Please send me a copy.

Mel Ortega
"""
OFFER = """Return-Path: <sales@brisk.example>
From: Brisk Sales <sales@brisk.example>
To: customer-lumen@harbour.example
Subject: An offer
Auto-Submitted: auto-generated
Message-ID: <9@brisk.example>

Our autumn catalogue is here.
"""
SEVEN_YEARS_ON = datetime(2033, 11, 21, 12, tzinfo=UTC)
"""The clock of the tests stands at 20 November 2026."""


@pytest.fixture
def office(config, clock):
    made = Office(config, clock)
    yield made
    made.close()


@pytest.fixture
def ticket(imap, office):
    """Mel's request, acknowledged and answered on the day it came."""
    imap.deliver(ACCESS.replace("\n", "\r\n").encode())
    poll_once(office)
    # The mail server gave it the time of day; the clock of the tests stands still.
    Ticket.objects.update(last_contact=office.clock())
    Request.objects.update(state="fulfilled", closed_at=office.clock())
    return Ticket.objects.get()


def erased(office, now=SEVEN_YEARS_ON) -> list[str]:
    return retention.run(office.config, office.seals, now).tickets


def with_controller(office, **changes) -> None:
    one = office.config.controller[0].model_copy(update=changes)
    office.config = office.config.model_copy(update={"controller": (one, office.config.controller[1])})
    office.config.__dict__.pop("controllers", None)


# -- when ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "goes"),
    [
        (datetime(2033, 11, 19, 23, 59, tzinfo=UTC), False),  # a day short of seven years
        (datetime(2033, 11, 20, 23, 59, tzinfo=UTC), False),  # the last day still belongs to the seven years
        (datetime(2033, 11, 21, 0, 0, tzinfo=UTC), True),
    ],
)
def test_a_ticket_is_erased_seven_years_after_the_last_contact_and_no_day_before(office, ticket, now, goes):
    assert erased(office, now) == ([ticket.reference] if goes else [])


def test_a_controller_says_its_own_years(office, ticket):
    with_controller(office, retention_years=10)
    assert erased(office) == []
    assert erased(office, datetime(2036, 11, 21, tzinfo=UTC)) == [ticket.reference]


def test_a_controller_that_left_the_configuration_keeps_its_tickets_no_longer_than_others(office, ticket):
    Ticket.objects.update(controller="gone")
    assert erased(office) == [ticket.reference]


@pytest.mark.parametrize(
    "still",
    [
        lambda ticket, late: Request.objects.update(state="open", closed_at=None),
        lambda ticket, late: Request.objects.update(closed_at=late),  # the answer itself is a contact
        lambda ticket, late: Letter.objects.update(sent_at=late),
        lambda ticket, late: Letter.objects.update(state="draft"),
        lambda ticket, late: Letter.objects.update(state="unknown"),
        lambda ticket, late: Ticket.objects.update(last_contact=late),
        lambda ticket, late: Ticket.objects.update(hold="litigation"),
        lambda ticket, late: Review.objects.create(
            mail=ticket.mails.get(), ticket=ticket, controller="lumen", codes=["unsure"], due=late.date(), opened_at=late
        ),
    ],
)
def test_what_is_open_recent_or_held_stays(office, ticket, still):
    still(ticket, SEVEN_YEARS_ON - timedelta(days=400))
    assert erased(office) == []
    assert cases.requester_of(ticket, office.seals).name == "Mel Ortega"


def test_a_hold_that_is_set_while_the_run_waits_for_its_turn_is_respected(office, ticket, monkeypatch):
    monkeypatch.setattr(cases, "one_sender_at_a_time", lambda sender_index: Ticket.objects.update(hold="audit"))
    assert erased(office) == []


def test_the_preview_tells_what_goes_and_what_a_hold_keeps_and_changes_nothing(office, ticket):
    [lapsing] = retention.preview(office.config, SEVEN_YEARS_ON).tickets
    assert (lapsing.reference, lapsing.controller, lapsing.hold) == (ticket.reference, "lumen", "")
    retention.hold(ticket.reference, reason="litigation", actor="ada", now=office.clock())
    assert retention.preview(office.config, SEVEN_YEARS_ON).tickets[0].hold == "litigation"
    assert Ticket.objects.get().erased_at is None


def test_a_mail_that_never_became_a_ticket_goes_too(imap, office):
    imap.deliver(OFFER.replace("\n", "\r\n").encode())
    poll_once(office)
    mail = IncomingMail.objects.get()
    assert mail.ticket is None
    # Its age counts from the moment the mail server received it: today, while the frozen clock stands still.
    assert retention.preview(office.config, mail.received_at + timedelta(days=7 * 366)).mails == 1
    assert retention.run(office.config, office.seals, mail.received_at + timedelta(days=7 * 366)).mails == 1
    with pytest.raises(KeyDestroyed):
        office.seals.open(mail.key, "raw mail", mail.sealed_raw)
    assert retention.run(office.config, office.seals, mail.received_at + timedelta(days=8 * 366)).mails == 0


# -- what ----------------------------------------------------------------------------------------------------------------


def test_nothing_can_be_read_any_more_and_the_facts_the_law_wants_stay(office, ticket):
    before = Request.objects.values("regime", "right", "received_at", "respond_by", "state", "closed_at").get()
    erased(office)
    with pytest.raises(KeyDestroyed):
        cases.requester_of(ticket, office.seals)
    ticket.refresh_from_db()
    mail, letter = IncomingMail.objects.get(), Letter.objects.get()
    assert ticket.erased_at == SEVEN_YEARS_ON
    boxes = (ticket.sealed_requester, mail.sealed_raw, mail.sealed_reading, letter.sealed, Challenge.objects.get().sealed_code)
    assert not any(map(bytes, boxes))
    assert not any((ticket.sender_index, mail.sender_index, mail.likeness_index, letter.recipient_index, letter.domain_index))
    assert Request.objects.values("regime", "right", "received_at", "respond_by", "state", "closed_at").get() == before


def test_the_proof_names_every_key_and_the_hash_of_every_box(office, ticket):
    mail, letter = IncomingMail.objects.get(), Letter.objects.get()
    erased(office)
    proof = AuditEvent.objects.get(action="ticket erased")
    assert proof.subject == f"ticket:{ticket.reference}" and proof.actor == "retention"
    assert set(proof.data["keys"]) == {str(ticket.key), str(mail.key)}
    hashes = proof.data["sha256"]
    assert hashes["ticket sealed_requester"] == sha256(bytes(ticket.sealed_requester)).hexdigest()
    assert hashes[f"mail:{mail.id} sealed_raw"] == sha256(bytes(mail.sealed_raw)).hexdigest()
    assert hashes[f"letter:{letter.id} sealed"] == sha256(bytes(letter.sealed)).hexdigest()
    told = json.dumps(proof.data).lower()
    assert "ortega" not in told and "mel" not in told
    assert audit.first_break() is None
    assert set(DataKey.objects.exclude(destroyed_at=None).values_list("id", flat=True)) == {ticket.key, mail.key}


def test_an_older_backup_of_the_records_stays_unreadable(office, ticket, tmp_path):
    """The backup is whole, and the master key is at hand: what is missing is the key that was destroyed."""
    mail = IncomingMail.objects.get()
    backup = {"requester": (ticket.key, bytes(ticket.sealed_requester)), "raw mail": (mail.key, bytes(mail.sealed_raw))}
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with sqlite3.connect(tmp_path / "backup.db") as copy:
            connection.connection.backup(copy)
        copy.close()
    assert all(office.seals.open(key, what, box) for what, (key, box) in backup.items())
    erased(office)
    if connection.vendor == "sqlite":
        restored = sqlite3.connect(tmp_path / "backup.db")
        [(requester,)] = restored.execute("select sealed_requester from records_ticket").fetchall()
        restored.close()
        assert requester == backup["requester"][1]
    fresh = Office(office.config, office.clock)  # a process that knows no key by heart
    for what, (key, box) in backup.items():
        with pytest.raises(KeyDestroyed):
            fresh.seals.open(key, what, box)


def test_a_destroyed_key_is_not_left_in_the_files_of_the_key_store(office, ticket):
    wrapped = bytes(DataKey.objects.get(id=ticket.key).wrapped)
    # PostgreSQL keeps its files elsewhere: there only the row can be looked at.
    files = list(office.config.folder.glob("keys.db*"))
    assert connection.vendor != "sqlite" or wrapped in bytes_of(files)
    erased(office)
    assert DataKey.objects.get(id=ticket.key).wrapped is None
    assert wrapped not in bytes_of(files)


def test_whatever_is_sealed_in_any_table_hangs_on_a_ticket_or_a_mail():
    """So that a new table is erased with its ticket or mail without anybody thinking of it."""
    for model in apps.get_app_config("records").get_models():
        if erasure._sealed(model()) and model not in (Ticket, IncomingMail):
            parents = {field.related_model for field in model._meta.concrete_fields if field.is_relation}
            assert parents & {Ticket, Request, IncomingMail, Letter}, (
                model
            )  # what hangs on a letter goes with the letter's ticket


def learnt_from(office, mail) -> Correction:
    """What an operator decided about this mail, kept as an example."""
    box = office.seals.seal(mail.key, "correction", b'{"subject": {"text": "", "asks": []}, "body": []}')
    codes = {"categories": ["access"], "rights": ["access"], "kind": ""}
    return Correction.objects.create(
        mail=mail,
        actor="ada",
        at=office.clock(),
        model="m",
        language="en",
        read=codes,
        decided=codes,
        certainty=1.0,
        sealed_text=box,
    )


def test_what_was_learnt_from_a_mail_is_erased_with_its_ticket(office, ticket):
    learnt = learnt_from(office, IncomingMail.objects.get())
    assert len(corrections.everything(office.seals)) == 1
    erased(office)
    assert not bytes(Correction.objects.get().sealed_text) and corrections.everything(office.seals) == []
    hashes = AuditEvent.objects.get(action="ticket erased").data["sha256"]
    assert hashes[f"correction:{learnt.id} sealed_text"] == sha256(bytes(learnt.sealed_text)).hexdigest()


def test_what_was_learnt_from_a_mail_without_a_ticket_is_erased_with_it(imap, office):
    imap.deliver(OFFER.replace("\n", "\r\n").encode())
    poll_once(office)
    mail = IncomingMail.objects.get()
    learnt_from(office, mail)
    retention.run(office.config, office.seals, mail.received_at + timedelta(days=7 * 366))
    assert not bytes(Correction.objects.get().sealed_text)


def test_an_example_that_does_not_open_spoils_no_other(office, ticket):
    broken = learnt_from(office, IncomingMail.objects.get())
    whole = learnt_from(office, IncomingMail.objects.get())
    Correction.objects.filter(id=broken.id).update(sealed_text=b"x" * 40)
    assert [one.number for one in corrections.everything(office.seals)] == [whole.id]


def test_a_mail_that_another_ticket_lives_on_is_erased_with_the_last_of_them(office, ticket):
    """An agent's mail for two consumers became two tickets."""
    mail = IncomingMail.objects.get()
    key = office.seals.new_key()
    other = Ticket.objects.create(
        reference="LUM-OTHER", controller="lumen", opened_at=office.clock(), language="en", last_contact=office.clock(), sender_index="", key=key,
        sealed_requester=office.seals.seal(key, "requester", b"{}"),
    )  # fmt: skip
    dates = Request.objects.values(
        "regime", "right", "category", "received_at", "statute", "respond_by", "alarm", "verification"
    ).get()
    Request.objects.create(ticket=other, mail=mail, state="fulfilled", closed_at=SEVEN_YEARS_ON, **dates)
    retention.erase(ticket.reference, office.seals, reason="requester", actor="ada", now=office.clock())
    assert office.seals.open(mail.key, "raw mail", mail.sealed_raw)
    retention.erase(other.reference, office.seals, reason="requester", actor="ada", now=office.clock())
    with pytest.raises(KeyDestroyed):
        office.seals.open(mail.key, "raw mail", mail.sealed_raw)


def test_killed_between_key_and_record_the_next_run_finishes(office, ticket, monkeypatch):
    def killed(*_args, **_kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(retention, "record", killed)
        with pytest.raises(KeyboardInterrupt):
            erased(office)
    assert Ticket.objects.get().erased_at is None and not AuditEvent.objects.filter(action="ticket erased").exists()
    assert erased(office) == [ticket.reference]
    assert set(AuditEvent.objects.get(action="ticket erased").data["sha256"]) >= {"ticket sealed_requester"}


def test_a_late_reply_to_an_erased_ticket_is_a_request_of_its_own(office, ticket, sink, imap):
    erased(office)
    ours = sink.received[0].message["Message-ID"]
    reply = ACCESS.replace("<1@", "<2@").replace("\n\n", f"\nIn-Reply-To: {ours}\nReferences: {ours}\n\n", 1)
    imap.deliver(reply.replace("\n", "\r\n").encode())
    poll_once(office)
    assert IncomingMail.objects.order_by("id").last().state == "handled"
    late = Ticket.objects.order_by("id").last()
    assert late != ticket and late.requests.get().right == "access" and not ticket.reviews.exists()


def test_a_letter_that_nobody_could_deliver_is_discarded_with_its_ticket(office, ticket):
    Letter.objects.update(state="dead")
    erased(office)
    assert Letter.objects.get().state == "discarded"


def test_the_queue_lists_what_waits_on_an_erased_ticket(office, ticket):
    mail = IncomingMail.objects.get()
    office.seals.destroy([mail.key, ticket.key], office.clock())  # killed before the records said so
    Letter.objects.update(state="dead")
    Request.objects.update(state="open")
    Review.objects.create(mail=mail, controller="lumen", codes=["unsure"], due=office.clock().date(), opened_at=office.clock())
    waits = queue.load(office.seals, limit=9)
    assert (waits.letters[0].recipient, waits.requests[0].who, waits.reviews[0].who) == ("(erased)",) * 3


def test_no_step_is_taken_on_an_erased_ticket(office, ticket):
    erased(office)
    with pytest.raises(AlreadyErased):
        steps.assign(office, ticket.reference, "ada", by=By("ada"))
    assert AuditEvent.objects.get(action="step refused").data == {"step": "assign", "why": "already-erased"}


@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        (lambda office: erased(office), AlreadyErased),
        (lambda office: Ticket.objects.update(controller=office.config.controller[1].id), AnotherController),
    ],
)
def test_no_mail_is_attached_to_an_erased_ticket_or_another_controller_s(office, ticket, imap, spoil, refusal):
    spoil(office)
    imap.deliver(OFFER.replace("\n", "\r\n").encode())
    poll_once(office)
    mail = IncomingMail.objects.order_by("id").last()
    review = Review.objects.create(
        mail=mail, controller="lumen", codes=["unsure"], due=office.clock().date(), opened_at=office.clock()
    )
    with pytest.raises(refusal):
        desk.attach(office, review.id, ticket.reference, actor="ada")
    mail.refresh_from_db()
    assert mail.ticket is None and Review.objects.get(id=review.id).decided_at is None


# -- by command ------------------------------------------------------------------------------------------------------------


def test_one_ticket_is_erased_now_with_a_reason(office, ticket):
    retention.erase(ticket.reference.lower(), office.seals, reason="requester", actor="ada", now=office.clock())
    proof = AuditEvent.objects.get(action="ticket erased")
    assert (proof.actor, proof.data["reason"]) == ("ada", "requester")
    with pytest.raises(AlreadyErased):
        retention.erase(ticket.reference, office.seals, reason="requester", actor="ada", now=office.clock())
    with pytest.raises(AlreadyErased):
        retention.hold(ticket.reference, reason="litigation", actor="ada", now=office.clock())


@pytest.mark.parametrize(
    ("still", "refusal"),
    [
        (lambda: Request.objects.update(state="in_progress"), StillOpen),
        (lambda: Letter.objects.update(state="queued"), StillOnItsWay),
        (lambda: Ticket.objects.update(hold="litigation"), OnHold),
    ],
)
def test_what_must_not_be_erased_is_refused_in_one_sentence_and_the_trail_tells_who_tried(office, ticket, still, refusal):
    still()
    with pytest.raises(refusal):
        retention.erase(ticket.reference, office.seals, reason="requester", actor="ada", now=office.clock())
    assert cases.requester_of(ticket, office.seals).name == "Mel Ortega"
    tried = AuditEvent.objects.get(action="erasure refused")
    assert (tried.actor, tried.data) == ("ada", {"why": refusal.code})


def test_a_reason_that_could_name_somebody_is_refused(office, ticket):
    for reason in ("Mel Ortega asked for it", "", "x" * 41):
        with pytest.raises(ReasonNotAWord):
            retention.erase(ticket.reference, office.seals, reason=reason, actor="ada", now=office.clock())
        with pytest.raises(ReasonNotAWord):
            retention.hold(ticket.reference, reason=reason, actor="ada", now=office.clock())


def test_a_hold_is_set_and_released_and_both_are_told(office, ticket):
    retention.hold(ticket.reference, reason="litigation", actor="ada", now=office.clock())
    assert erased(office) == []
    retention.release(ticket.reference, actor="bo", now=office.clock())
    with pytest.raises(NotOnHold):
        retention.release(ticket.reference, actor="bo", now=office.clock())
    assert erased(office) == [ticket.reference]
    assert list(AuditEvent.objects.filter(action__startswith="hold").values_list("action", "actor")) == [
        ("hold set", "ada"),
        ("hold released", "bo"),
    ]
