"""Requests in the middle of their lives, for tests."""

from __future__ import annotations

from dataclasses import replace

from builders import RECEIVED

from privbot.casework.lifecycle import NEED_USER_VERIFICATION, Case, State
from privbot.casework.verification import Evidence, Kind
from privbot.law.model import Events
from privbot.law.verification import verification
from privbot.reading.model import CATEGORY_OF_RIGHT

PROVEN_MAILBOX = Evidence(frozenset({Kind.MAILBOX}))
AUTHENTICATED = Evidence(authenticated=True)
EVERYTHING = Evidence(frozenset(Kind), details=9, authenticated=True)


def a_case(regime: str = "gdpr", right: str = "access", **changes: object) -> Case:
    """Open, unassigned, received on 20 November 2026, with nothing shown."""
    case = Case(
        controller="lumen", person="mel", regime=regime, right=right, category=CATEGORY_OF_RIGHT[right], received=RECEIVED,
        rule=verification(regime, right), ticket="LUM-AAAA-BBBB",
    )  # fmt: skip
    return replace(case, **changes)


def asked_for_identity(case: Case) -> Case:
    """As after `ask_identity` on the day of receipt."""
    return replace(case, state=State.IN_PROGRESS, reason=NEED_USER_VERIFICATION, events=Events(identity_asked=RECEIVED.date()))
