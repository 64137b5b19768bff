"""Taking back: after it everything is as it was before, but for the audit trail, which tells of both."""

from __future__ import annotations

from datetime import timedelta

import pytest
from desk_world import ACCESS, ADA, BO, BOTH, DATA, GRACE, INFORMATION, UNSURE, everything
from sweep_world import with_controller

from privbot.casework.errors import NotAllowed
from privbot.config import Recipient
from privbot.letters import outbox
from privbot.records import models, retention
from privbot.records.mementos import ActedSince, LetterLeft
from privbot.records.models import AuditEvent, IncomingMail, Letter, Request, Review, Ticket, Undoable
from privbot.records.sealing import KeyDestroyed
from privbot.worker import desk, identity, steps
from privbot.worker.acting import By
from privbot.worker.editing import edit_letter
from privbot.worker.merge import merge
from privbot.worker.office import Office
from privbot.worker.split import split
from privbot.worker.undo import NothingToUndo, last_about, last_of, standing, undo


@pytest.fixture
def office(desk_office):
    return desk_office


@pytest.fixture
def arrive(desk_mail):
    return desk_mail


def take_back(office: Office, name: str, by: By = ADA) -> None:
    undo(office, last_about(name), by=by)


def opened(office: Office, review: Review, **more: object) -> str:
    return str(desk.open_request(office, review.id, ["access", "erasure"], regime="gdpr", actor="ada", **more).reference)


# -- after it everything is as before -----------------------------------------------------------------------------------------

