"""Delivering the outbox, and putting copies into the Sent folder."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import structlog

from privbot.casework.model import HoldForReview
from privbot.config import Config
from privbot.errors import FaultOfWorld
from privbot.intake.imap import Account
from privbot.letters import outbox
from privbot.letters.smtp import Carrier, LetterPostponed, LetterRefused, SmtpRefused, SmtpUnreachable, Unfinished
from privbot.records import cases
from privbot.records.audit import record
from privbot.records.database import writing
from privbot.records.models import Letter
from privbot.records.sealing import KeyDestroyed, Seals

log = structlog.get_logger()

CLAIM = 20
"""Letters claimed at a time: few, so that a worker that dies holds up few."""


@dataclass
class Delivery:
    """Carries letters from the outbox to the SMTP server."""

    config: Config
    seals: Seals
    holder: str
    clock: Callable[[], datetime]
    stopping: threading.Event

    @property
    def sending_seconds(self) -> float:
        """How long one letter may take before another worker wonders: longer than all its steps on the wire together."""
        return max(self.config.lease_seconds, 6 * self.config.smtp.timeout_seconds)

    def deliver(self) -> int:
        """Deliver all that is due; returns how many the server took. Raises FaultOfWorld when the server cannot be used now."""
        outbox.recover(now=self.clock())
        if paused := [one.id for one in self.config.controller if one.paused]:
            outbox.hold_back(paused, now=self.clock())
        sent = 0
        with Carrier(self.config.smtp, self.config.folder) as carrier:
            while not self.stopping.is_set():
                letters = outbox.claim(self.holder, limit=CLAIM, now=self.clock(), seconds=self.config.lease_seconds)
                if not letters:
                    break
                sent += self._deliver_claimed(letters, carrier)
        return sent

    def _deliver_claimed(self, letters: list[Letter], carrier: Carrier) -> int:
        """One commit between two letters: the last one is finished, the next one begun."""
        sent = 0
        previous: Letter | None = None
        waiting = list(letters)
        try:
            carrier.connect()
            for letter in letters:
                with writing():
                    if previous:
                        outbox.finish(previous, self.holder, now=self.clock())
                    mine = not self.stopping.is_set() and outbox.begin(
                        letter, self.holder, now=self.clock(), seconds=self.sending_seconds
                    )
                previous = None
                if not mine:
                    continue
                waiting.remove(letter)
                if self._send(letter, carrier):
                    previous = letter
                    sent += 1
        finally:
            with writing():
                if previous:
                    outbox.finish(previous, self.holder, now=self.clock())
                outbox.give_back(waiting, self.holder)
        return sent

    def _send(self, letter: Letter, carrier: Carrier) -> bool:
        """True when the server took it."""
        envelope = outbox.envelope(letter, self.seals)
        try:
            carrier.send(envelope.message, sender=envelope.sender, recipient=envelope.recipient)
        except LetterPostponed as fault:
            with writing():
                outbox.postpone(letter, self.holder, fault.code, now=self.clock())
            return False
        except LetterRefused as fault:
            with writing():
                outbox.bury(letter, self.holder, fault.code, now=self.clock())
                self._show_dead(letter)
            return False
        except Unfinished as fault:
            log.warning("letter unknown", letter=letter.id)
            with writing():
                outbox.unknown(letter, self.holder)
            raise SmtpUnreachable from fault
        except (SmtpUnreachable, SmtpRefused) as fault:
            with writing():
                outbox.postpone(letter, self.holder, fault.code, now=self.clock())
            raise
        return True

    def _show_dead(self, letter: Letter) -> None:
        """A letter that cannot be delivered is a person's matter: the clock it answers goes on."""
        if letter.cause is None:
            return
        due: date = min(letter.ticket.requests.values_list("respond_by", flat=True), default=self.clock().date())
        held = HoldForReview(("undeliverable",), ("a letter was refused by the mail server for good",), due)
        record([cases.hold(letter.cause, held, letter.ticket, now=self.clock())], actor=outbox.ACTOR, now=self.clock())

    def copy_to_sent(self) -> int:
        """Put copies of sent letters into the Sent folder of the mailbox that they answer. Returns how many."""
        copied = 0
        for mailbox in self.config.mailbox:
            left = Letter.objects.filter(state=Letter.State.SENT, copied=False, cause__mailbox=mailbox.id).select_related(
                "ticket"
            )[:200]
            if not left:
                continue
            try:
                account = Account(mailbox, self.config.folder)
            except FaultOfWorld as fault:
                log.warning("no copy in Sent yet", mailbox=mailbox.id, fault=fault.code)
                continue
            try:
                for letter in left:
                    try:
                        account.append_sent(outbox.envelope(letter, self.seals).message, letter.sent_at or self.clock())
                        copied += 1
                    except KeyDestroyed:
                        log.info("no copy of an erased letter", letter=letter.id)
                    with writing():
                        Letter.objects.filter(id=letter.id).update(copied=True)
            except FaultOfWorld as fault:
                log.warning("no copy in Sent yet", mailbox=mailbox.id, fault=fault.code)
            finally:
                account.close()
        return copied
