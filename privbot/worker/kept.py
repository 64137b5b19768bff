"""From a kept mail to the task of understanding it."""

from __future__ import annotations

from privbot.records.models import IncomingMail
from privbot.records.sealing import Seals
from privbot.worker.understanding import Task


def task_of(kept: IncomingMail, seals: Seals) -> Task:
    """The kept bytes, opened, and what parsing must know of them. Raises KeyDestroyed, SealBroken."""
    return Task(seals.open(kept.key, "raw mail", kept.sealed_raw), kept.mailbox, kept.truncated)
