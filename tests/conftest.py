"""What all tests share: one connected database per run, servers on loopback, a clock that only moves when told."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

import pytest

from privbot.config import Config
from privbot.testing import world
from privbot.testing.imap import ImapServer, dovecot
from privbot.testing.postgresql import postgresql
from privbot.testing.smtp import SmtpSink, smtp_sink

# eth_account brings a limit of recursion at which nothing is nested too deeply any more; tests that sign with it import it themselves.
DEEPEST = sys.getrecursionlimit()
import eth_account  # noqa: E402, F401

sys.setrecursionlimit(DEEPEST)
pytest_plugins = ["tests.at_the_console"]
# Playwright drives Chromium from an event loop in the tests' own thread; Django would refuse to ask the database from there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


class FrozenClock:
    """Stands still until `advance`."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **time: float) -> None:
        self.now += timedelta(**time)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite", help="what the records are kept in")


class RECORDS:
    """Django is set up once per process, before any test module is imported: the same databases serve the whole run."""

    stack = ExitStack()
    addresses: ClassVar[dict[str, str]] = {}
    folder: Path


QUICKER = {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}
"""Argon2 takes its time by intention; the tests of sign-in itself use it."""


def pytest_configure(config: pytest.Config) -> None:
    from privbot.console.settings import settings_for
    from privbot.records import database

    RECORDS.folder = Path(RECORDS.stack.enter_context(TemporaryDirectory(prefix="privbot-tests-")))
    if config.getoption("--database") == "postgresql":
        address = RECORDS.stack.enter_context(postgresql())
        RECORDS.addresses = {"database": f"{address}/privbot", "key_database": f"{address}/keys"}
    made = world.without_servers(RECORDS.folder, **RECORDS.addresses)
    database.connect(made, {**settings_for(made), **QUICKER})
    database.migrate()


def pytest_unconfigure(config: pytest.Config) -> None:
    from django.db import connections

    connections.close_all()
    RECORDS.stack.close()


@pytest.fixture(autouse=True)
def log_as_it_was() -> Iterator[None]:
    """A test that writes the log to its own captured standard error leaves no closed file behind for the next one."""
    import structlog

    yield
    structlog.reset_defaults()


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture(scope="session")
def imap_server() -> Iterator[ImapServer]:
    with dovecot() as server:
        yield server


@pytest.fixture
def imap(imap_server: ImapServer) -> ImapServer:
    """The session's Dovecot with an empty account."""
    from imapclient import IMAPClient

    with IMAPClient("127.0.0.1", port=imap_server.port, ssl=False) as client:
        client.login(imap_server.user, imap_server.password)
        for _, _, name in client.list_folders():
            if name not in ("INBOX", "Sent"):
                client.delete_folder(name)
            else:
                client.select_folder(name)
                if uids := client.search():
                    client.delete_messages(uids)
                    client.expunge()
    return imap_server


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with smtp_sink(SmtpSink()) as server:
        yield server


@pytest.fixture
def config(imap: ImapServer, sink: SmtpSink) -> Config:
    """The demo world's configuration, on empty databases."""
    made = world.configuration(imap, sink.port, RECORDS.folder, **RECORDS.addresses)
    empty_databases()
    return made


@pytest.fixture(autouse=True)
def patterns_only(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of the other rooms read with the patterns alone: a plain request stays one, however the next model is trained."""
    if "integration" in request.path.parts:
        from privbot.reading.reader import Reader

        monkeypatch.setattr(Reader, "load", classmethod(lambda cls, path=None: cls(None)))


@pytest.fixture
def reader():  # type: ignore[no-untyped-def]
    return loaded_reader()


@cache
def loaded_reader():  # type: ignore[no-untyped-def]
    from privbot.reading.reader import Reader

    return Reader.load()


def empty_databases() -> None:
    """A hundred times quicker than making them anew."""
    from axes.models import AccessAttempt

    from privbot.console.models import Invitation, User
    from privbot.records import models

    for model in (
        User, Invitation, AccessAttempt,
        models.Undoable, models.LetterVersion, models.SearchTerm, models.Note, models.WordingVersion, models.AuditEvent, models.Notice,
        models.StepTaken, models.Correction,
        models.Review, models.Letter, models.Challenge, models.Request,
        models.LedgerEntry, models.IncomingMail, models.Ticket, models.Folder, models.Worker, models.DataKey,
    ):  # fmt: skip
        model.objects.all().delete()
