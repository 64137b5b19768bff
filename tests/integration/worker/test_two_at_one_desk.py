"""Two operators on one ticket: the second is told, and nothing is overwritten."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from threading import Barrier, Event, Thread

import pytest
from desk_world import ACCESS, ADA, ERASURE, GRACE, UNSURE, everything
from django.db import connection
from django.test.utils import CaptureQueriesContext

from privbot.casework.lifecycle import Role
from privbot.letters import outbox
from privbot.records import cases, database, moving, retention
from privbot.records.cases import AlreadyErased
from privbot.records.database import let_go_of_connections
from privbot.records.listing_rows import Kind as Row
from privbot.records.models import AuditEvent, Challenge, Letter, Request, Review, StepTaken, Ticket
from privbot.records.versions import ChangedMeanwhile, TakenMeanwhile, version_of
from privbot.worker import bulk, desk, identity, steps
from privbot.worker.acting import By
from privbot.worker.editing import edit_letter
from privbot.worker.merge import merge
from privbot.worker.notes import add_note
from privbot.worker.relabel import correct_rights
from privbot.worker.requester import correct_requester
from privbot.worker.split import Asked, split, split_review
from privbot.worker.undo import last_of, undo


@pytest.fixture
def office(desk_office):
    return desk_office


@pytest.fixture
def arrive(desk_mail):
    return desk_mail


AGENTS = """We are the authorized agent of the following California consumers. For each we submit a request to delete under the CCPA.

