"""`privbot check`: try everything the service needs, and say in one sentence each what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from privbot.config import Config, Controller, Mailbox, Server, Smtp, load
from privbot.errors import PrivbotError

TRY_SECONDS = 5
"""Limit for each step on the wire while somebody waits for the answer."""
ServerSettings = TypeVar("ServerSettings", bound=Server)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One thing that was tried. `trouble` is empty when it works."""

    what: str
    trouble: str = ""


def run_all(file: Path | None) -> Iterator[CheckResult]:
    """Try one thing after the other; what depends on a failed one is left out. Nothing is sent, stored or marked."""
    try:
        config = load(file)
    except PrivbotError as fault:
        yield CheckResult("configuration", str(fault))
        return
    yield CheckResult("configuration")
    yield _try("database", lambda: _database(config))
    for mailbox in config.mailbox:
        yield _try(f"mailbox {mailbox.id}", lambda mailbox=mailbox: _mailbox(config, mailbox))  # type: ignore[misc]
    yield _try("SMTP", lambda: _smtp(config, config.smtp))
    yield _try("letters", lambda: _letters(config))
    yield from customers(config, [one for one in config.controller if one.customers])
    yield _try("reading pipeline", lambda: _reading_pipeline(config))


def customers(config: Config, controllers: Iterable[Controller]) -> Iterator[CheckResult]:
    """Ask each controller's customer records for somebody unknown."""
    from privbot.records.customers import check

    for one in controllers:
        if one.customers is None:
            yield CheckResult(f"customers {one.id} (none configured: nothing is compared)")
        else:
            yield _try(f"customers {one.id}", lambda one=one: check(config, one.id))  # type: ignore[misc]


def mailbox(config: Config, tried: Mailbox) -> CheckResult:
    """Sign in to a mailbox – of the configuration, or one that somebody is about to add – and look at its folders by EXAMINE, without patience."""
    return _try(f"mailbox {tried.id}", lambda: _mailbox(config, _impatient(tried)))


def smtp(config: Config, tried: Smtp) -> CheckResult:
    """Connect to an SMTP server and sign in, without patience: EHLO, STARTTLS, AUTH, NOOP, QUIT. No mail is sent."""
    return _try("SMTP", lambda: _smtp(config, _impatient(tried)))


def _impatient(server: ServerSettings) -> ServerSettings:
    return server.model_copy(update={"timeout_seconds": min(server.timeout_seconds, TRY_SECONDS)})


def _try(what: str, attempt: Callable[[], None]) -> CheckResult:
    from django.db import Error as DatabaseError

    try:
        attempt()
    except PrivbotError as fault:
        return CheckResult(what, str(fault))
    except UnicodeError:
        return CheckResult(
            what, "The name of the server, the user or the password holds characters that cannot be sent; correct it."
        )
    except (DatabaseError, OSError) as fault:
        return CheckResult(what, f"It cannot be used ({type(fault).__name__}); check its address, rights and disk.")
    return CheckResult(what)


def _database(config: Config) -> None:
    from privbot.worker.office import open_office

    open_office(config, lambda: datetime.now(UTC)).seals.check()


def _mailbox(config: Config, mailbox: Mailbox) -> None:
    from privbot.intake.imap import Account, FolderMissing, ServerSaidNo

    account = Account(mailbox, config.folder)
    try:
        for folder in mailbox.folders:
            account.open(folder, for_marking=False)
        if mailbox.after == "move" and not account.can_move():
            raise ServerSaidNo('The IMAP server cannot MOVE (RFC 6851); use after = "keyword" or "leave".')
        for wanted in (mailbox.move_to, mailbox.sent_folder):
            if wanted and not account.has_folder(wanted):
                raise FolderMissing(
                    f"The folder {wanted!r} of mailbox {mailbox.id!r} does not exist; create it or correct its name."
                )
    finally:
        account.close()


def _smtp(config: Config, smtp: Smtp) -> None:
    from privbot.letters.smtp import Carrier

    with Carrier(smtp, config.folder) as carrier:
        carrier.connect()
        carrier.connect()  # a connection that stands is asked with NOOP


def _letters(config: Config) -> None:
    from privbot.letters.compose import compose, letters
    from privbot.letters.own_wording import check_own_wording
    from privbot.letters.sample import sample_context
    from privbot.letters.words import languages

    for controller in config.controller:
        own = config.own_wording(controller)
        if own:
            check_own_wording(own)
        for language in languages():
            for name in letters():
                compose(name, language, sample_context(language, name), own_wording=own)


def _reading_pipeline(config: Config) -> None:
    from privbot.reading.reader import Reader
    from privbot.worker.model_store import ModelStore

    Reader.load(ModelStore(config).promoted())
