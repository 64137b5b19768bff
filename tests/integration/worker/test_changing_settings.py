"""privbot.toml is changed while the service runs, and what is paused stands still – no more than that."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connection, connections
from sweep_world import with_controller

from privbot import checks, settings_file
from privbot.config import Config, Secret, load
from privbot.records import status
from privbot.records.models import AuditEvent, Folder, IncomingMail, Letter, Ticket
from privbot.testing import world
from privbot.testing.smtp import SmtpSink, any_password, smtp_sink
from privbot.worker import desk, schedule
from privbot.worker.office import Office
from privbot.worker.once import poll_once

MAIL = (
    b"Return-Path: <mel%d@ortega.example>\r\nFrom: Mel <mel%d@ortega.example>\r\nTo: customer-%s@harbour.example\r\nSubject: my data\r\n"
    b"Message-ID: <%d@ortega.example>\r\n\r\nI hereby request access to my personal data under Article 15 GDPR.\r\n"
)
PATIENCE_SECONDS = 60


def mail(number: int, to: bytes = b"lumen") -> bytes:
    return MAIL % (number, number, to, number)


@pytest.fixture
def office(config, clock):
    made = Office(config, clock)
    yield made
    made.close()


@pytest.fixture
def in_file(config, imap, sink, tmp_path) -> Config:
    """The tests' configuration from a privbot.toml of its own, on the tests' databases."""
    databases = {"database": config.database, "key_database": config.key_database}
    if connection.vendor == "sqlite":
        databases = {key: f"sqlite:///{config.folder}/{name.removeprefix('sqlite:///')}" for key, name in databases.items()}
    return world.written(imap, sink.port, tmp_path, master_key={"value": config.master_key.value}, **databases)


# -- paused --------------------------------------------------------------------------------------------------------------


def paused_mailbox(config: Config) -> Config:
    return config.model_copy(update={"mailbox": (config.mailbox[0].model_copy(update={"paused": True}),)})


def test_a_paused_mailbox_is_not_looked_at_and_what_is_kept_is_worked_on(config, office, imap):
    imap.deliver(mail(1))
    office.pollers["privacy"].poll()
    imap.deliver(mail(2))
    resting = Office(paused_mailbox(config), office.clock)
    result = poll_once(resting)
    assert [one.paused for one in result.polls] == [True] and not result.faults
    assert (result.handled, IncomingMail.objects.count()) == (1, 1)


def test_a_paused_mailbox_is_seen_and_rings_no_alarm(config, office, clock):
    office.pollers["privacy"].poll()
    Folder.objects.update(last_fault="imap-unreachable", on_server=9)
    clock.advance(days=2)
    assert len(status.health(config, clock()).mailbox_alarms) == 3
    health = status.health(paused_mailbox(config), clock())
    assert health.mailbox_alarms == []
    assert health.pauses == ["mailbox privacy is not looked at; mail that waits there has its dates all the same"]
    assert health.line()["paused"] == 1
    Folder.objects.all().delete()
    assert status.health(paused_mailbox(config), clock()).mailbox_alarms == []


def test_a_paused_controller_gets_tickets_with_their_dates_and_sends_nothing_by_itself(office, imap, sink):
    with_controller(office, paused=True)
    imap.deliver(mail(1))
    imap.deliver(mail(2, b"tidal"))
    poll_once(office)
    lumen, tidal = Ticket.objects.order_by("controller")
    assert lumen.requests.get().respond_by
    assert lumen.letters.get().state == Letter.State.DRAFT
    assert tidal.letters.get().state == Letter.State.SENT and sink.count == 1
    assert status.health(office.config, office.clock()).paused_controllers == ("lumen",)


def test_what_an_operator_approves_leaves_a_paused_controller(office, imap, sink):
    with_controller(office, paused=True)
    imap.deliver(mail(1))
    poll_once(office)
    desk.approve(office, Letter.objects.get().id, actor="ada")
    assert office.delivery.deliver() == 1


def test_pausing_holds_back_what_was_about_to_leave(office, imap, sink):
    for number in (1, 2):
        imap.deliver(mail(number))
    office.pollers["privacy"].poll()
    office.pipeline.handle_kept("privacy")
    by_bot, by_operator = Letter.objects.order_by("id")
    Letter.objects.filter(id=by_operator.id).update(state=Letter.State.DRAFT)
    desk.approve(office, by_operator.id, actor="ada")
    with_controller(office, paused=True)
    assert office.delivery.deliver() == 1
    by_bot.refresh_from_db()
    assert by_bot.state == Letter.State.DRAFT
    assert AuditEvent.objects.get(action="letter held back").data == {"letter": by_bot.id, "why": "paused"}


def test_a_database_that_is_away_while_settings_are_taken_on_is_waited_for(office, monkeypatch):
    """The first try finds no database, the second one has it again."""
    tries = iter([OperationalError("server closed the connection"), office.config])

    def newer(config: Config) -> Config:
        found = next(tries)
        if isinstance(found, OperationalError):
            raise found
        return found

    monkeypatch.setattr(schedule, "SETTINGS_SECONDS", 0)
    monkeypatch.setattr(settings_file, "newer", newer)
    successor = schedule._successor(office)
    assert successor is not None
    successor.close()


# -- a running service -----------------------------------------------------------------------------------------------------


@pytest.fixture
def running(in_file):
    """What `privbot run` does with that file, in a process of its own; it reads with the patterns alone, and looks at its file more often."""
    starting = (
        "import sys; from pathlib import Path; from privbot.commands.shared import open_office\n"
        "from privbot.reading.reader import Reader; Reader.load = classmethod(lambda cls, path=None: cls(None))\n"
        "office = open_office(Path(sys.argv[1]))\n"
        "from privbot.worker import schedule; schedule.SETTINGS_SECONDS = 0.2; schedule.run(office)"
    )
    log = in_file.folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-c", starting, str(in_file.file)], stderr=out)
    wait_until(lambda: "started" in log.read_text(), log)
    yield process, log
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_SECONDS) == 0, log.read_text()


def wait_until(done: Callable[[], bool], log) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not done():
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.1)
        connections.close_all()


def test_a_changed_file_is_taken_on_without_a_restart(in_file, running, imap, sink):
    """A second mailbox for a new controller, then observe → auto: each by the file alone, in the one process."""
    process, log = running
    imap.deliver(mail(1))
    wait_until(lambda: sink.count == 1, log)

    with_folder(imap, "Sea")
    new = {"id": "sea", "name": "Sea Ltd", "addresses": ["customer-sea@harbour.example"], "regimes": ["gdpr"]}
    changed = settings_file.add(in_file, "controller", new, shown=in_file.version).config
    mailbox = {
        "id": "sea", "host": "127.0.0.1", "port": imap.port, "security": "none", "user": imap.user, "password": {"value": imap.password},
        "controllers": ["sea"], "folders": ["Sea"], "go_live": world.LONG_AGO, "poll_seconds": 1,
    }  # fmt: skip
    changed = settings_file.add(changed, "mailbox", mailbox, shown=changed.version).config
    append(imap, "Sea", mail(2, b"sea"))
    wait_until(lambda: Ticket.objects.filter(controller="sea").count() == 1, log)
    assert Letter.objects.get(controller="sea").state == Letter.State.DRAFT

    settings_file.put(changed, ("controller", "sea"), {"mode": "auto"}, shown=changed.version)
    wait_until(lambda: log.read_text().count("settings changed") >= 2, log)
    append(imap, "Sea", mail(3, b"sea"))
    wait_until(lambda: Letter.objects.filter(controller="sea", state=Letter.State.SENT).count() == 1, log)
    assert process.poll() is None
    assert IncomingMail.objects.count() == Ticket.objects.count() == 3


def test_a_file_that_does_not_validate_keeps_the_old_settings_and_rings(in_file, running, imap, sink):
    process, log = running
    good = in_file.file.read_text()
    in_file.file.write_text(good.replace("poll_seconds = 1", "poll_seconds = 0"))
    wait_until(lambda: "settings not taken on" in log.read_text(), log)
    [alarm] = [one for one in status.health(in_file, datetime.now(UTC)).alarms if "poll_seconds" in one]
    assert alarm.endswith("The service goes on with the settings it had.")
    imap.deliver(mail(1))
    wait_until(lambda: sink.count == 1, log)
    in_file.file.write_text(good.replace("poll_seconds = 1", "poll_seconds = 2"))
    wait_until(lambda: "settings changed" in log.read_text(), log)
    assert process.poll() is None


def with_folder(imap, name: str) -> None:
    from imapclient import IMAPClient

    with IMAPClient("127.0.0.1", port=imap.port, ssl=False) as client:
        client.login(imap.user, imap.password)
        client.create_folder(name)


def append(imap, folder: str, raw: bytes) -> None:
    from imapclient import IMAPClient

    with IMAPClient("127.0.0.1", port=imap.port, ssl=False) as client:
        client.login(imap.user, imap.password)
        client.append(folder, raw)


# -- trying servers --------------------------------------------------------------------------------------------------------


def test_a_mailbox_that_works_can_be_tried_before_it_is_saved(config):
    assert checks.mailbox(config, config.mailbox[0].model_copy(update={"id": "new"})).trouble == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        # each says what to correct
        ({"user": "nobody"}, "refused user or password"),
        ({"folders": ("Nowhere",)}, "Nowhere"),
        ({"sent_folder": "Nowhere"}, "does not exist"),
        ({"port": 1}, "does not answer"),
        ({"host": "nowhere.invalid", "security": "tls"}, "does not answer"),
        ({"host": "a..b", "security": "tls"}, "correct"),
        ({"host": "x" * 70 + ".example", "security": "tls"}, "correct"),
        ({"security": "starttls"}, "certificate"),
    ],
)
def test_a_mailbox_that_does_not_work_says_why(config, change, words):
    assert words in checks.mailbox(config, config.mailbox[0].model_copy(update=change)).trouble


def test_a_server_that_says_nothing_is_not_waited_for_long(config, monkeypatch):
    monkeypatch.setattr(checks, "TRY_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        began = time.monotonic()
        assert "does not answer" in checks.mailbox(config, config.mailbox[0].model_copy(update={"port": port})).trouble
        assert "does not answer" in checks.smtp(config, config.smtp.model_copy(update={"port": port})).trouble
        assert time.monotonic() - began < 5


def test_trying_smtp_signs_in_and_sends_nothing(config, imap):
    commands: list[str] = []

    class Listening(SmtpSink):
        async def handle_NOOP(self, server, session, envelope, argument):  # noqa: N802
            commands.append("NOOP")
            return "250 OK"

    with smtp_sink(Listening(), authenticator=any_password, auth_require_tls=False) as server:
        tried = config.smtp.model_copy(update={"port": server.port, "user": imap.user, "password": Secret(value=imap.password)})
        assert checks.smtp(config, tried).trouble == ""
        assert commands == ["NOOP"] and server.count == 0
        wrong = tried.model_copy(update={"user": "nobody"})
        assert "refused user or password" in checks.smtp(config, wrong).trouble


def test_the_demo_world_can_be_written(config, imap, sink, tmp_path):
    written = world.written(imap, sink.port, tmp_path)
    assert load(written.file) == written
    assert written.file.stat().st_mode & 0o777 == 0o600
