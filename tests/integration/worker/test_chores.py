"""Work that takes minutes: done in a process of its own, one of a kind at a time, seen from outside however it ends."""

from __future__ import annotations

import fcntl
import json
import multiprocessing
import os
import shutil
import signal
import time
from datetime import UTC, datetime

import pytest

from privbot.records import audit, corrections
from privbot.records.audit import Event
from privbot.records.database import writing
from privbot.records.models import AuditEvent, IncomingMail
from privbot.worker import chores
from privbot.worker.chores import Busy, Chore, State
from privbot.worker.office import Office


@pytest.fixture
def office(config, clock):
    made = Office(config, clock)
    shutil.rmtree(config.data_folder / "chores", ignore_errors=True)
    yield made
    for process in multiprocessing.active_children():
        if process.name.startswith("privbot-"):
            process.kill()
            process.join()
    made.close()
    shutil.rmtree(config.data_folder / "chores", ignore_errors=True)
    shutil.rmtree(config.data_folder / "models", ignore_errors=True)


def ended(office, name: str, *, seconds: float = 60) -> Chore:
    until = time.monotonic() + seconds
    while (chore := chores.look(office.config, name)) is None or chore.state is State.RUNNING:
        assert time.monotonic() < until, f"{name} does not end"
        time.sleep(0.05)
    return chore


def test_the_trail_is_walked_in_a_process_apart(office):
    assert chores.look(office.config, "verify") is None
    with writing():
        audit.record([Event("mail exported", "mail:1")], actor="ines", now=office.clock())
    chores.begin(office, "verify", actor="ines")
    done = ended(office, "verify")
    assert (done.state, done.by, done.result) == (State.DONE, "ines", {"events": 1, "broken": None})
    assert done.started_at <= done.ended_at <= datetime.now(UTC)
    assert audit.last_verification().actor == "ines"


def test_what_cannot_be_done_fails_with_a_sentence_that_says_why(office):
    chores.begin(office, "train", actor="ada")
    failed = ended(office, "train")
    assert failed.state is State.FAILED
    assert "No operator's decision is there to learn from" in failed.why
    chores.begin(office, "compare", actor="ada", about="9")
    assert "There is no reading pipeline with that version" in ended(office, "compare").why


@pytest.fixture
def lesson(office):
    """One decision to learn from."""
    from privbot.reading.reader import Reader

    mail = IncomingMail.objects.create(
        mailbox="privacy",
        sha256="1",
        received_at=office.clock(),
        kept_at=office.clock(),
        size=1,
        key=office.seals.new_key(),
        sealed_raw=b"x",
    )
    from privbot.mail.parse import ParseSettings, parse

    letter = parse(b"From: mel@ortega.example\r\nSubject: my profile\r\n\r\nplease wipe my profile\r\n", settings=ParseSettings())
    with writing():
        corrections.keep(
            mail, Reader(None).read(letter), rights=["erasure"], names=[], actor="ada", seals=office.seals, now=office.clock()
        )


def test_training_is_never_done_twice_at_once_and_a_killed_one_has_failed(office, lesson):
    chores.begin(office, "train", actor="ada")
    running = chores.look(office.config, "train")
    assert (running.state, running.by, running.ended_at) == (State.RUNNING, "ada", None)
    [process] = [one for one in multiprocessing.active_children() if one.name == "privbot-train"]
    os.kill(process.pid, signal.SIGSTOP)  # it must not be done before the others have asked
    for other in ("train", "compare", "promote"):
        with pytest.raises(Busy):
            chores.begin(office, other, actor="bo", about="3")
    assert chores.look(office.config, "train").by == "ada"
    chores.begin(office, "verify", actor="bo")  # another kind of work goes on beside it
    process.kill()
    process.join()
    failed = chores.look(office.config, "train")
    assert failed.state is State.FAILED and "begin it again" in failed.why
    ended(office, "verify")
    # The next one finds the lock free, and tells the truth about the one before.
    chores.begin(office, "compare", actor="bo", about="9")
    ended(office, "compare")
    assert json.loads((office.config.data_folder / "chores" / "train.json").read_text())["state"] == "failed"
    assert not list((office.config.data_folder / "models").glob("candidates/*/meta.json"))


def test_looking_at_a_chore_stands_in_nobodys_way(office):
    folder = office.config.data_folder / "chores"
    folder.mkdir(parents=True)
    with (folder / "audit.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Busy):
            chores.begin(office, "verify", actor="ines")
    assert chores.look(office.config, "verify") is None
    chores.begin(office, "verify", actor="ines")
    for _ in range(50):
        chores.look(office.config, "verify")
    assert ended(office, "verify").state is State.DONE


def test_a_fault_of_ours_says_where_and_quotes_nothing(office, monkeypatch):
    def breaks(*_: object) -> dict[str, object]:
        raise RuntimeError("mel@ortega.example")

    monkeypatch.setitem(chores.KINDS["audit"], "verify", breaks)
    chore = chores._done(office, Chore("verify", "", "ines", State.RUNNING, office.clock()))
    assert chore.state is State.FAILED
    assert "RuntimeError at test_chores.py" in chore.why and "mel" not in chore.why


def test_what_a_chore_says_is_seen_while_it_works(office, monkeypatch):
    seen = []

    def talks(office, by, about, report):
        for number in range(8):
            report(f"sentence {number}")
            seen.append(chores._read(chores._file(office.config, "verify")).lines[-1])
        return {}

    monkeypatch.setitem(chores.KINDS["audit"], "verify", talks)
    chore = chores._done(office, Chore("verify", "", "ines", State.RUNNING, office.clock()))
    assert seen == [f"sentence {number}" for number in range(8)]
    assert chore.lines == tuple(f"sentence {number}" for number in range(3, 8))
    assert not AuditEvent.objects.exists()
