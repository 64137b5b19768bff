"""A mailbox whose mails arrive when the clock of the tests says so, and an office that is looked after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest


@pytest.fixture
def desk_office(config, clock):
    """The console's: what operators send leaves ten seconds later."""
    from privbot.worker.office import Office

    clock.now = datetime.now(UTC)  # the mail server's own clock is not frozen
    made = Office(config, clock, grace=timedelta(seconds=10))
    yield made
    made.close()


@pytest.fixture
def desk_mail(imap, desk_office):
    """A mail arrives at the desk's mailbox and is handled; gives the newest ticket."""
    from desk_world import letter_from

    from privbot.records.models import Ticket
    from privbot.worker.once import poll_once

    def work(text: str, **more: str) -> Ticket | None:
        imap.deliver(letter_from(text, **more))
        poll_once(desk_office)
        return Ticket.objects.order_by("-id").first()

    return work


@pytest.fixture
def watched(config, clock):
    """An office whose first controller has operators."""
    # Records can be imported only once the databases are connected.
    from sweep_world import OPERATORS, with_controller

    from privbot.worker.office import Office

    made = Office(config, clock)
    with_controller(made, operators=OPERATORS)
    yield made
    made.close()


@pytest.fixture
def receive(imap, watched, clock) -> Callable[..., None]:
    """Mails that our server receives at the clock's own time, handled at once."""
    from imapclient import IMAPClient

    from privbot.worker.once import poll_once

    def work(*texts: str, at: datetime | None = None) -> None:
        with IMAPClient("127.0.0.1", port=imap.port, ssl=False) as client:
            client.login(imap.user, imap.password)
            for text in texts:
                client.append("INBOX", text.replace("\n", "\r\n").encode(), msg_time=at or clock.now)
        poll_once(watched)

    return work
