"""A step taken for show: which letter it would write. Nothing of it stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction

from privbot.letters import outbox
from privbot.records.database import writing
from privbot.worker.office import Office
from privbot.worker.stepping import Done


def rehearse(office: Office, step: Callable[[], Done]) -> dict[str, Any] | None:
    """Recipient, subject, text and attachments of the letter that a step would write, as `outbox.words`; None if it writes none.

    Raises whatever refuses the step; that leaves no trace either.
    """
    with writing():
        done = step()
        words = outbox.words(done.letter, office.seals) if done.letter else None
        transaction.set_rollback(True)
    return words
