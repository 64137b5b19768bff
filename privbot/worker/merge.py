"""Two tickets of one requester become one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, transaction

from privbot.casework import lifecycle
from privbot.casework.comparison import same_spelling
from privbot.casework.errors import AlreadyActive
from privbot.casework.lifecycle import Dropped, Step
from privbot.casework.verification import Kind
from privbot.errors import WrongUse
from privbot.records import cases, life, moving, proofs
from privbot.records.audit import Event
from privbot.records.models import Challenge, Request, Ticket
from privbot.worker.acting import By
from privbot.worker.office import Office
from privbot.worker.stepping import Done, Stepping, stepping


class SameTicket(WrongUse):
    """These are one ticket already."""

    code = "same-ticket"


class AnotherRequester(WrongUse):
    """Two tickets become one only where the same address wrote them – and, for an agent's, where they are about the same person."""

    code = "another-requester"


class ProvenForOne(WrongUse):
    """These tickets were told apart as two people's, and what was proven on one would count for both: undo the proof, or what told them apart."""

    code = "proven-for-one"


class SignatureAwaited(WrongUse):
    """The requester was sent a text to sign that names this ticket: merge the other one into it, or wait for the signature."""

    code = "signature-awaited"


class CodesAwaited(WrongUse):
    """The requester was sent a code for each of the two tickets, and could return only one of them: wait until one has come back or run out."""

    code = "codes-awaited"


def merge(office: Office, reference: str, into: str, *, by: By) -> Done:
    """The ticket `reference` becomes part of the ticket `into`: its requests, mails, letters, reviews, challenges and notes move there, and its
    reference keeps working. A person has one active request per right: where both have one, the one that was received earlier stands with its
    dates, and the other ends as a duplicate, without a letter. `by.seen`: the version of `into` that was shown.

    Raises SameTicket, AnotherController, AnotherRequester, ProvenForOne, SignatureAwaited, CodesAwaited, UnknownReference, AlreadyErased,
    ChangedMeanwhile.
    """
    with stepping(office, into, "merge", by) as now:
        other = cases.living(reference, controller=now.ticket.controller, sees=by.sees)
        _refuse_strangers(now, other)
        now.act.watch(other)
        person = cases.person_of(now.ticket)
        _end_duplicates(now, other)
        with _one_of_each():
            moved = moving.move_all(other, now.ticket, office.seals)
            now.ticket.requests.update(person_index=person)
        _join(other, now.ticket)
        told = {"from": other.reference, **moved}
        now.events += [
            Event("ticket merged", f"ticket:{now.ticket.reference}", told),
            Event("ticket merged", f"ticket:{other.reference}", {"into": now.ticket.reference}),
        ]
        return Done(now.ticket.reference, tuple(now.rows()))


def _refuse_strangers(now: Stepping, other: Ticket) -> None:
    ticket = now.ticket
    if other.id == ticket.id:
        raise SameTicket
    if other.sender_index != ticket.sender_index or other.agent != ticket.agent:
        raise AnotherRequester
    if ticket.agent:
        one, two = (same_spelling(cases.requester_of(each, now.office.seals).name) for each in (ticket, other))
        if one != two:
            raise AnotherRequester
    if cases.person_of(ticket) != cases.person_of(other) and any(proofs.has_shown(each) for each in (ticket, other)):
        raise ProvenForOne
    if other.challenges.filter(kind=Kind.WALLET, state=Challenge.State.PENDING).exists():
        raise SignatureAwaited
    if _awaits_two_codes(ticket, other):
        raise CodesAwaited


def _end_duplicates(now: Stepping, other: Ticket) -> None:
    """The earlier receipt binds: the law counts from it, whatever was asked again later."""
    by_right: dict[str, list[Request]] = {}
    active = Request.objects.filter(ticket__in=(now.ticket, other), state__in=Request.ACTIVE)
    for row in active.select_related("ticket").select_for_update(of=("self",)).order_by("received_at", "id"):
        by_right.setdefault(row.right, []).append(row)
    for rows in by_right.values():
        for later in rows[1:]:
            taken = lifecycle.drop(now.case(later), now.by.role, Dropped.DUPLICATE)
            now.events += life.write_step(
                later, taken, Step.DROP, actor=now.by.name, at=now.office.clock(), seals=now.office.seals,
                data={"why": Dropped.DUPLICATE.value, "stands": rows[0].id},
            )  # fmt: skip


def _join(other: Ticket, into: Ticket) -> None:
    contact: datetime = max(other.last_contact, into.last_contact)
    into.minor, into.hold, into.last_contact = into.minor or other.minor, into.hold or other.hold, contact
    into.save(update_fields=["minor", "hold", "last_contact"])
    Ticket.objects.filter(merged_into=other).update(merged_into=into)
    other.merged_into = into
    other.save(update_fields=["merged_into"])


def _awaits_two_codes(one: Ticket, other: Ticket) -> bool:
    """Of one kind: only the newer could still be returned."""
    kinds = [{challenge.kind for challenge in proofs.pending(each)} for each in (one, other)]
    return bool(kinds[0] & kinds[1] & set(proofs.CODES))


@contextmanager
def _one_of_each() -> Iterator[None]:
    """The rule of one active request, as the database holds it: a third ticket may have the person's."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise AlreadyActive from None
