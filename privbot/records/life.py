"""A request's row, seen as its life (`casework.lifecycle`), and a step of that life written down.

Every function that writes expects to be inside `database.writing()`. A day is the calendar day in the place of the regime.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime

from privbot.casework import verification as proofs_of
from privbot.casework.lifecycle import CLOSING, UNASSIGNED, Case, State, Step, Taken
from privbot.casework.limits import PastRequest
from privbot.casework.model import Controller
from privbot.casework.verification import Authority, Evidence, Kind
from privbot.law.calendar import day_in
from privbot.law.model import Events
from privbot.law.regimes import regime
from privbot.law.verification import verification
from privbot.records.audit import Event
from privbot.records.models import Letter, Request, StepTaken
from privbot.records.sealing import Seals

SEAL = "words of a step"


def case_of(row: Request, controller: Controller, shown: Evidence) -> Case:
    """The request as its life sees it; `shown` is what has been shown for it (`proofs.shown_for`)."""
    ticket = row.ticket
    return Case(
        controller=ticket.controller,
        person=row.person_index,
        regime=row.regime,
        right=row.right,
        category=row.category,
        received=row.received_at,
        rule=verification(row.regime, row.right, not_on_file=row.not_on_file),
        place=controller.places.get(row.regime),
        promise=controller.promises.get(row.regime),
        ticket=ticket.reference,
        doubt=row.doubted,
        agent=_authority(row),
        minor=ticket.minor,
        evidence=shown,
        events=Events(
            extended=row.extended_on is not None,
            clarification_asked=row.clarification_asked_on,
            clarification_answered=row.clarification_answered_on,
            identity_proven=row.identity_proven_on,
            fee_paid=row.fee_paid_on,
            identity_asked=row.identity_asked_on,
        ),
        state=State(row.state),
        reason=row.state_reason,
        asking=row.asking,
        part=row.fulfilled == Request.Fulfilled.PART,
        owner=row.owner or UNASSIGNED,
    )


def day_of(case: Case, at: datetime) -> date:
    """The day of a step taken at a moment. Never before what happened already: our clock and the mail server's may differ by a little."""
    zone = (case.place or regime(case.regime).place.place).zone
    events = case.events
    before = (events.identity_asked, events.clarification_asked, day_in(case.received, zone))
    return max(day for day in (day_in(at, zone), *before) if day)


def past_requests(row: Request) -> list[PastRequest]:
    """The same person's other requests to the same controller."""
    others = (
        Request.objects.filter(controller=row.controller, person_index=row.person_index)
        .exclude(person_index="")
        .exclude(id=row.id)
    )
    return [
        PastRequest(
            one.regime, one.right, day_in(one.received_at, regime(one.regime).place.zone), one.state == Request.State.FULFILLED
        )
        for one in others
    ]


def write_step(
    row: Request, taken: Taken, step: Step, *, actor: str, at: datetime, seals: Seals, words: Mapping[str, str] | None = None,
    letter: Letter | None = None, data: Mapping[str, object] | None = None,
) -> list[Event]:  # fmt: skip
    """Write a step that was taken: the request as it is now, the step with its sealed words, and what the audit trail is told.

    `at`: the moment of the step, UTC; `words`: what people said, by kind of word; `data`: codes for the audit trail, nothing personal.
    """
    case = taken.case
    row.right, row.verification = case.right, case.rule.level
    row.state, row.state_reason, row.owner = case.state.value, case.reason, case.owner
    row.closed_at = None if case.active else (row.closed_at or at)
    row.doubted, row.asking = case.doubt, case.asking
    row.identity_asked_on, row.identity_proven_on = case.events.identity_asked, case.events.identity_proven
    row.clarification_asked_on, row.clarification_answered_on = (
        case.events.clarification_asked,
        case.events.clarification_answered,
    )
    row.fee_paid_on = case.events.fee_paid
    if case.events.extended and row.extended_on is None:
        row.extended_on = day_of(case, at)
    _write_fulfilment(row, case)
    _write_proof(row, case, at)
    moved = reckon(row, case)
    row.save()
    told = {kind: said for kind, said in (words or {}).items() if said}
    StepTaken.objects.create(
        request=row, step=step.value, at=at, actor=actor, letter=letter,
        sealed_words=seals.seal(row.ticket.key, SEAL, json.dumps(told, ensure_ascii=False).encode()) if told else b"",
    )  # fmt: skip
    return [_event(row, step, data or {}), *moved]


def reckon(row: Request, case: Case) -> list[Event]:
    """Put the dates of a request, as everything that happened moves them, into its row; not saved. Returns what the audit trail is told."""
    dates, due_before = case.clocks, row.respond_by
    row.acknowledge_by, row.statute, row.promise, row.respond_by = (
        dates.acknowledge_by,
        dates.statute,
        dates.promise,
        dates.respond_by,
    )
    row.alarm, row.extend_by, row.sources = dates.alarm, dates.extend_by, list(dates.sources)
    return _moved_clock(row, due_before)


def words_of(step: StepTaken, seals: Seals) -> dict[str, str]:
    """What people said about a step."""
    return dict(json.loads(seals.open(step.request.ticket.key, SEAL, step.sealed_words))) if step.sealed_words else {}


def stands(step: StepTaken) -> bool:
    """Whether the request is still where this step brought it: closed, extended, or waiting for the answer to a question."""
    row = step.request
    active = row.state in Request.ACTIVE
    if step.step in CLOSING:
        return not active and row.steps.filter(step__in=CLOSING).order_by("id").last() == step
    return active and ((step.step == Step.EXTEND and row.extended_on is not None) or (step.step == Step.ASK and row.asking))


def _authority(row: Request) -> Authority | None:
    if row.ticket.authority:
        return Authority(row.ticket.authority)
    return Authority.PERMISSION if row.ticket.agent else None


def _write_fulfilment(row: Request, case: Case) -> None:
    whole_or_part = Request.Fulfilled.PART if case.part else Request.Fulfilled.WHOLE
    row.fulfilled = whole_or_part if case.state is State.FULFILLED else ""


def _write_proof(row: Request, case: Case, at: datetime) -> None:
    row.verified_level = proofs_of.level_reached(case.rule, case.needs, case.evidence)
    if row.mailbox_proven_at is None and case.evidence.kinds & {Kind.MAILBOX, Kind.WALLET}:
        row.mailbox_proven_at = at
    if row.verified_at is None and case.needs.kinds and not case.missing:
        row.verified_at = at


def _event(row: Request, step: Step, data: Mapping[str, object]) -> Event:
    told = {"request": row.id, "right": row.right, "regime": row.regime, "state": row.state, "reason": row.state_reason}
    return Event(f"request {step.value}", f"ticket:{row.ticket.reference}", told | dict(data))


def _moved_clock(row: Request, due_before: date) -> list[Event]:
    if row.respond_by == due_before:
        return []
    told = {"request": row.id, "from": due_before.isoformat(), "to": row.respond_by.isoformat()}
    return [Event("clock moved", f"ticket:{row.ticket.reference}", told)]
