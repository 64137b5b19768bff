"""Workers that are killed, frozen and doubled while mail is taken in: nothing lost, nothing double. Minutes long."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest
from django.db import connections

from bench.mails import strangers
from bench.throughput import as_toml
from privbot.records.models import IncomingMail, LedgerEntry, Letter, Ticket
from privbot.testing.imap import maildir
from privbot.testing.smtp import SmtpSink

pytestmark = pytest.mark.long
MAILS = 800
PATIENCE_SECONDS = 180


@pytest.fixture
def start(config, imap, sink):
    """Starts `privbot run` on the test's databases, as often as wanted; whatever still runs at the end is killed."""
    file = config.folder / "killed.toml"
    file.write_text(as_toml(imap, sink.port).replace("lease_seconds = 5", "lease_seconds = 2"))
    started: list[subprocess.Popen[bytes]] = []

    def run() -> subprocess.Popen[bytes]:
        made = subprocess.Popen([sys.executable, "-m", "privbot.cli", "run", "--config", str(file)], stderr=subprocess.DEVNULL)
        started.append(made)
        return made

    yield run
    for one in started:
        one.kill()
        one.wait()


def deliver(imap, mails: list[bytes]) -> None:
    new = maildir(imap.folder) / "new"
    for number, raw in enumerate(mails):
        file = new / f"{time.time_ns()}.M{number}.kill"
        file.write_bytes(raw)
        if os.getuid() == 0:
            os.chown(file, new.stat().st_uid, new.stat().st_gid)


def handled() -> int:
    return IncomingMail.objects.filter(state=IncomingMail.State.HANDLED).count()


def wait_until_done(total: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if handled() == total and not Letter.objects.exclude(state=Letter.State.SENT).exists():
            return
        time.sleep(0.2)
    states = (
        Counter(Letter.objects.values_list("state", flat=True)),
        Counter(IncomingMail.objects.values_list("state", flat=True)),
    )
    raise AssertionError(f"not done in time: {states}")


def nothing_lost_nothing_double(total: int, sink: SmtpSink) -> None:
    assert LedgerEntry.objects.count() == IncomingMail.objects.count() == total
    assert Ticket.objects.values("sender_index").distinct().count() == Ticket.objects.count()
    assert Letter.objects.values("cause").distinct().count() == Letter.objects.count() > 0
    arrived = Counter(str(one.message["Message-ID"]) for one in sink.received)
    assert set(arrived) == set(Letter.objects.values_list("message_id", flat=True))
    # A letter twice only through `unknown`, with the same Message-ID, and shown as delivered more than once.
    twice = {identifier for identifier, times in arrived.items() if times > 1}
    assert twice <= set(Letter.objects.filter(deliveries__gt=1).values_list("message_id", flat=True))


def test_kill_9_at_twenty_random_moments_loses_and_doubles_nothing(start, imap, sink):
    chance = random.Random(20261123)
    deliver(imap, list(strangers(MAILS)))
    total = MAILS
    for kill in range(20):
        worker = start()
        before = (LedgerEntry.objects.count(), handled(), sink.count)
        until = time.monotonic() + 30
        # Wait until it works on mails or letters, then strike within the next half second.
        while (LedgerEntry.objects.count(), handled(), sink.count) == before and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.5))
        worker.kill()
        worker.wait()
        connections.close_all()
        if kill % 4 == 3:
            deliver(imap, list(strangers(40, first=1000 * kill)))
            total += 40
    start()
    wait_until_done(total)
    nothing_lost_nothing_double(total, sink)


def test_two_workers_at_once_and_one_frozen_longer_than_its_lease(start, imap, sink):
    deliver(imap, list(strangers(MAILS)))
    first, second = start(), start()
    until = time.monotonic() + 30
    while handled() < 50 and time.monotonic() < until:
        time.sleep(0.02)
    frozen = 0
    for worker in (first, second, first):
        os.kill(worker.pid, signal.SIGSTOP)
        time.sleep(3)  # longer than the lease of two seconds
        os.kill(worker.pid, signal.SIGCONT)
        frozen += 1
    wait_until_done(MAILS)
    nothing_lost_nothing_double(MAILS, sink)
    assert frozen == 3
    for worker in (first, second):
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0
