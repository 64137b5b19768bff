"""The steps that people take in a request's life: one function each, for the command line and the console.

Each is one transaction: the request moves, its clocks are reckoned anew, the letter that follows lies in the outbox, and the audit trail tells
of it – also where a step is refused. Who may do what when: docs/lifecycle.md. All raise UnknownReference, NoSuchRequest, WhichRight,
WrongState and NotAllowed; what else they raise is said with each. `right` may be left out where a ticket has one request that the step is for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from privbot.casework import lifecycle
from privbot.casework.answers import RECIPIENTS_TOLD, recipients_are_told
from privbot.casework.errors import NotCompared, WrongState
from privbot.casework.lifecycle import CLOSING, Case, Denial, Step, Taken
from privbot.config import Recipient as ListedRecipient
from privbot.errors import WrongUse
from privbot.law.calendar import day_in
from privbot.law.refusals import refusal
from privbot.law.regimes import regime
from privbot.letters.model import Attachment, Recipient
from privbot.letters.words import DEFAULT_LANGUAGE
from privbot.records import cases, life, proofs, versions
from privbot.records.models import Challenge, Request, StepTaken
from privbot.worker.acting import By
from privbot.worker.office import Office
from privbot.worker.stepping import DayNotCome, Done, Stepping, stepping


class NoFeeAnnounced(WrongUse):
    """No fee was announced for this request; announce it first."""

    code = "no-fee-announced"
    command = "privbot request fee REFERENCE AMOUNT WHY"


# -- what is meant ---------------------------------------------------------------------------------------------------------


def ask(office: Office, reference: str, question: str, *, by: By, right: str | None = None) -> Done:
    """Ask the requester what is meant. Raises ReasonMissing, TextRefused."""
    with stepping(office, reference, Step.ASK, by) as now:
        row = now.choose(Step.ASK, right)
        case = now.case(row)
        taken = lifecycle.ask(case, by.role, _today(case, office), question)
        assert taken.letter
        paused = case.right in regime(case.regime).clarification.rights
        letter = now.letter(taken.letter, [taken.case], more={"question": question, "clock_paused": paused})
        now.write(row, taken, Step.ASK, letter=letter, words={"question": question})
        return Done(now.ticket.reference, (row,), letter)


def answered(office: Office, reference: str, *, by: By, right: str | None = None, on: date | None = None) -> Done:
    """The answer to our question is here; `on`: since which day, in the place of the regime – else since the requester's latest mail after the
    question, or today where none came. Raises DayNotCome."""
    with stepping(office, reference, Step.ANSWERED, by) as now:
        row = now.choose(Step.ANSWERED, right)
        case = now.case(row)
        day = _arrived(case, office, on or life.day_of(case, _latest_mail_since_question(row) or office.clock()))
        now.write(row, lifecycle.answered(case, by.role, day), Step.ANSWERED)
        return Done(now.ticket.reference, (row,))


# -- time and money --------------------------------------------------------------------------------------------------------


def extend(office: Office, reference: str, reason: str, *, by: By, right: str | None = None, override: str = "") -> Done:
    """Announce that the answer takes longer. `override`: why, where the last day for it is over; a lead's.

    Raises ReasonMissing, LateExtension, NoExtension, TextRefused.
    """
    with stepping(office, reference, Step.EXTEND, by) as now:
        row = now.choose(Step.EXTEND, right)
        case = now.case(row)
        today = _today(case, office)
        taken = lifecycle.extend(case, by.role, today, reason, override=override)
        assert taken.letter
        row.extended_late = case.clocks.extend_by is not None and today > case.clocks.extend_by
        letter = now.letter(taken.letter, [taken.case], more={"reason": reason, "new_date": taken.case.clocks.respond_by})
        words = {"reason": reason, "override": override if row.extended_late else ""}
        now.write(row, taken, Step.EXTEND, letter=letter, words=words, data={"late": row.extended_late})
        return Done(now.ticket.reference, (row,), letter)


def announce_fee(office: Office, reference: str, fee: str, reason: str, *, by: By, right: str | None = None) -> Done:
    """Announce a fee, an amount with its currency, before anything is charged. Raises ReasonMissing, FeeForbidden, LetterIncomplete."""
    with stepping(office, reference, Step.FEE, by) as now:
        row = now.choose(Step.FEE, right)
        taken = lifecycle.announce_fee(now.case(row), by.role, reason)
        assert taken.letter
        letter = now.letter(taken.letter, [taken.case], more={"fee": fee, "reason": reason})
        now.write(row, taken, Step.FEE, letter=letter, words={"fee": fee, "reason": reason})
        return Done(now.ticket.reference, (row,), letter)


def fee_paid(office: Office, reference: str, *, by: By, right: str | None = None, on: date | None = None) -> Done:
    """The fee that was announced is here; `on`: since which day, in the place of the regime. Raises NoFeeAnnounced, DayNotCome."""
    with stepping(office, reference, Step.FEE_PAID, by) as now:
        row = now.choose(Step.FEE_PAID, right)
        case = now.case(row)
        taken = lifecycle.fee_paid(case, by.role, _arrived(case, office, on or _today(case, office)))
        if not row.steps.filter(step=Step.FEE).exists():
            raise NoFeeAnnounced
        now.write(row, taken, Step.FEE_PAID)
        return Done(now.ticket.reference, (row,))


# -- outcomes --------------------------------------------------------------------------------------------------------------


def fulfil(
    office: Office, reference: str, *, by: By, right: str | None = None, part: bool = False, alternative: bool = False, uncompared: str = "",
    values: Mapping[str, Any] | None = None, attachments: Sequence[Attachment] = (),
) -> Done:  # fmt: skip
    """Grant a request, in whole or in part, and answer it. `values`: what the letter needs, by field of the LetterContext;
    `alternative`: by the other lawful answer (Shine the Light); `uncompared`: why personal data go to somebody who was never compared with the
    controller's customer records, where it has any. Recipients on the controller's checklist are told by letters of their own, as drafts.

    Raises Unverified, UnverifiedAddress, NotCompared, WaitsForAccess, LetterIncomplete, TextRefused.
    """
    with stepping(office, reference, Step.FULFIL, by) as now:
        row = now.choose(Step.FULFIL, right)
        siblings = [now.case(other) for other in now.rows() if other.id != row.id]
        taken = lifecycle.fulfil(now.case(row), by.role, siblings=siblings, part=part, alternative=alternative)
        assert taken.letter
        has_records = office.config.controllers[now.ticket.controller].customers is not None
        if taken.letter.personal and has_records and not uncompared.strip() and not proofs.was_compared(row):
            raise NotCompared
        more = {**_known(now, taken), **(values or {})}
        letter = now.letter(taken.letter, [taken.case], more=more, attachments=attachments)
        if recipients_are_told(taken.letter):
            _tell_recipients(now, taken.case, more)
        now.write(row, taken, Step.FULFIL, letter=letter, words={"uncompared": uncompared}, data={"part": part})
        return Done(now.ticket.reference, (row,), letter)


def deny(
    office: Office, reference: str, because: str, *, by: By, right: str | None = None, reason: str = "",
    values: Mapping[str, Any] | None = None,
) -> Done:  # fmt: skip
    """Refuse a request for one of the reasons its law knows (`privbot law show`), and tell the requester; `reason`: in detail.

    Raises NotARefusal, LetterIncomplete, TextRefused.
    """
    with stepping(office, reference, Step.DENY, by) as now:
        row = now.choose(Step.DENY, right)
        known = refusal(row.regime, row.right, because)
        taken = lifecycle.deny(now.case(row), by.role, Denial(known.outcome), others=now.of_the_same_person(row))
        assert taken.letter
        more = {"reason": reason, **(values or {}), "refusal": because}
        letter = now.letter(taken.letter, [taken.case], more=more)
        row.refusal = because
        now.write(row, taken, Step.DENY, letter=letter, words={"reason": reason}, data={"because": because})
        return Done(now.ticket.reference, (row,), letter)


def revoke(office: Office, reference: str, *, by: By, right: str | None = None) -> Done:
    """The requester takes the request back."""
    with stepping(office, reference, Step.REVOKE, by) as now:
        return _ended(now, Step.REVOKE, right)


def expire(office: Office, reference: str, *, by: By, right: str | None = None) -> Done:
    """Nobody has proven who they are in the time they had: the request ends, and can be reopened when they do."""
    with stepping(office, reference, Step.EXPIRE, by) as now:
        row = now.choose(Step.EXPIRE, right)
        asked = proofs.asked_of(row, now.case(row).awaited, now.ticket.challenges.all())
        if valid := [one.expires_at for one in asked if one.state == Challenge.State.PENDING and one.expires_at > office.clock()]:
            raise WrongState(
                f"The requester still has time: what they were asked for is valid until {max(valid):%Y-%m-%d %H:%M} UTC."
            )
        if not proofs.ran_out(asked, office.clock()):
            raise WrongState("Nothing that the requester was asked for has run out.")
        return _ended(now, Step.EXPIRE, right)


def reopen(office: Office, reference: str, *, by: By, right: str | None = None) -> Done:
    """Take up a closed request again, with the dates it always had. Letters that tell of the outcome and have not left never will.

    Raises AlreadyActive.
    """
    with stepping(office, reference, Step.REOPEN, by) as now:
        row = now.choose(Step.REOPEN, right)
        taken = lifecycle.reopen(now.case(row), by.role, others=now.of_the_same_person(row))
        _withdraw_letters(now, row)
        row.refusal = ""
        now.write(row, taken, Step.REOPEN)
        return Done(now.ticket.reference, (row,))


def assign(
    office: Office, reference: str, owner: str, *, by: By, right: str | None = None, request: int | None = None, taken_from: str | None = None
) -> Done:  # fmt: skip
    """Somebody takes charge of a request – of all of a ticket's where none is named; `unassigned` gives it back. `request`: its number, where it was
    chosen from a list; `taken_from`: whose it was there. Raises ReasonMissing, TakenMeanwhile."""
    with stepping(office, reference, Step.ASSIGN, by) as now:
        if request is not None:
            rows = [row for row in now.rows() if row.id == request]
        else:
            rows = now.rows() if right is None else [now.choose(Step.ASSIGN, right)]
        for row in rows:
            versions.expect_owner(row, taken_from)
            now.write(row, lifecycle.assign(now.case(row), by.role, owner), Step.ASSIGN, data={"owner": owner})
        return Done(now.ticket.reference, tuple(rows))


def _known(now: Stepping, taken: Taken) -> dict[str, Any]:
    """What a letter needs that request and configuration say: Shine the Light tells of the calendar year before (Civ. Code 1798.83(a)); an
    erasure, rectification or restriction names the recipients who are told of it (Art 19 GDPR)."""
    case = taken.case
    if case.right == "shine-the-light":
        received = day_in(case.received, (case.place or regime(case.regime).place.place).zone)
        return {"calendar_year": received.year - 1}
    if taken.letter and recipients_are_told(taken.letter):
        return {"recipients": tuple(Recipient(one.name) for one in _recipients(now))}
    return {}


def _recipients(now: Stepping) -> tuple[ListedRecipient, ...]:
    """The controller's checklist of recipients."""
    return now.office.config.controllers[now.ticket.controller].recipients


