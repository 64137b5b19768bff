"""The requests of a ticket, each with where it stands, its dates, what is missing, what happened, and what it may be refused for."""

from __future__ import annotations

from datetime import date
from typing import Any

from privbot.casework.lifecycle import MAY, Case, Role, State, Step, waits_for_access
from privbot.casework.limits import limit_reached, retention_is_over
from privbot.law.calendar import day_in
from privbot.law.refusals import refusals
from privbot.law.regimes import regime
from privbot.law.verification import unverified_as
from privbot.records import cases, life, proofs
from privbot.records.models import Request
from privbot.records.retention import years
from privbot.worker.controllers import for_casework
from privbot.worker.office import Office


def lifeline(office: Office, reference: str, *, last_contact: date | None = None) -> list[dict[str, Any]]:
    """Each request of a ticket, the nearest date first. `last_contact`: when the controller says the account was closed or the last contact was,
    for the check of retention. Raises UnknownReference."""
    ticket = cases.by_reference(reference)
    controller = for_casework(office.config.named_controller(ticket.controller))
    rows = list(ticket.requests.select_related("ticket").order_by("respond_by", "id"))
    told = [life.case_of(row, controller, proofs.shown_for(row)) for row in rows]
    return [
        _request(office, row, case, [other for other in told if other is not case], last_contact)
        for row, case in zip(rows, told, strict=True)
    ]


def _request(office: Office, row: Request, case: Case, siblings: list[Case], last_contact: date | None) -> dict[str, Any]:
    dates = case.clocks
    return {
        "right": row.right, "regime": row.regime, "state": row.state, "reason": row.state_reason, "owner": row.owner,
        "received": row.received_at, "acknowledge_by": row.acknowledge_by, "due": row.respond_by, "statute": row.statute, "promise": row.promise,
        "extend_by": row.extend_by, "extended": row.extended_on, "closed": row.closed_at, "fulfilled": row.fulfilled, "refusal": row.refusal,
        "verification": row.verification, "verified": row.verified_level, "missing": [kind.value for kind in case.missing],
        "waits_for_access": waits_for_access(case, siblings), "asking": row.asking, "why": list(dates.explanation),
        "may": {role.value: [step.value for step in Step if role in MAY[step][State(row.state)]] for role in (Role.OPERATOR, Role.LEAD)},
        "refusable": refusable(office, row, case, last_contact) if case.active else [],
        "steps": [
            {"step": one.step, "at": one.at, "by": one.actor, "letter": one.letter_id, **life.words_of(one, office.seals)}
            for one in row.steps.select_related("request__ticket").order_by("id")
        ],
    }  # fmt: skip


def refusable(office: Office, row: Request, case: Case, last_contact: date | None) -> list[dict[str, str]]:
    """For which reasons the request might be refused, by checks on what is known; whether it is, a person decides."""
    known = refusals(row.regime, row.right)
    received = day_in(row.received_at, (case.place or regime(row.regime).place.place).zone)
    found: dict[str, str] = {}
    if limit := limit_reached(row.regime, row.right, received, life.past_requests(row)):
        found["too-many-requests"] = f"answered {limit.answers} times since {limit.since} already [{limit.source}]"
    if last_contact and retention_is_over(last_contact, received, years(office.config, row.controller)):
        found["retention-expired"] = f"the time data are kept was over before the request came; last contact {last_contact}"
    if case.missing and case.events.identity_asked and not unverified_as(row.regime, row.right):
        found["insufficient-verification"] = (
            f"asked for proof on {case.events.identity_asked}; missing: {', '.join(case.missing)}"
        )
    return [{"because": code, "why": why, "source": known[code].source} for code, why in found.items() if code in known]
