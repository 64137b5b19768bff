"""Mails opened for an operator's eyes, in a process apart."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from functools import partial

import pytest

from privbot.records.models import AuditEvent, IncomingMail
from privbot.worker import mail_view
from privbot.worker.apart import Apart, BrokeDown
from privbot.worker.office import Office
from privbot.worker.once import poll_once
from privbot.worker.opening import NoSuchAttachment
from privbot.worker.understanding import NotUnderstood

MAIL = b"""From: Mel <mel@ortega.example>
To: customer-lumen@harbour.example
Subject: my data
Message-ID: <1@ortega.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html; charset=utf-8

<p>Please <b>erase</b> my data. <script>alert(1)</script></p>
--b
Content-Type: application/octet-stream; name="../../scan.pdf"
Content-Disposition: attachment

%PDF-1.7 scan
--b--
""".replace(b"\n", b"\r\n")


@pytest.fixture
def office(config, clock):
    made = Office(config, clock)
    yield made
    made.close()


@pytest.fixture
def kept(office, imap) -> IncomingMail:
    imap.deliver(MAIL)
    poll_once(office)
    return mail_view.mail_by_number(IncomingMail.objects.get().id)


def test_a_mail_is_opened_with_its_text_and_its_formatted_form(office, kept):
    shown = mail_view.open_mail(office, kept)
    assert shown.mail.text == "Please erase my data."
    assert shown.formatted and "<b>erase</b>" in shown.formatted.html and "alert" not in shown.formatted.html
    assert [one.name for one in shown.mail.attachments] == ["scan.pdf"]


def test_an_attachment_is_taken_out_and_the_audit_trail_tells_who_did_it(office, kept):
    [listed] = mail_view.open_mail(office, kept).mail.attachments
    file = mail_view.take_out(office, kept, listed.part, actor="Mia")
    assert (file.name, file.data) == ("scan.pdf", b"%PDF-1.7 scan")
    event = AuditEvent.objects.get(action="attachment downloaded")
    assert (event.actor, event.subject, event.data) == ("Mia", f"mail:{kept.id}", {"part": listed.part})


@pytest.mark.parametrize("part", [0, 7, -1])  # the text of the mail, a number beyond, and one that counts from the end
def test_only_attachments_are_taken_out(office, kept, part):
    with pytest.raises(NoSuchAttachment):
        mail_view.take_out(office, kept, part, actor="Mia")
    assert not AuditEvent.objects.filter(action="attachment downloaded").exists()


def test_a_mail_that_does_not_exist_is_told(office):
    with pytest.raises(mail_view.NoSuchMail):
        mail_view.mail_by_number(99)


def test_a_mail_that_kills_its_opener_is_told_and_the_next_is_opened(office, kept, monkeypatch):
    """Struck while it works."""
    mail_view.open_mail(office, kept)
    opener = office.opener._process
    os.kill(opener.pid, signal.SIGSTOP)
    threading.Timer(0.3, lambda: os.kill(opener.pid, signal.SIGKILL)).start()
    with pytest.raises(mail_view.CannotBeOpened):
        mail_view.open_mail(office, kept)
    assert mail_view.open_mail(office, kept).mail.subject == "my data"


def test_a_task_without_end_costs_no_more_than_patience():
    apart = Apart(
        partial,
        time.sleep,  # a process that sleeps as long as each task says
        patience_seconds=0.5,
        name="sleeper",
    )
    apart.start()
    began = time.monotonic()
    with pytest.raises(BrokeDown):
        apart.ask(60)
    assert time.monotonic() - began < 5
    assert apart._process is None


def test_a_stage_that_broke_apart_is_told_with_fault_and_place():
    """The exception itself comes out of the process apart."""
    told = pickle.loads(pickle.dumps(NotUnderstood("KeyError", "parse.py:7")))
    assert (told.fault, told.place, str(told)) == ("KeyError", "parse.py:7", "KeyError at parse.py:7")


def test_a_program_ends_although_nobody_closed_its_process_apart():
    program = (
        "import operator; from privbot.worker.apart import Apart;"
        "print(Apart(operator.methodcaller, 'upper', patience_seconds=20, name='x').ask('a'))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (0, "A\n")
