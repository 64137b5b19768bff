"""The golden mails, through parsing, reading and triage: what must come out of each."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from privbot.casework.model import History
from privbot.casework.triage import triage
from privbot.testing import golden, world
from privbot.worker.controllers import for_casework
from privbot.worker.pipeline import Handled
from privbot.worker.understanding import Circumstances, Task, understand

PAIRS = golden.load()
RECEIVED = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def around() -> Circumstances:
    from privbot.testing.imap import ImapServer

    config = world.configuration(ImapServer(1, None, "privacy@harbour.example", "", lambda raw: None, None), 1, None)
    controllers = tuple(for_casework(one) for one in config.controller)
    return Circumstances(config.own_addresses, {"privacy": (world.TRUSTED_HOST,)}, {"privacy": controllers})


@pytest.mark.parametrize("pair", PAIRS, ids=[pair.name for pair in PAIRS])
def test_what_comes_out_is_what_must(pair, around, reader):
    understood = understand(Task(pair.raw, "privacy", False), around, reader)
    [controller] = [one for one in around.controllers["privacy"] if one.id == understood.controller]
    actions = triage(understood.mail, understood.reading, History(RECEIVED), controller)
    handled = Handled(1, controller.id, understood.mail, understood.reading, tuple(actions))
    assert golden.differences(pair, handled) == []


def test_there_are_enough_and_every_one_has_its_expectation():
    assert len(PAIRS) >= 120
    assert all(pair.expected.get("about") and pair.expected.get("outcome") for pair in PAIRS)
