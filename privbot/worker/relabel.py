"""Putting right what a ticket asks for: an operator says that it is erasure, and not access."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db.models import Q

from privbot.casework import lifecycle
from privbot.casework.answers import LetterFor
from privbot.casework.lifecycle import Dropped, Step
from privbot.casework.model import AddRequest
from privbot.casework.triage import open_decided
from privbot.errors import WrongUse
from privbot.reading.model import RegimeGuess
from privbot.records import cases, corrections, life, proofs
from privbot.records.audit import Event
from privbot.records.models import IncomingMail, Letter, Request
from privbot.worker import proving
from privbot.worker.acting import By
from privbot.worker.desk import refuse_unknown, refuse_unknown_regime
from privbot.worker.identity import ask_no_longer
from privbot.worker.office import Office
from privbot.worker.requester import ask_for_proof
from privbot.worker.stepping import Done, Stepping, stepping

ACKNOWLEDGMENT = LetterFor("acknowledgment")


class NothingOpen(WrongUse):
    """The ticket has no open request to be put right; reopen it, or decide the mail that asks anew."""

    code = "nothing-open"


class WhichMail(WrongUse):
    """Several mails of the ticket ask for something; say which one is misread."""

    code = "which-mail"


def correct_rights(
    office: Office, reference: str, rights: Sequence[str], *, by: By, regime: str | None = None, mail: int | None = None
) -> Done:
    """The ticket's mail asks for these rights: a request that was misread ends without a letter, the right one opens with the date of the same
    receipt and is acknowledged, and the decision is an example to learn from. Where the address for letters was put right since, it must be proven
    for the right request as well. `mail`: which one, where several ask.

    Raises UnknownRight, NothingOpen, WhichMail, AlreadyActive, UnknownReference, AlreadyErased, ChangedMeanwhile, and law's errors.
    """
    refuse_unknown(rights)
    if not rights:
        raise WrongUse("Say which rights it asks for; a mail that asks for nothing is revoked or answered.")
    refuse_unknown_regime(regime)
    kept = _mail_of(reference, mail)
    understood = office.pipeline.understand(kept)  # before the transaction: reading takes its time
    with stepping(office, reference, "relabel", by) as now:
        rows = [row for row in now.rows() if row.mail_id == kept.id and row.state in Request.ACTIVE]
        if not rows:
            raise NothingOpen
        guessed = RegimeGuess(regime or rows[0].regime, 1.0, ("an operator said so",))
        reading = replace(understood.reading, decided_rights=tuple(rights), regimes=(guessed,))
        history = office.pipeline.history(kept, understood.mail, reading, now.controller)
        decided = open_decided(understood.mail, reading, history, now.controller, another_person=True)
        asked = {one.right: one for one in decided if isinstance(one, AddRequest)}
        misread = [row for row in rows if (row.right, row.regime) not in {(one.right, one.regime) for one in asked.values()}]
        known = {row.right for row in rows if row not in misread}
        withdrawn = _end(now, misread, kept)
        ask_no_longer(now, [row for row in rows if row not in misread], withdrawn)
        added = [one for right, one in asked.items() if right not in known]
        moved = now.ticket.sender_index != kept.sender_index
        if moved:  # what vouches for the address that wrote says nothing about the one that letters go to now
            added = [replace(one, authenticated=False, doubted=True) for one in added]
        now.events += cases.add_requests(now.ticket, kept, added, person_index=rows[0].person_index)
        sender = understood.mail.sender
        corrections.keep(
            kept, understood.reading, rights=rights, names=[sender.name] if sender else [], actor=by.name, seals=office.seals,
            now=office.clock(),
        )  # fmt: skip
        now.events.append(Event("label corrected", f"ticket:{now.ticket.reference}", {"rights": list(rights), "mail": kept.id}))
        active = [row for row in now.rows() if row.state in Request.ACTIVE]
        fresh = [row for row in active if row.right in {one.right for one in added}]
        unsaid = any(letter.name == ACKNOWLEDGMENT.name for letter in withdrawn)
        told = [row for row in active if row.mail_id == kept.id] if unsaid else fresh
        letter = _acknowledge(now, told) if told and not now.ticket.backlog else None
        if moved and fresh:
            letter = ask_for_proof(now, fresh) or letter
        if misread:
            now.wait_no_longer(misread[-1])
        return Done(now.ticket.reference, tuple(row for row in now.rows() if row.state in Request.ACTIVE), letter)


def _mail_of(reference: str, number: int | None) -> IncomingMail:
    ticket = cases.living(reference)
    asking = IncomingMail.objects.filter(requests__ticket=ticket, requests__state__in=Request.ACTIVE).distinct()
    mails = list(asking.filter(id=number) if number else asking)
    if not mails:
        raise NothingOpen
    if len(mails) > 1:
        raise WhichMail
    return mails[0]


def _end(now: Stepping, misread: Sequence[Request], kept: IncomingMail) -> list[Letter]:
    """What was never asked for ends, and no letter that speaks of it leaves any more. Returns the letters that will not."""
    for row in misread:
        # Not `now.write`: the right request is about to open, and what was asked for may be shown for it.
        taken = lifecycle.drop(now.case(row), now.by.role, Dropped.MISREAD)
        now.events += life.write_step(
            row, taken, Step.DROP, actor=now.by.name, at=now.office.clock(), seals=now.office.seals, data={"why": Dropped.MISREAD.value}
        )  # fmt: skip
    if not misread:
        return []
    about = Q(steps__request__in=misread) | Q(cause=kept, name=ACKNOWLEDGMENT.name)
    return now.withdraw(now.ticket.letters.filter(about), Dropped.MISREAD.value)


def _acknowledge(now: Stepping, rows: Sequence[Request]) -> Letter:
    """Confirm what was really asked for. What has been shown already counts for it as well."""
    letter = now.letter(ACKNOWLEDGMENT, [now.case(row) for row in rows])
    if any(proofs.shown_for(row).kinds for row in rows):
        at = now.office.clock()
        now.events += proving.take_note(now.ticket, now.controller, now.office.seals, who=now.by.role, actor=now.by.name, at=at)
    return letter