ref      name                 e-mail                          ZIP
118-01   Abel Castronovo      abel.c@webpost.example          95814
118-02   Winifred Oduya       w.oduya@inbox.test              92103
"""
STALE = {
    "a step": lambda office, ref, by: steps.revoke(office, ref, by=by),
    "an assignment": lambda office, ref, by: steps.assign(office, ref, "bo", by=by),
    "proof": lambda office, ref, by: identity.registered(office, ref, True, by=by),
    "a note": lambda office, ref, by: add_note(office, ref, "She called.", by=by),
    "a correction": lambda office, ref, by: correct_requester(office, ref, {"name": "Melania"}, by=by),
    "a label": lambda office, ref, by: correct_rights(office, ref, ["erasure"], by=by),
    "a split": lambda office, ref, by: split(office, ref, ["access"], by=by),
    "a merge": lambda office, ref, by: merge(office, ref, ref, by=by),
    "undoing": lambda office, ref, by: undo(office, last_of("ada"), by=by),
    "approval": lambda office, ref, by: desk.approve(office, Letter.objects.first().id, actor=by.name, seen=by.seen),
    "discarding": lambda office, ref, by: desk.discard(office, Letter.objects.first().id, actor=by.name, seen=by.seen),
    "new words": lambda office, ref, by: edit_letter(office, Letter.objects.first().id, "a", "b", actor=by.name, seen=by.seen),
}


@pytest.mark.parametrize("act", STALE)
def test_who_acts_on_what_has_changed_is_told_by_whom_and_when(arrive, office, act):
    ticket = arrive(ACCESS)
    seen = version_of(ticket)
    steps.extend(office, ticket.reference, "Many systems.", by=ADA)
    before = everything()
    with pytest.raises(ChangedMeanwhile, match=r"ada has changed this since you opened it \(.*UTC\)") as told:
        STALE[act](office, ticket.reference, By("bo", Role.OPERATOR, seen))
    assert (told.value.who, told.value.at) == ("ada", office.clock())
    assert everything() == before


@pytest.mark.parametrize(
    "decide",
    [
        lambda office, review, seen: desk.open_request(office, review, ["access"], regime="gdpr", actor="bo", seen=seen),
        lambda office, review, seen: desk.ignore(office, review, "spam", actor="bo", seen=seen),
        lambda office, review, seen: desk.assign_review(office, review, "bo", actor="bo", seen=seen),
    ],
    ids=["a request", "no request", "an assignment"],
)
def test_a_review_that_somebody_else_took_is_not_decided_over_their_head(arrive, office, decide):
    arrive(UNSURE)
    review = Review.objects.get()
    seen = version_of(review)
    desk.assign_review(office, review.id, "ada", actor="ada")
    with pytest.raises(ChangedMeanwhile, match="ada"):
        decide(office, review.id, seen)
    assert Review.objects.get().owner == "ada" and Review.objects.get().decided_at is None


def test_a_letter_that_left_and_a_step_in_vain_change_no_version(arrive, office, clock):
    ticket = arrive(ACCESS)
    steps.ask(office, ticket.reference, "Which account?", by=ADA)
    seen = version_of(ticket)
    clock.advance(seconds=11)
    office.delivery.deliver()
    with pytest.raises(Exception, match="waiting"):
        steps.ask(office, ticket.reference, "Which?", by=ADA)
    assert version_of(ticket) == seen
    steps.answered(office, ticket.reference, by=By("ada", Role.OPERATOR, seen))


def test_a_mail_that_arrives_makes_a_new_version(arrive, office):
    ticket = arrive(ACCESS)
    seen = version_of(ticket)
    arrive("I have moved.", answers=Letter.objects.get().message_id)
    assert version_of(ticket) > seen


def meanwhile(monkeypatch, change: Callable[[], object]) -> None:
    """Another worker does something while this one waits for its turn with the sender."""
    monkeypatch.setattr(cases, "one_sender_at_a_time", lambda sender_index: change())


def test_a_ticket_that_is_erased_while_somebody_waits_for_it_is_not_acted_on(arrive, office, monkeypatch):
    ticket = arrive(ACCESS)
    meanwhile(monkeypatch, lambda: Ticket.objects.update(erased_at=office.clock()))
    with pytest.raises(AlreadyErased):
        steps.assign(office, ticket.reference, "bo", by=ADA)


def test_a_letter_that_is_approved_while_somebody_waits_for_it_is_not_changed(arrive, office, monkeypatch):
    arrive(ACCESS)
    Letter.objects.update(state="draft")
    letter = Letter.objects.select_related("ticket").get()
    meanwhile(monkeypatch, lambda: Letter.objects.update(state="queued"))
    with pytest.raises(desk.UnknownLetter):
        edit_letter(office, letter.id, "Another subject", outbox.words(letter, office.seals)["text"], actor="ada")
    assert Letter.objects.get().sealed == letter.sealed


def test_whoever_waited_for_a_corrected_address_waits_for_the_new_one_too(arrive, monkeypatch):
    ticket = arrive(ACCESS)
    waited_for: list[str] = []

    def wait(sender_index: str) -> None:
        waited_for.append(sender_index)
        Ticket.objects.update(sender_index="another")

    monkeypatch.setattr(cases, "one_sender_at_a_time", wait)
    assert cases.alone_with(ticket.reference).sender_index == "another"
    assert waited_for == [ticket.sender_index, "another"]


@pytest.mark.parametrize("kind", [Row.REVIEW, Row.REQUEST])
def test_a_ticked_row_that_a_colleague_takes_while_somebody_waits_for_it_stays_the_colleagues(arrive, office, monkeypatch, kind):
    arrive(UNSURE if kind is Row.REVIEW else ACCESS)
    table = Review.objects if kind is Row.REVIEW else Request.objects
    ticked = (kind, table.get().id)
    meanwhile(monkeypatch, lambda: table.update(owner="bo"))
    done = bulk.assign(office, [ticked], "ada", by=ADA, shown={ticked: "unassigned"})
    assert not done.done and isinstance(done.refused[0][1], TakenMeanwhile)
    assert not table.filter(owner="ada").exists()


# -- a legal hold ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def two(arrive):
    """Two tickets of one requester."""
    return arrive(ACCESS), arrive(ERASURE)


HOLDING = {
    "set": lambda ticket, now: retention.hold(ticket.reference, reason="audit", actor="grace", now=now),
    "released": lambda ticket, now: retention.release(ticket.reference, actor="grace", now=now),
}


@pytest.mark.parametrize("how", HOLDING)
def test_a_hold_is_the_whole_tickets_when_two_are_merged_while_somebody_waits(two, office, monkeypatch, how):
    kept, other = two
    Ticket.objects.update(hold="" if how == "set" else "litigation")
    meanwhile(monkeypatch, lambda: Ticket.objects.filter(id=other.id).update(merged_into=kept))
    HOLDING[how](other, office.clock())
    kept.refresh_from_db()
    assert kept.hold == ("audit" if how == "set" else "")


def test_a_hold_that_is_set_while_two_tickets_are_merged_is_not_lost(two, office, monkeypatch):
    """As two processes: on PostgreSQL nothing but the sender's lock keeps one from the other."""
    kept, other = two
    if connection.vendor == "postgresql":
        monkeypatch.setattr(database, "_one_writer", contextlib.nullcontext())
    half_way, go_on, move_all = Event(), Event(), moving.move_all

    def move_slowly(*given: object) -> dict[str, int]:
        half_way.set()
        go_on.wait(20)
        return move_all(*given)

    def in_a_process_of_its_own(work: Callable[[], object]) -> Thread:
        def run() -> None:
            try:
                work()
            finally:
                let_go_of_connections()

        started = Thread(target=run)
        started.start()
        return started

    monkeypatch.setattr(moving, "move_all", move_slowly)
    merging = in_a_process_of_its_own(lambda: merge(office, other.reference, kept.reference, by=ADA))
    assert half_way.wait(20)
    holding = in_a_process_of_its_own(lambda: retention.hold(kept.reference, reason="audit", actor="grace", now=office.clock()))
    holding.join(1)
    go_on.set()
    merging.join()
    holding.join()
    other.refresh_from_db()
    assert (other.merged_into, Ticket.objects.get(id=kept.id).hold) == (kept, "audit")


