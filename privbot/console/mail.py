"""Mail to the people of the team – invitations, password resets, notices of changes – through privbot's own SMTP server."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from email.utils import parseaddr
from typing import Any

import structlog
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from privbot.console import desk
from privbot.errors import PrivbotError
from privbot.letters.smtp import Carrier


class CarrierBackend(BaseEmailBackend):
    """Django's e-mail over `[smtp]`: encrypted and checked as letters are. Raises what `Carrier` raises, unless `fail_silently`."""

    def __init__(self, fail_silently: bool = False, **kwargs: Any) -> None:
        super().__init__(fail_silently=fail_silently)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Hand the messages over, each recipient alone; how many messages left."""
        config = desk.office().config
        sent = 0
        try:
            with Carrier(config.smtp, config.folder) as carrier:
                for message in email_messages:
                    # RFC 3834, 5: no machine answers it.
                    message.extra_headers.setdefault("Auto-Submitted", "auto-generated")
                    written = message.message().as_bytes(linesep="\r\n")
                    for recipient in message.recipients():
                        carrier.connect()
                        carrier.send(written, sender=parseaddr(message.from_email)[1], recipient=recipient)
                    sent += 1
        except PrivbotError:
            if not self.fail_silently:
                raise
        return sent


THREAD = "mail to the team"


def send_apart(message: EmailMessage) -> None:
    """Send without keeping the page waiting, so that how long it takes tells nobody whether there is an account (no enumeration by time).

    What fails is logged by its code; the person asks again.
    """

    def send() -> None:
        try:
            message.send()
        except PrivbotError as fault:
            structlog.get_logger().warning("mail to a team member not sent", fault=fault.code)

    threading.Thread(target=send, name=THREAD).start()
