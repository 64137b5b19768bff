"""One mail asks for two things under two laws, or for two people: it becomes several requests, or several tickets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from privbot.casework.answers import LetterFor
from privbot.casework.lifecycle import NEED_USER_VERIFICATION
from privbot.casework.model import Action, OpenTicket
from privbot.casework.together import together
from privbot.casework.triage import open_decided
from privbot.errors import WrongUse
from privbot.reading.model import RegimeGuess
from privbot.records import cases, life, moving, search
from privbot.records.audit import Event
from privbot.records.models import Request, Ticket
from privbot.worker.acting import By, tickets_named
from privbot.worker.desk import NoSender, deciding, learn, open_review, refuse_unknown, refuse_unknown_regime
from privbot.worker.office import Office
from privbot.worker.pipeline import Handled
from privbot.worker.stepping import Done, NoSuchRequest, Stepping, stepping

ACKNOWLEDGMENT = LetterFor("acknowledgment")


class NothingLeft(WrongUse):
    """That is all that the ticket asks for: leave at least one open request on it."""

    code = "nothing-left"


class NothingAsked(WrongUse):
    """Say for each person what they ask for."""

    code = "nothing-asked"


@dataclass(frozen=True, slots=True)
class Asked:
    """One right that a mail asks for, and the law it is counted under; None: the one that the mail points to."""

    right: str
    regime: str | None = None


def split_review(
    office: Office, review_id: int, people: Sequence[Sequence[Asked]], *, actor: str, seen: int | None = None
) -> list[Handled]:
    """Decide a review: for each of these people a ticket with what they ask for, each right under its own law. The first is whoever is known by the
    address, every other one somebody else. For one person with rights under several laws, `people` has one entry.

    Raises UnknownReview, AlreadyDecided, ChangedMeanwhile, NothingAsked, UnknownRight, NoSender, AlreadyActive, and law's errors.
    """
    if not people or not all(people):
        raise NothingAsked
    refuse_unknown([one.right for asked in people for one in asked])
    for regime in {one.regime for asked in people for one in asked}:
        refuse_unknown_regime(regime)
    review = open_review(review_id)
    pipeline, kept = office.pipeline, review.mail
    understood = pipeline.understand(kept)
    mail, reading = understood.mail, understood.reading
    if mail.sender is None:
        raise NoSender
    controller = pipeline.controller(kept.controller)
    rights = list(dict.fromkeys(one.right for asked in people for one in asked))
    with deciding(office, review, actor, seen) as (act, events):
        closed = cases.close_review(review, decision=f"request: {', '.join(rights)}", actor=actor, now=office.clock())
        learn(office, kept, understood, actor, rights=rights)
        handled: list[Handled] = []
        for number, asked in enumerate(people):
            history = pipeline.history(kept, mail, reading, controller)
            act.watch(
                *tickets_named(known.reference for known in (*history.tickets, *([history.thread] if history.thread else ())))
            )
            decided: list[list[Action]] = []
            for regime in dict.fromkeys(one.regime for one in asked):
                under = replace(reading, decided_rights=tuple(one.right for one in asked if one.regime == regime))
                if regime:
                    under = replace(under, regimes=(RegimeGuess(regime, 1.0, ("an operator said so",)),))
                decided.append(open_decided(mail, under, history, controller, another_person=number > 0))
            actions = together(decided)
            done = pipeline.carry_out(kept, mail, reading, controller, actions, events, actor=actor, grace=office.grace)
            act.opened(*tickets_named([done.reference or ""]))
            handled.append(done)
        kept.ticket = cases.by_reference(handled[0].reference or "")
        kept.save(update_fields=["ticket"])
        events.append(closed)
        return handled


def split(office: Office, reference: str, rights: Sequence[str], *, by: By, name: str = "") -> Done:
    """These rights were asked for by another person than the rest of the ticket: they get a ticket of their own with the dates of the same
    receipt, to the same address. `name`: the other person's, if it is known. What was proven on the first ticket proves nothing here; a draft
    acknowledges what is asked, and waits for approval.

    Raises NoSuchRequest, NothingLeft, UnknownReference, AlreadyErased, ChangedMeanwhile.
    """
    with stepping(office, reference, "split", by) as now:
        active = [row for row in now.rows() if row.state in Request.ACTIVE]
        chosen = [row for row in active if row.right in rights]
        if missing := set(rights) - {row.right for row in chosen}:
            raise NoSuchRequest(f"The ticket has no open request for {', '.join(sorted(missing))}.")
        if not chosen or len(chosen) == len(active):
            raise NothingLeft
        fresh = _open_beside(now, chosen[0], name)
        for row in chosen:
            _move(now, row, fresh)
        told = {"rights": sorted(rights), "into": fresh.reference}
        now.events.append(Event("ticket split", f"ticket:{now.ticket.reference}", told))
        beside = Stepping(office, fresh, now.controller, by, now.events, now.act)
        letter = beside.letter(ACKNOWLEDGMENT, [beside.case(row) for row in beside.rows()], approve_first=True)
        return Done(fresh.reference, tuple(beside.rows()), letter)


def _open_beside(now: Stepping, first: Request, name: str) -> Ticket:
    """A ticket of the same address for another person."""
    requester = cases.requester_of(now.ticket, now.office.seals)
    other = replace(
        requester, name=name.strip(), details={"agent": requester.details["agent"]} if "agent" in requester.details else {}
    )
    opened = OpenTicket(now.ticket.language, now.ticket.authority, another_person=True)
    fresh, event = cases.open_ticket(
        first.mail, opened, requester=other, minor=now.ticket.minor, agent=now.ticket.agent, seals=now.office.seals, now=now.office.clock()
    )  # fmt: skip
    # Not the mail's sender, who may have been corrected since.
    fresh.sender_index = now.ticket.sender_index
    fresh.save(update_fields=["sender_index"])
    search.index_ticket(fresh, other, now.office.seals)
    now.act.opened(fresh)
    now.events.append(event)
    return fresh


def _move(now: Stepping, row: Request, fresh: Ticket) -> None:
    person = now.office.seals.index("person", f"{row.person_index}\0{fresh.reference}")
    moving.move_request(row, fresh, now.office.seals)
    row.person_index = person
    row.mailbox_proven_at = row.verified_at = row.identity_proven_on = None
    row.verified_level = "none"
    # Nobody has asked this person anything: neither for proof nor what is meant.
    row.identity_asked_on = None
    if row.state_reason == NEED_USER_VERIFICATION:
        row.state_reason = ""
    if row.asking:
        row.asking, row.clarification_asked_on = False, None
    now.events += life.reckon(row, now.case(row))
    row.save()
    now.events.append(
        Event("request moved", f"ticket:{fresh.reference}", {"request": row.id, "right": row.right, "regime": row.regime})
    )