STEPS = {
    "ask": lambda office, ref: steps.ask(office, ref, "Which account?", by=ADA, right="access"),
    "extend": lambda office, ref: steps.extend(office, ref, "Many systems.", by=ADA, right="access"),
    "fulfil, with a file and a letter to a recipient": lambda office, ref: steps.fulfil(
        office, ref, by=ADA, right="access", values=INFORMATION, attachments=[DATA]
    ),
    "deny": lambda office, ref: steps.deny(office, ref, "no-match", by=ADA, right="erasure"),
    "revoke": lambda office, ref: steps.revoke(office, ref, by=ADA, right="access"),
    "assign, both requests": lambda office, ref: steps.assign(office, ref, "bo", by=ADA),
    "seen": lambda office, ref: identity.details_agree(office, ref, 2, by=ADA),
    "registered": lambda office, ref: identity.registered(office, ref, True, by=ADA),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_is_undone_never_was(arrive, office, step):
    with_controller(office, recipients=(Recipient(name="Shipping companies", address="privacy@ships.example"),))
    ticket = arrive(BOTH)
    before = everything()
    STEPS[step](office, ticket.reference)
    assert everything() != before
    take_back(office, ticket.reference)
    assert everything() == before


def test_steps_are_undone_one_after_the_other_back_to_the_first(arrive, office):
    ticket = arrive(ACCESS)
    looks = [everything()]
    steps.ask(office, ticket.reference, "Which account?", by=ADA)
    looks.append(everything())
    steps.answered(office, ticket.reference, by=ADA)
    looks.append(everything())
    steps.deny(office, ticket.reference, "no-match", by=ADA)
    looks.append(everything())
    steps.reopen(office, ticket.reference, by=GRACE)  # discards the letter of the denial
    for look in reversed(looks):
        take_back(office, ticket.reference, GRACE)
        assert everything() == look
    with pytest.raises(NothingToUndo):
        last_about(ticket.reference)


def test_a_fee_and_its_payment_are_undone(arrive, office):
    ticket = arrive("Under Article 15 of the UK GDPR and the Data Protection Act 2018 I request access to my personal data.")
    before = everything()
    steps.announce_fee(office, ticket.reference, "GBP 10", "It is the twentieth this month.", by=ADA)
    announced = everything()
    steps.fee_paid(office, ticket.reference, by=ADA)
    take_back(office, ticket.reference)
    assert everything() == announced
    take_back(office, ticket.reference)
    assert everything() == before


DECISIONS = {
    "a request": lambda office, review, other: opened(office, review),
    "a request of another person": lambda office, review, other: opened(office, review, another_person=True),
    "attached": lambda office, review, other: desk.attach(office, review.id, other, actor="ada"),
    "no request": lambda office, review, other: desk.ignore(office, review.id, "support", actor="ada"),
    "somebody looks at it": lambda office, review, other: desk.assign_review(office, review.id, "bo", actor="ada"),
}


@pytest.mark.parametrize("decision", DECISIONS)
def test_a_decision_that_is_undone_is_open_again_and_what_it_made_is_gone(arrive, office, decision):
    other = arrive(ACCESS, sender="joan@castronovo.example").reference
    arrive(UNSURE)
    before, review = everything(), Review.objects.get()
    DECISIONS[decision](office, review, other)
    assert everything() != before
    take_back(office, f"review:{review.id}")
    assert everything() == before
    DECISIONS[decision](office, review, other)  # and can be decided anew


def test_a_decision_for_an_agents_three_consumers_is_undone_whole(arrive, office):
    bulk = """We are the authorized agent of the following California consumers. For each we submit a request to delete under the CCPA.

ref      name                 e-mail                          ZIP
118-01   Abel Castronovo      abel.c@webpost.example          95814
118-02   Winifred Oduya       w.oduya@inbox.test              92103
"""
    arrive(bulk, sender="bulk@agents.example")
    before = everything()
    review = Review.objects.get()
    desk.open_request(office, review.id, ["erasure"], regime="ccpa", actor="ada")
    assert Ticket.objects.count() == 2
    take_back(office, f"review:{review.id}")
    assert everything() == before


def test_the_key_of_a_ticket_that_never_was_is_destroyed(arrive, office):
    arrive(UNSURE)
    opened(office, Review.objects.get())
    ticket = Ticket.objects.get()
    take_back(office, ticket.reference)
    office.seals._known.clear()
    with pytest.raises(KeyDestroyed):
        office.seals.open(ticket.key, "requester", ticket.sealed_requester)


def test_what_was_done_on_an_erased_ticket_cannot_be_undone(arrive, office):
    ticket = arrive(ACCESS)
    steps.assign(office, ticket.reference, "bo", by=ADA)
    act = last_about(ticket.reference)
    office.seals.destroy([ticket.key], office.clock())
    with pytest.raises(NothingToUndo):
        undo(office, act, by=ADA)
    assert Undoable.objects.get(id=act).undone_at is None


def test_the_sealed_difference_shows_nothing_and_goes_with_its_ticket(arrive, office):
    ticket = arrive(ACCESS)
    steps.ask(office, ticket.reference, "Which of your accounts?", by=ADA)
    assert b"open" not in bytes(Undoable.objects.get().sealed_difference)
    with_ticket = {relation.related_model for relation in Ticket._meta.related_objects}
    assert Undoable in with_ticket  # records.erasure empties every sealed_ column below a ticket


# -- letters ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def drafted(arrive, office, config):
    """A draft of a controller whose letters wait for approval."""
    with_controller(office, mode="assist")
    ticket = arrive(ACCESS)
    return ticket, Letter.objects.get(ticket=ticket)


def test_an_approved_letter_waits_ten_seconds_and_can_be_a_draft_again(drafted, office, clock, sink):
    _, letter = drafted
    before = everything()
    desk.approve(office, letter.id, actor="ada")
    assert office.delivery.deliver() == 0
    take_back(office, f"letter:{letter.id}")
    assert everything() == before
    clock.advance(seconds=60)
    assert office.delivery.deliver() == 0 and not sink.received


def test_nobody_takes_it_back_and_it_leaves(drafted, office, clock, sink):
    ticket, letter = drafted
    desk.approve(office, letter.id, actor="ada")
    [offered] = standing(ticket)
    assert (offered.what, offered.leaves_at) == ("approve", clock.now + timedelta(seconds=10))
    clock.advance(seconds=10)
    assert office.delivery.deliver() == 1
    assert standing(ticket) == []
    with pytest.raises(LetterLeft):
        take_back(office, f"letter:{letter.id}")
    assert AuditEvent.objects.get(action="step refused").data == {"step": "undo", "why": "letter-left"}


def test_from_the_command_line_a_letter_leaves_at_once(drafted, office, sink):
    office.grace = timedelta(0)
    desk.approve(office, drafted[1].id, actor="ada")
    assert office.delivery.deliver() == 1


def test_words_do_not_change_back_in_a_letter_that_was_approved_with_them(drafted, office, clock):
    _, letter = drafted
    words = outbox.words(letter, office.seals)
    edit_letter(office, letter.id, words["subject"], words["text"] + "\nThank you for your patience.", actor="ada")
    edited = last_about(f"letter:{letter.id}")
    clock.advance(seconds=1)
    desk.approve(office, letter.id, actor="ada")
    approved = everything()
    with pytest.raises(ActedSince, match="ada has acted since"):
        undo(office, edited, by=BO)
    assert everything() == approved
    take_back(office, f"letter:{letter.id}")  # the approval first
    undo(office, edited, by=BO)
    letter = Letter.objects.select_related("ticket").get(id=letter.id)
    assert (letter.state, outbox.words(letter, office.seals)["text"]) == ("draft", words["text"])


def test_a_discarded_letter_is_a_draft_again(drafted, office):
    before = everything()
    desk.discard(office, drafted[1].id, actor="ada")
    take_back(office, f"letter:{drafted[1].id}")
    assert everything() == before


def test_a_letter_in_a_workers_hands_is_taken_back_and_does_not_leave(drafted, office, clock, sink):
    """Between claim and DATA: the worker finds that it is not its letter any more."""
    _, letter = drafted
    desk.approve(office, letter.id, actor="ada")
    clock.advance(seconds=10)
    [claimed] = outbox.claim("worker", limit=5, now=clock.now, seconds=60)
    take_back(office, f"letter:{letter.id}")
    assert not outbox.begin(claimed, "worker", now=clock.now, seconds=60)
    assert Letter.objects.get(id=letter.id).state == "draft"


def test_a_step_whose_letter_has_left_stands(arrive, office, clock):
    ticket = arrive(ACCESS)
    steps.extend(office, ticket.reference, "Many systems.", by=ADA)
    clock.advance(seconds=11)
    office.delivery.deliver()
    with pytest.raises(LetterLeft):
        take_back(office, ticket.reference)
    assert Request.objects.get().extended_on


def test_that_an_older_letter_left_meanwhile_hinders_nobody(arrive, office, clock):
    ticket = arrive(ACCESS)
    steps.ask(office, ticket.reference, "Which account?", by=ADA)
    clock.advance(seconds=11)
    steps.extend(office, ticket.reference, "Many systems.", by=ADA)
    office.delivery.deliver()
    take_back(office, ticket.reference)
    assert Request.objects.get().extended_on is None


# -- too late, or not theirs ----------------------------------------------------------------------------------------------------


def test_what_something_else_rests_on_is_undone_after_that(arrive, office):
    ticket = arrive(BOTH)
    access = steps.fulfil(office, ticket.reference, by=ADA, right="access", values=INFORMATION, attachments=[DATA])
    first = last_about(ticket.reference)
    steps.fulfil(office, ticket.reference, by=BO, right="erasure")
    with pytest.raises(ActedSince, match="bo has acted on this ticket since"):
        undo(office, first, by=ADA)
    assert access.requests[0].state == "fulfilled"


def test_a_ticket_on_which_somebody_has_acted_does_not_go(arrive, office):
    arrive(UNSURE)
    review = Review.objects.get()
    reference = opened(office, review)
    steps.assign(office, reference, "bo", by=BO)
    with pytest.raises(ActedSince, match="bo has acted since"):
        take_back(office, f"review:{review.id}")
    take_back(office, reference, BO)
    take_back(office, f"review:{review.id}")
    assert not Ticket.objects.exists()


def test_a_ticket_that_got_another_mail_does_not_go(arrive, office, clock, sink):
    arrive(UNSURE)
    review = Review.objects.get()
    reference = opened(office, review)
    arrive("I forgot: my name is Mel.", answers=Letter.objects.get(ticket__reference=reference).message_id)
    assert IncomingMail.objects.filter(ticket__reference=reference).count() == 2
    with pytest.raises(ActedSince):
        take_back(office, f"review:{review.id}")
    assert Ticket.objects.count() == 1


def test_a_request_does_not_come_back_where_the_person_has_asked_anew(arrive, office):
    ticket = arrive(ACCESS)
    steps.revoke(office, ticket.reference, by=ADA)
    arrive(f"{ACCESS} I changed my mind.")
    with pytest.raises(ActedSince):
        take_back(office, ticket.reference)
    assert Request.objects.get(ticket=ticket).state == "revoked"


def test_tickets_under_a_hold_that_was_set_since_they_are_one_do_not_part(arrive, office, clock):
    ticket = arrive(BOTH)
    beside = split(office, ticket.reference, ["erasure"], by=ADA).reference
    merge(office, beside, ticket.reference, by=ADA)
    merged = last_about(ticket.reference)
    clock.advance(seconds=1)
    retention.hold(ticket.reference, reason="litigation", actor="grace", now=clock())
    with pytest.raises(ActedSince, match="grace has acted since"):
        undo(office, merged, by=ADA)
    retention.release(ticket.reference, actor="grace", now=clock())
    undo(office, merged, by=ADA)
    assert Ticket.objects.filter(merged_into=None).count() == 2


def test_what_a_lead_decided_an_operator_does_not_undo(arrive, office):
    ticket = arrive(ACCESS)
    steps.revoke(office, ticket.reference, by=GRACE)
    with pytest.raises(NotAllowed):
        take_back(office, ticket.reference, BO)
    take_back(office, ticket.reference, GRACE)


def test_it_is_undone_once(arrive, office):
    ticket = arrive(ACCESS)
    steps.revoke(office, ticket.reference, by=ADA)
    act = last_of("ada")
    undo(office, act, by=BO)
    with pytest.raises(NothingToUndo):
        undo(office, act, by=ADA)
    with pytest.raises(NothingToUndo):
        undo(office, 999_999, by=ADA)


def test_the_audit_trail_tells_of_both(arrive, office):
    ticket = arrive(ACCESS)
    steps.revoke(office, ticket.reference, by=ADA)
    take_back(office, ticket.reference, BO)
    told = AuditEvent.objects.filter(subject=f"ticket:{ticket.reference}").order_by("id")
    assert [(one.action, one.actor) for one in told][-3:] == [
        ("letter queued", "ada"),
        ("request revoke", "ada"),
        ("undone", "bo"),
    ]


def test_what_the_bot_does_is_not_the_desks_to_undo(arrive, office):
    arrive(ACCESS)
    assert not models.Undoable.objects.exists()
