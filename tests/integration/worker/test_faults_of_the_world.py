"""Servers, disks and processes that fail, for real: the worker waits, says so, goes on, and loses nothing."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import time
from pathlib import Path

import pytest
from django.db import connection

from privbot.records.models import Folder, IncomingMail, Ticket
from privbot.worker import schedule
from privbot.worker.office import Office
from privbot.worker.once import poll_once
from privbot.worker.understanding import Circumstances, MailKilledReader, Task, UnderstandingApart, Understood

ROOT = Path(__file__).parents[3]
MAIL = (
    b"Return-Path: <mel%d@ortega.example>\r\nFrom: Mel <mel%d@ortega.example>\r\nTo: customer-lumen@harbour.example\r\nSubject: my data\r\n"
    b"Message-ID: <%d@ortega.example>\r\n\r\nI hereby request access to my personal data under Article 15 GDPR.\r\n"
)


def mail(number: int) -> bytes:
    return MAIL % (number, number, number)


@pytest.fixture
def office(config, clock):
    made = Office(config, clock)
    yield made
    made.close()


@pytest.fixture
def jobs(office):
    return schedule.Jobs(office, lambda handled: None)


@pytest.fixture
def sqlite(config):
    """These faults are SQLite's own; with PostgreSQL the test has nothing to cause."""
    return connection.vendor == "sqlite"


def test_a_mailbox_that_never_answers_delays_no_other(config, imap, office):
    """A server that takes the connection and then says nothing at all."""
    silent = socket.create_server(("127.0.0.1", 0))
    dead = config.mailbox[0].model_copy(update={"id": "dead", "port": silent.getsockname()[1], "timeout_seconds": 8})
    office.config = config.model_copy(update={"mailbox": (dead, config.mailbox[0])})
    imap.deliver(mail(1))
    begun = time.monotonic()
    scheduler = schedule.start(office)
    while not Ticket.objects.exists() and time.monotonic() < begun + 7:
        time.sleep(0.05)
    waited = time.monotonic() - begun
    office.stopping.set()
    silent.close()
    scheduler.shutdown(wait=True)
    assert Ticket.objects.count() == 1
    assert waited < 7  # the dead one's own time limit is 8 seconds


def test_a_full_disk_loses_nothing_and_work_goes_on_when_there_is_room(sqlite, imap, office, jobs, config):
    if not sqlite:
        return
    imap.deliver(mail(1))
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
    for number in range(2, 40):
        imap.deliver(mail(number) + b"x" * 60_000)
    jobs.mailbox("privacy")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1073741823")
    assert IncomingMail.objects.filter(tries__gt=0).count() == 0
    for _ in range(2):
        jobs.mailbox("privacy")
    assert IncomingMail.objects.filter(state="handled").count() == 39


def test_a_locked_database_is_waited_for(sqlite, imap, office, jobs, config, monkeypatch):
    if not sqlite:
        return
    imap.deliver(mail(1))
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.1)
    connection.close()
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    jobs.mailbox("privacy")
    other.execute("ROLLBACK")
    other.close()
    assert not IncomingMail.objects.exists()
    jobs.mailbox("privacy")
    assert Ticket.objects.count() == 1


def test_an_imap_server_that_goes_away_and_comes_back(imap, office, config):
    imap.deliver(mail(1))
    poller = office.pollers["privacy"]
    poller.poll()
    # The connection breaks under the poller's hands, as a restarted server breaks it.
    poller._account._client.socket().shutdown(socket.SHUT_RDWR)
    [result] = poller.poll()
    assert "broke off" in result.fault or "does not answer" in result.fault
    assert Folder.objects.get().last_fault
    imap.deliver(mail(2))
    assert poller.poll()[0].kept == 1
    assert Folder.objects.get().last_fault == ""


def test_a_dead_smtp_server_keeps_letters_and_nothing_else_waits(imap, office, config, sink):
    from privbot.testing.processes import free_port

    imap.deliver(mail(1))
    alive = office.config
    office.config = config.model_copy(update={"smtp": config.smtp.model_copy(update={"port": free_port()})})
    result = poll_once(office)
    assert result.handled == 1 and "does not answer" in result.outbox_fault
    office.delivery.config = alive
    assert office.delivery.deliver() == 1


# -- the process apart -------------------------------------------------------------------------------------------------------


@pytest.fixture
def around(office) -> Circumstances:
    return office.circumstances


@pytest.fixture
def apart(around):
    made = UnderstandingApart(lambda: around)
    yield made
    made.close()


def test_reading_apart_gives_each_mail_its_own_result_in_order(apart):
    results = list(apart.all(Task(mail(number), "privacy", False) for number in range(5)))
    assert [one.mail.message_id for one in results] == [f"<{number}@ortega.example>" for number in range(5)]


def test_a_mail_that_kills_the_reading_process_kills_nothing_else(apart):
    """Struck while the second of four mails is read: that one is told, the others are read by a new process."""
    seen = []
    slow = b"please erase my data\r\n" * 100_000  # takes long enough to be struck in the middle
    tasks = [Task(mail(number) + (slow if number == 1 else b""), "privacy", False) for number in range(4)]
    for number, result in enumerate(apart.all(tasks)):
        seen.append(result)
        if number == 0:
            os.kill(apart._process.pid, signal.SIGKILL)
            apart._process.join()
    assert [type(one) for one in seen].count(MailKilledReader) == 1
    assert sum(isinstance(one, Understood) for one in seen) == 3


def test_whoever_stops_early_does_not_spoil_the_next_batch(apart):
    first = apart.all(Task(mail(number), "privacy", False) for number in range(3))
    next(first)
    first.close()
    [result] = apart.all([Task(mail(9), "privacy", False)])
    assert result.mail.message_id == "<9@ortega.example>"


def test_the_reading_process_ends_with_the_one_that_started_it(around, tmp_path):
    """kill -9 on the worker leaves no orphan."""
    import subprocess
    import sys

    script = tmp_path / "worker.py"
    script.write_text(
        "import sys, time\n"
        "from privbot.worker.understanding import Circumstances, Task, UnderstandingApart\n"
        "from privbot.casework.model import Controller\n"
        "if __name__ == '__main__':\n"
        "    lumen = Controller('lumen', 'Lumen', ('a@harbour.example',), ('gdpr',))\n"
        "    apart = UnderstandingApart(lambda: Circumstances(frozenset(), {'privacy': ()}, {'privacy': (lumen,)}))\n"
        "    list(apart.all([Task(b'Subject: x\\r\\n\\r\\nhello', 'privacy', False)]))\n"
        "    print(apart._process.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    worker = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert worker.stdout is not None
    reading = int(worker.stdout.readline())
    worker.kill()
    worker.wait()
    worker.stdout.close()
    until = time.monotonic() + 20
    while (
        Path(f"/proc/{reading}").exists()
        and "Z" not in Path(f"/proc/{reading}/stat").read_text().split()[2]
        and time.monotonic() < until
    ):
        time.sleep(0.05)
    assert not Path(f"/proc/{reading}").exists() or Path(f"/proc/{reading}/stat").read_text().split()[2] == "Z"
