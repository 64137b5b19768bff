"""A day's mail for the console's tests: golden mails through the real way – IMAP, pipeline – so that every page has something to show."""

from __future__ import annotations

from typing import Any

from privbot.testing import golden

MAILS = (*range(1, 31), *range(60, 80))
"""Numbers of the golden mails that arrive."""


def arrive(office: Any, imap: Any, *, numbers: tuple[int, ...] = MAILS) -> None:
    """Deliver, poll, handle and send."""
    for pair in golden.load():
        if int(pair.name.split("-")[0]) in numbers:
            imap.deliver(pair.raw)
    for poller in office.pollers.values():
        poller.poll()
    for mailbox in office.config.mailboxes:
        office.pipeline.handle_kept(mailbox)
    office.delivery.deliver()
