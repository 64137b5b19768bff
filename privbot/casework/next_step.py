"""What to do first about a request: the one step that an operator is offered before all others, and why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from privbot.casework.answers import first_to_ask
from privbot.casework.lifecycle import NEED_USER_VERIFICATION, Case, waits_for_access
from privbot.casework.verification import Kind

LAST_DAYS = timedelta(days=3)
"""Before the last day for an extension: what still waits for the requester then will hardly be answered in time."""


class Todo(StrEnum):
    """What can be offered first. Those that are steps of a request's life are named as in `lifecycle.Step`."""

    DECIDE = "decide"
    """A mail was held for a person."""
    APPROVE = "approve"
    """A letter is a draft."""
    RESEND = "resend"
    """A letter was refused, or may not have left."""
    ANSWERED = "answered"
    ASK_IDENTITY = "ask-identity"
    SEEN = "seen"
    """What is missing is shown by the requester of their own accord, never asked for."""
    EXPIRE = "expire"
    EXTEND = "extend"
    FULFIL = "fulfil"
    WAIT = "wait"


class Why(StrEnum):
    """Why it comes first. The console has a sentence for each (`console.words`)."""

    HELD = "held"
    DRAFT_WAITS = "draft-waits"
    NOT_DELIVERED = "not-delivered"
    ANSWER_CAME = "answer-came"
    NOT_YET_ASKED = "not-yet-asked"
    NO_LONGER_ASKED = "no-longer-asked"
    NEVER_ASKED_FOR = "never-asked-for"
    TIME_IS_OVER = "time-is-over"
    LAST_DAY_TO_EXTEND = "last-day-to-extend"
    OVERDUE = "overdue"
    NOTHING_MISSING = "nothing-missing"
    ACCESS_FIRST = "access-first"
    PROOF_AWAITED = "proof-awaited"
    QUESTION_ASKED = "question-asked"


@dataclass(frozen=True, slots=True)
class NextStep:
    """The step to offer first."""

    todo: Todo
    why: Why
    day: date | None = None
    """The day that the reason is about, in the place of the regime."""
    kind: Kind | None = None
    """What to ask the requester for."""


@dataclass(frozen=True, slots=True)
class Around:
    """What else is known of a request's ticket."""

    siblings: Collection[Case] = ()
    """The other requests of the ticket."""
    answer_came: bool = False
    """The requester wrote after our question."""
    proof_is_over: bool = False
    """All that was asked for, and is still missing, has run out."""
    proof_is_pending: bool = False
    """Something that was asked for, and is still missing, can still come."""


NOTHING_ELSE = Around()


def next_step(case: Case, today: date, around: Around = NOTHING_ELSE) -> NextStep | None:
    """What to do first about one request, on a day in the place of its regime; None where nothing is left to do."""
    if not case.active:
        return None
    due = case.clocks
    if case.asking and around.answer_came:
        return NextStep(Todo.ANSWERED, Why.ANSWER_CAME)
    if case.awaited and not case.asking:
        if case.reason != NEED_USER_VERIFICATION:
            return _ask_for_proof(case, Why.NOT_YET_ASKED)
        if around.proof_is_over:
            return NextStep(Todo.EXPIRE, Why.TIME_IS_OVER)
        if not around.proof_is_pending:
            return _ask_for_proof(case, Why.NO_LONGER_ASKED)
    last_days = due.extend_by is not None and due.extend_by - LAST_DAYS <= today <= due.extend_by
    if (case.asking or case.awaited) and last_days and not case.events.extended:
        return NextStep(Todo.EXTEND, Why.LAST_DAY_TO_EXTEND, due.extend_by)
    if case.asking:
        return NextStep(Todo.WAIT, Why.QUESTION_ASKED, case.events.clarification_asked)
    if case.awaited:
        return NextStep(Todo.WAIT, Why.PROOF_AWAITED, case.events.identity_asked)
    if waits_for_access(case, around.siblings):
        return NextStep(Todo.WAIT, Why.ACCESS_FIRST)
    return NextStep(Todo.FULFIL, Why.OVERDUE if today > due.respond_by else Why.NOTHING_MISSING, due.respond_by)


def _ask_for_proof(case: Case, why: Why) -> NextStep:
    kind = first_to_ask(case.awaited)
    return NextStep(Todo.ASK_IDENTITY, why, kind=kind) if kind else NextStep(Todo.SEEN, Why.NEVER_ASKED_FOR)