def _tell_recipients(now: Stepping, case: Case, values: Mapping[str, Any]) -> None:
    """A draft to each recipient that the letter names and that has an address: whether it may go, an operator says."""
    named = {one.name for one in values["recipients"]}
    requester = cases.requester_of(now.ticket, now.office.seals)
    person = values.get("person") or tuple(part for part in (requester.name, requester.address) if part)
    more = {"person": person, "corrected": values.get("corrected", ())}
    for one in _recipients(now):
        if one.address and one.name in named:
            now.letter(RECIPIENTS_TOLD, [case], more=more, recipient=one.address, language=DEFAULT_LANGUAGE, approve_first=True)


def _withdraw_letters(now: Stepping, row: Request) -> None:
    """What would tell the requester, or a recipient of their data, of an outcome that does not stand any more."""
    closing = row.steps.filter(step__in=CLOSING).exclude(letter=None).order_by("id").last()
    if closing is None:
        return
    next_step = StepTaken.objects.filter(request__ticket=row.ticket, letter__gt=closing.letter_id).order_by("letter_id").first()
    told = now.ticket.letters.filter(name=RECIPIENTS_TOLD.name, id__gt=closing.letter_id, cause=row.mail)
    if next_step:
        told = told.filter(id__lt=next_step.letter_id)
    now.withdraw(now.ticket.letters.filter(Q(id=closing.letter_id) | Q(id__in=told.values("id"))), "reopened")


def _ended(now: Stepping, step: Step, right: str | None) -> Done:
    row = now.choose(step, right)
    taken = (lifecycle.revoke if step is Step.REVOKE else lifecycle.expire)(now.case(row), now.by.role)
    assert taken.letter
    letter = now.letter(taken.letter, [taken.case])
    now.write(row, taken, step, letter=letter)
    return Done(now.ticket.reference, (row,), letter)


def _arrived(case: Case, office: Office, day: date) -> date:
    """A day on which something arrived: a clock that waits for it must not be moved by what has not happened."""
    if day > _today(case, office):
        raise DayNotCome
    return day


def _latest_mail_since_question(row: Request) -> datetime | None:
    asked = row.steps.filter(step=Step.ASK).order_by("id").last()
    if asked is None:
        return None
    mails = row.ticket.mails.filter(sender_index=row.ticket.sender_index, received_at__gte=asked.at)
    return mails.order_by("received_at").values_list("received_at", flat=True).last()


def _today(case: Case, office: Office) -> date:
    return life.day_of(case, office.clock())
