"""The sweep: what time itself brings. Whom we wait for is reminded, what becomes due is told to the operators, older mails become findable.

Called by the scheduler and by `privbot sweep --once`. What is due is derived from the records at each call; calling it twice does nothing twice.
"""

from __future__ import annotations

from dataclasses import dataclass

from privbot.worker import indexing, notices, waiting
from privbot.worker.office import Office


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did."""

    reminded: int
    """Requesters reminded of a code."""
    run_out: int
    """Codes that ran out."""
    told: int
    """Mails to operators: reminders, escalations, digests."""
    indexed: int
    """Mails of an older release that can now be searched."""


def sweep(office: Office) -> Swept:
    """One sweep. Raises FaultOfWorld when the operators cannot be told now; the next sweep tells them."""
    try:
        waited = waiting.look_after(office)
    finally:
        # Whatever is wrong with the requesters' tickets, no date may pass in silence.
        told = notices.tell_operators(office.config, office.clock(), lease_seconds=office.delivery.sending_seconds)
    return Swept(waited.reminded, waited.run_out, told, indexing.index_older_mails(office))