PROOFS = {
    "a code": ({}, "privbot.casework.challenge.is_answered", identity.code_given),
    "a signature": ({"wallet": "0x" + "ab" * 20}, "privbot.worker.identity.check_signature", identity.signature_given),
}
"""What is asked for → how, what checks it, and who takes it."""


@pytest.mark.parametrize("proof", PROOFS)
def test_proof_of_the_old_address_proves_nothing_when_the_address_is_put_right_while_it_is_checked(
    arrive, office, monkeypatch, proof
):
    asked, check, given = PROOFS[proof]
    ticket = arrive(ACCESS)
    identity.ask_identity(office, ticket.reference, by=ADA, doubt="odd", **asked)

    def right_but_too_late(*_: object) -> bool:
        correct_requester(office, ticket.reference, {"address": "right@person.example"}, by=GRACE)
        return True

    monkeypatch.setattr(check, right_but_too_late)
    with pytest.raises(identity.NothingPending):
        given(office, ticket.reference, "whatever the check takes for right", by=ADA)
    assert Request.objects.get().mailbox_proven_at is None
    assert not Challenge.objects.filter(state="proven").exists()
    assert Challenge.objects.get(state="pending").kind == "mailbox"  # the new address is waited for


# -- the order of locks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "decide",
    [
        lambda office, review, other: desk.attach(office, review, other, actor="ada"),
        lambda office, review, other: desk.open_request(office, review, ["access"], regime="gdpr", actor="ada"),
        lambda office, review, other: split_review(
            office, review, [[Asked("access", "gdpr")], [Asked("erasure", "gdpr")]], actor="ada"
        ),
        lambda office, review, other: desk.ignore(office, review, "spam", actor="ada"),
    ],
    ids=["attached", "a request", "two people's", "no request"],
)
def test_a_decision_takes_the_trail_last_and_so_waits_for_no_ticket_while_it_holds_it(arrive, office, decide):
    other = arrive(ACCESS, sender="joan@castronovo.example").reference
    arrive(UNSURE)
    with CaptureQueriesContext(connection) as asked:
        decide(office, Review.objects.get().id, other)
    assert writes_after_the_trail(asked) == []


def test_a_decision_for_an_agents_consumers_takes_the_trail_last_too(arrive, office):
    arrive(AGENTS, sender="bulk@agents.example")
    with CaptureQueriesContext(connection) as asked:
        assert desk.open_request(office, Review.objects.get().id, ["erasure"], regime="ccpa", actor="ada").also
    assert writes_after_the_trail(asked) == []


def writes_after_the_trail(asked: CaptureQueriesContext) -> list[str]:
    """What is written once the audit trail is held; a row that points to a ticket waits for whoever holds that, too."""
    written = [query["sql"].split("(")[0] for query in asked if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    first = next(place for place, query in enumerate(written) if "auditevent" in query)
    return written[first + 1 :]


def test_of_two_at_the_same_moment_one_is_told(arrive, office):
    """Two real threads that both looked at the same version: whoever comes second changes nothing."""
    ticket = arrive(ACCESS)
    seen, start, told = version_of(ticket), Barrier(2), []

    def act(name: str, owner: str) -> None:
        start.wait()
        try:
            steps.assign(office, ticket.reference, owner, by=By(name, Role.OPERATOR, seen))
        except ChangedMeanwhile as refused:
            told.append((name, refused.who))
        finally:
            let_go_of_connections()

    threads = [Thread(target=act, args=(name, name)) for name in ("ada", "bo")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [(second, first)] = told
    assert {first, second} == {"ada", "bo"}
    assert Request.objects.get().owner == first and StepTaken.objects.count() == 1
    assert AuditEvent.objects.get(action="step refused").data["why"] == "changed-meanwhile"
