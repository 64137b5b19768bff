"""`privbot poll --once`: what the service does on its schedule, done once, now."""

from __future__ import annotations

from dataclasses import dataclass

from privbot.errors import FaultOfWorld
from privbot.intake.poll import PollResult
from privbot.worker.office import Office


@dataclass(frozen=True, slots=True)
class OnceResult:
    """What one round did. `outbox_fault` is a sentence when letters could not be delivered."""

    polls: tuple[PollResult, ...]
    handled: int
    sent: int
    outbox_fault: str = ""

    @property
    def faults(self) -> list[str]:
        found = [f"{poll.mailbox}/{poll.folder}: {poll.fault}" for poll in self.polls if poll.fault]
        found += [
            f"{poll.mailbox}/{poll.folder}: {poll.missing} mails are not in the ledger" for poll in self.polls if poll.missing
        ]
        return [*found, *([self.outbox_fault] if self.outbox_fault else [])]


def poll_once(office: Office) -> OnceResult:
    """One look at every mailbox, then all that is kept, then the outbox."""
    polls: list[PollResult] = []
    handled = sent = 0
    for mailbox, poller in office.pollers.items():
        polls += poller.poll()
        handled += office.pipeline.handle_kept(mailbox)
    fault = ""
    try:
        sent = office.delivery.deliver()
        office.delivery.copy_to_sent()
    except FaultOfWorld as trouble:
        fault = str(trouble)
    office.close()
    return OnceResult(tuple(polls), handled, sent, fault)
