"""`privbot demo`: the main job on this machine alone. A real IMAP server, an SMTP sink, the golden mails, the worker at work.

Nothing leaves the machine: the servers listen on loopback only, and letters end in the sink.
"""

from __future__ import annotations

import logging
import secrets
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import track

from privbot import logs, terminal
from privbot.config import Config
from privbot.console.settings import settings_for
from privbot.testing import golden, world
from privbot.testing.imap import ImapServer, imap_server
from privbot.testing.smtp import Received, SmtpSink, smtp_sink
from privbot.worker.office import Office, open_office

if TYPE_CHECKING:
    from privbot.records.queue import Queue
    from privbot.worker.pipeline import Handled

console = Console(highlight=False)
DEMO_PERSON = "robin@harbour.example"


def play(*, once: bool, port: int) -> bool:
    """Play the golden mails. With `once`, compare each with what must come out, and return whether all was right; else run until Ctrl-C."""
    logs.to_standard_error(least=logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="privbot-demo-") as made, imap_server() as imap, _post_office(imap, port) as sink:
        config = world.written(imap, sink.port, Path(made))
        office = open_office(config, lambda: datetime.now(UTC), console=None if once else settings_for(config))
        console.print(
            f"[bold]privbot demo[/] – IMAP on 127.0.0.1:{imap.port}, SMTP on 127.0.0.1:{sink.port}; nothing leaves this machine"
        )
        pairs = golden.load()
        for pair in track(pairs, description="delivering golden mails", console=console, transient=True):
            imap.deliver(pair.raw)
        return _compare(office, sink, pairs) if once else _keep_running(office, sink, config)


@contextmanager
def _post_office(imap: ImapServer, port: int) -> Iterator[SmtpSink]:
    """One SMTP server for both ways: mail to the demo's own addresses goes into the mailbox, everything else is a letter that arrived."""

    def sort(letter: Received) -> None:
        ours = [address for address in letter.recipients if address.lower().endswith("@harbour.example")]
        if ours:
            stamp = f"Return-Path: <{letter.sender}>\r\nDelivered-To: {ours[0]}\r\n".encode()
            imap.deliver(stamp + letter.raw)

    with smtp_sink(SmtpSink(port=port, on_message=sort)) as sink:
        yield sink


def _compare(office: Office, sink: SmtpSink, pairs: list[golden.GoldenMail]) -> bool:
    came_out: list[Handled] = []

    def tell(handled: Handled) -> None:
        terminal.show_handled(handled)
        came_out.append(handled)

    for poller in office.pollers.values():
        poller.poll()
    office.pipeline.handle_kept("privacy", on_handled=tell)
    office.delivery.deliver()
    office.close()
    found = _told_apart(pairs, came_out)
    for name, sentences in found.items():
        for sentence in sentences:
            console.print(f"[red]✗[/] {name}: {terminal.plain(sentence)}")
    right = sum(not sentences for sentences in found.values())
    not_yet = sum("not_yet" in pair.expected for pair in pairs)
    terminal.show_queue(_queue(office), office.clock().date())
    letters = sum(handled.letter is not None and handled.letter.state == "queued" for handled in came_out)
    console.print(f"[bold]{right} of {len(pairs)} mails met their expectation[/], {not_yet} of them only by asking a person;")
    console.print(f"{letters} letters written, {sink.count} reached the SMTP sink")
    return right == len(pairs) and letters == sink.count


def _told_apart(pairs: list[golden.GoldenMail], came_out: list[Handled]) -> dict[str, list[str]]:
    """Differences by pair. Mails were delivered one after the other, so they come out in the same order; one that is missing is found by that."""
    subjects = Counter(pair.name for pair in pairs)
    assert max(subjects.values()) == 1
    if len(came_out) != len(pairs):
        return {pair.name: [f"{len(pairs)} mails went in, {len(came_out)} came out"] for pair in pairs}
    return {pair.name: golden.differences(pair, handled) for pair, handled in zip(pairs, came_out, strict=True)}


def _queue(office: Office) -> Queue:
    from privbot.records import queue

    return queue.load(office.seals, limit=30)


def _keep_running(office: Office, sink: SmtpSink, config: Config) -> bool:
    from privbot.console.serve import serving
    from privbot.worker import schedule

    quiet = threading.Timer(0, lambda: None)

    def then_the_queue() -> None:
        terminal.show_queue(_queue(office), office.clock().date())
        # Not wrapped: a command with a line break in it cannot be pasted.
        console.print(_how_to_write(sink.port, config), soft_wrap=True)
        console.print(
            f"Other commands see the demo after  export PRIVBOT_CONFIG={config.folder / 'privbot.toml'}", soft_wrap=True
        )
        console.print(sign_in, soft_wrap=True)

    def tell(handled: Handled) -> None:
        nonlocal quiet
        terminal.show_handled(handled)
        quiet.cancel()
        quiet = threading.Timer(2.0, then_the_queue)
        quiet.daemon = True
        quiet.start()

    with serving(office.with_settings(config)) as address:
        sign_in = _how_to_sign_in(address)
        console.print(sign_in, soft_wrap=True)
        schedule.run(office, on_handled=tell)
    return True


def _how_to_sign_in(address: str) -> str:
    """The console's address, and somebody who may sign in there."""
    from privbot.console.models import Role, User

    password = secrets.token_urlsafe(12)
    User.objects.create_user(DEMO_PERSON, "Robin Ames", password, role=Role.ADMIN, all_controllers=True)
    return f"[bold]The console[/] is at {address} – sign in as {DEMO_PERSON} with the password {password}"


def _how_to_write(port: int, config: Config) -> str:
    address = config.controller[0].addresses[0]
    mail = f"From: Robin Vale <robin@vale.example>\\nTo: {address}\\nSubject: my data\\n\\nPlease send me a copy of all data you hold about me."
    hand_over = f"smtplib.SMTP('127.0.0.1', {port}).sendmail('robin@vale.example', '{address}', '{mail}')"
    lines = (
        "[bold]Write to the demo yourself[/] – it becomes a ticket within seconds; Ctrl-C ends the demo:",
        "",
        f'  python3 -c "import smtplib; {hand_over}"',
    )
    return "\n".join(lines)
