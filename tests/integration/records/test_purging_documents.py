"""Copies of identity documents that nobody asked for are kept no longer than their request is undecided."""

from __future__ import annotations

import base64
import json

import pytest

from privbot.mail.parse import ParseSettings, parse
from privbot.records import audit, corrections, documents, retention
from privbot.records.models import AuditEvent, Correction, IncomingMail, Request, Review, Ticket
from privbot.records.queue import reading_of
from privbot.records.sealing import KeyDestroyed
from privbot.worker.office import Office
from privbot.worker.once import poll_once

SCAN = base64.encodebytes(b"\xff\xd8\xff" + b"the face of Mel Ortega" * 20).decode()
WITH_PASSPORT = f"""Return-Path: <mel@ortega.example>
From: Mel Ortega <mel@ortega.example>
To: customer-lumen@harbour.example
Subject: my data
Message-ID: <1@ortega.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Dear Sir or Madam,

I hereby request access to my personal data under Article 15 GDPR. Please send me a copy.

Mel Ortega
--b
Content-Type: image/jpeg; name="passport.jpg"
Content-Disposition: attachment; filename="passport.jpg"
Content-Transfer-Encoding: base64

{SCAN}
--b--
"""


@pytest.fixture
def office(config, clock):
    made = Office(config, clock)
    yield made
    made.close()


@pytest.fixture
def kept(imap, office) -> IncomingMail:
    imap.deliver(WITH_PASSPORT.replace("\n", "\r\n").encode())
    poll_once(office)
    Review.objects.update(decided_at=office.clock())
    mail = IncomingMail.objects.get()
    assert mail.identity_documents == 1
    return mail


def decide(office) -> None:
    Request.objects.update(state="fulfilled", closed_at=office.clock())


def raw_of(office, mail) -> bytes:
    mail.refresh_from_db()
    return office.seals.open(mail.key, "raw mail", mail.sealed_raw)


def test_it_stays_while_the_request_is_open_and_goes_once_it_is_decided(office, kept):
    assert retention.run(office.config, office.seals, office.clock()).documents == 0
    assert SCAN.splitlines()[0].encode() in raw_of(office, kept)
    decide(office)
    assert retention.preview(office.config, office.clock()).documents == 1
    assert retention.run(office.config, office.seals, office.clock()).documents == 1
    left = raw_of(office, kept)
    assert SCAN.splitlines()[0].encode() not in left
    assert "I hereby request access" in parse(left, settings=ParseSettings()).text  # all else is there
    assert reading_of(kept, office.seals) == {}
    assert kept.purged_at == office.clock()
    assert retention.run(office.config, office.seals, office.clock()).documents == 0


def test_an_older_backup_stays_unreadable_and_the_trail_has_the_proof(office, kept):
    key, box = kept.key, bytes(kept.sealed_raw)
    decide(office)
    retention.run(office.config, office.seals, office.clock())
    with pytest.raises(KeyDestroyed):
        Office(office.config, office.clock).seals.open(key, "raw mail", box)
    proof = AuditEvent.objects.get(action="identity documents cut out")
    assert proof.data["key"] == str(key) and proof.data["count"] == 1
    assert "passport" not in json.dumps(proof.data)
    assert audit.first_break() is None


def test_what_was_learnt_from_the_mail_goes_with_the_copies(office, kept):
    """It is sealed under the old key, and made of the text that was read."""
    codes = {"categories": ["access"], "rights": ["access"], "kind": ""}
    Correction.objects.create(
        mail=kept, actor="ada", at=office.clock(), model="m", language="en", read=codes, decided=codes, certainty=1.0,
        sealed_text=office.seals.seal(kept.key, "correction", b"{}"),
    )  # fmt: skip
    decide(office)
    retention.run(office.config, office.seals, office.clock())
    assert not bytes(Correction.objects.get().sealed_text)
    assert corrections.everything(office.seals) == []


@pytest.mark.parametrize(
    "still",
    [
        lambda mail, now: Ticket.objects.update(hold="litigation"),
        lambda mail, now: Review.objects.create(mail=mail, controller="lumen", codes=["unsure"], due=now.date(), opened_at=now),
    ],
)
def test_a_hold_or_an_open_question_keeps_it(office, kept, still):
    decide(office)
    still(kept, office.clock())
    assert retention.run(office.config, office.seals, office.clock()).documents == 0


def test_killed_between_the_new_box_and_the_old_key_the_next_run_finishes(office, kept, monkeypatch):
    old = kept.key
    decide(office)

    def killed(*_args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(office.seals, "destroy", killed)
        with pytest.raises(KeyboardInterrupt):
            documents.purge(kept.id, office.seals, actor="retention", now=office.clock())
    assert b"I hereby request access" in raw_of(office, kept)
    assert retention.run(office.config, office.seals, office.clock()).documents == 1
    assert AuditEvent.objects.filter(action="identity documents cut out").count() == 1
    with pytest.raises(KeyDestroyed):
        Office(office.config, office.clock).seals.open(old, "raw mail", b"x" * 40)
