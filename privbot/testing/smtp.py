"""An SMTP server on loopback that keeps what it is given (aiosmtpd)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from privbot.testing.imap import PASSWORD, USER
from privbot.testing.processes import PATIENCE_SECONDS, free_port


@dataclass
class Received:
    """A letter that reached the sink."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass
class SmtpSink:
    """An SMTP server that keeps what it is given, or refuses it as told. `answers` maps a recipient to the reply it gets at RCPT."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    on_message: Callable[[Received], None] | None = None
    count_only: bool = False
    count: int = 0

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        letter = Received(envelope.mail_from or "", list(envelope.rcpt_tos), bytes(envelope.original_content or b""))
        self.count += 1
        if not self.count_only:
            self.received.append(letter)
        if self.on_message:
            await asyncio.get_running_loop().run_in_executor(None, self.on_message, letter)
        return "250 OK"


def any_password(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    """For tests of signing in: one account, one password."""
    good = getattr(data, "login", b"") == USER.encode() and getattr(data, "password", b"") == PASSWORD.encode()
    return AuthResult(success=good, handled=good)


@contextmanager
def smtp_sink(sink: SmtpSink, **options: Any) -> Iterator[SmtpSink]:
    """Run an SMTP server on loopback until the block ends. `options` go to aiosmtpd's SMTP."""
    port = sink.port or free_port()
    controller = Controller(
        sink, hostname="127.0.0.1", port=port, ready_timeout=PATIENCE_SECONDS, enable_SMTPUTF8=True, **options
    )
    controller.start()
    sink.port = port
    try:
        yield sink
    finally:
        controller.stop(no_assert=True)
