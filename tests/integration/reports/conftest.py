from __future__ import annotations

from functools import partial

import pytest


@pytest.fixture
def office(config, clock):
    from privbot.worker.office import Office

    made = Office(config, clock)
    yield made
    made.close()


@pytest.fixture
def asked(office):
    """A function that puts one request into the records."""
    from report_world import ask

    return partial(ask, office)
