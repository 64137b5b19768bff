"""Putting right what was misread, who asks and what for: nothing leaves for the wrong person, no proof comes along, no date is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from desk_world import ACCESS, ADA, BO, BOTH, DATA, ERASURE, GRACE, INFORMATION, everything
from sweep_world import with_controller

from privbot.casework.errors import Unverified, WrongState
from privbot.letters import outbox
from privbot.records import life, proofs
from privbot.records.listing_rows import Kind as Row
from privbot.records.mementos import ActedSince
from privbot.records.models import AuditEvent, Challenge, Letter, Request, Ticket, Undoable
from privbot.worker import bulk, desk, identity, steps
from privbot.worker.controllers import for_casework
from privbot.worker.conversation import conversation
from privbot.worker.editing import edit_letter
from privbot.worker.merge import merge
from privbot.worker.relabel import correct_rights
from privbot.worker.requester import LetterWaits, correct_requester
from privbot.worker.split import split
from privbot.worker.undo import last_about, undo

ELSEWHERE = {"address": "right@person.example"}
CALIFORNIA = "I am a California resident. Under Cal. Civ. Code 1798.105 I hereby request the deletion of my personal information."


@pytest.fixture
def office(desk_office):
    return desk_office


@pytest.fixture
def arrive(desk_mail):
    return desk_mail


def code_came(ticket: Ticket, office) -> None:
    """The requester tells the code that was asked for last."""
    [asked] = [one for one in proofs.pending(ticket) if one.kind == "mailbox"]
    identity.code_given(office, ticket.reference, proofs.code_of(ticket, asked, office.seals), by=ADA)


def use_up(ticket: Ticket, office) -> None:
    """The requester tells five codes that are none."""
    for _ in range(5):
        with pytest.raises(identity.WrongCode):
            identity.code_given(office, ticket.reference, "2222-2222", by=ADA)


def next_todo(ticket: Ticket, office) -> str:
    """What is offered first about the request whose date is nearest."""
    return str(conversation(office, ticket.reference).standings[0].next.todo)


def recipient(letter: Letter, office) -> str:
    return str(outbox.words(Letter.objects.select_related("ticket").get(id=letter.id), office.seals)["recipient"])


# -- the address that letters go to ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["draft", "queued", "claimed", "sending", "unknown", "dead"])
def test_the_address_stays_while_a_letter_with_personal_data_may_still_go_to_it(arrive, office, state):
    with_controller(office, mode="assist")
    ticket = arrive(ACCESS)
    letter = steps.fulfil(office, ticket.reference, by=ADA, values=INFORMATION, attachments=[DATA]).letter
    Letter.objects.filter(id=letter.id).update(state=state)
    with pytest.raises(LetterWaits):
        correct_requester(office, ticket.reference, ELSEWHERE, by=GRACE)
    Letter.objects.filter(id=letter.id).update(state="draft")
    steps.reopen(office, ticket.reference, by=GRACE)
    correct_requester(office, ticket.reference, ELSEWHERE, by=GRACE)
    assert Letter.objects.get(id=letter.id).state == "discarded"
    assert not Letter.objects.filter(personal=True).exclude(state="discarded").exists()


def test_the_address_stays_while_the_letter_of_a_denial_has_not_left(arrive, office):
    with_controller(office, mode="assist")
    ticket = arrive(BOTH)
    steps.deny(office, ticket.reference, "no-match", by=ADA, right="erasure")
    with pytest.raises(LetterWaits):
        correct_requester(office, ticket.reference, ELSEWHERE, by=GRACE)


def test_an_acknowledgment_that_has_not_left_goes_to_the_new_address_instead(arrive, office):
    with_controller(office, mode="assist")
    ticket = arrive(ERASURE)
    old = Letter.objects.get()
    correct_requester(office, ticket.reference, ELSEWHERE, by=GRACE)
    assert Letter.objects.get(id=old.id).state == "discarded"
    waiting = Letter.objects.exclude(state="discarded")
    assert waiting.filter(name="acknowledgment").count() == 1
    assert {recipient(letter, office) for letter in waiting} == {"right@person.example"}
    [event] = AuditEvent.objects.filter(action="letter discarded")
    assert event.data == {"letter": old.id, "why": "address changed"}


@pytest.fixture
def asked_in_a_draft(arrive, office) -> Ticket:
    """Deletion in California: the mailbox is proven, details are asked for in a letter that nobody has approved."""
    with_controller(office, mode="assist")
    ticket = arrive(CALIFORNIA)
    code_came(ticket, office)
    identity.ask_identity(office, ticket.reference, by=ADA)
    Letter.objects.exclude(name="challenge-details").update(state="sent")
    return ticket


def test_nobody_is_waited_for_whose_asking_letter_went_with_the_old_address(asked_in_a_draft, office, clock):
    ticket = asked_in_a_draft
    correct_requester(office, ticket.reference, ELSEWHERE, by=GRACE)
    assert Letter.objects.get(name="challenge-details").state == "discarded"
    assert [one.kind for one in proofs.pending(ticket)] == ["mailbox"]
    code_came(ticket, office)
    clock.advance(days=60)
    assert next_todo(ticket, office) == "ask-identity"
    with pytest.raises(WrongState, match="run out"):
        steps.expire(office, ticket.reference, by=ADA)


@pytest.mark.parametrize("state", ["sent", "unknown"])
def test_what_was_asked_for_in_a_letter_that_may_have_been_read_is_still_waited_for(asked_in_a_draft, office, state):
    Letter.objects.update(state=state)
    correct_requester(office, asked_in_a_draft.reference, ELSEWHERE, by=GRACE)
    assert {one.kind for one in proofs.pending(asked_in_a_draft)} == {"mailbox", "details"}


def test_a_draft_that_was_replaced_by_a_letter_that_left_takes_no_question_with_it(asked_in_a_draft, office):
    again = identity.ask_identity(office, asked_in_a_draft.reference, by=ADA).letter
    Letter.objects.filter(id=again.id).update(state="sent")
    correct_requester(office, asked_in_a_draft.reference, ELSEWHERE, by=GRACE)
    assert Letter.objects.filter(name="challenge-details", state="discarded").exists()
    assert {one.kind for one in proofs.pending(asked_in_a_draft)} == {"mailbox", "details"}


def test_who_was_asked_only_in_a_letter_that_never_left_is_asked_since_the_next_one(arrive, office, clock):
    with_controller(office, mode="assist")
    ticket = arrive(CALIFORNIA)
    drafted_on = Request.objects.get().identity_asked_on
    clock.advance(days=3)
    correct_requester(office, ticket.reference, ELSEWHERE, by=GRACE)
    assert Request.objects.get().identity_asked_on == drafted_on + timedelta(days=3)
    assert [letter.name for letter in Letter.objects.filter(state="draft")] == ["acknowledgment", "challenge"]


def test_a_corrected_address_with_all_that_went_with_it_is_undone_whole(asked_in_a_draft, office):
    before = everything()
    correct_requester(office, asked_in_a_draft.reference, ELSEWHERE, by=GRACE)
    undo(office, last_about(asked_in_a_draft.reference), by=GRACE)
    assert everything() == before


# -- proof belongs to whoever showed it, and to nobody else ------------------------------------------------------------------------


def test_what_vouched_for_the_old_address_does_not_come_back_with_another_right(arrive, office):
    ticket = arrive(ERASURE)
    correct_requester(office, ticket.reference, ELSEWHERE, by=GRACE)
    done = correct_rights(office, ticket.reference, ["access"], by=ADA)
    [row] = done.requests
    assert (row.right, row.authenticated, row.doubted) == ("access", False, True)
    assert (done.letter.name, recipient(done.letter, office)) == ("challenge", "right@person.example")
    assert Letter.objects.filter(name="acknowledgment").exclude(state="discarded").exists()
    with pytest.raises(Unverified):
        steps.fulfil(office, ticket.reference, by=ADA, right="access", values=INFORMATION, attachments=[DATA])


def test_a_person_who_was_split_off_is_neither_waited_for_nor_expired_unasked(arrive, office):
    ticket = arrive(BOTH)
    identity.ask_identity(office, ticket.reference, by=ADA, right="erasure", doubt="odd")
    steps.ask(office, ticket.reference, "Whose data?", by=ADA, right="erasure")
    [row] = split(office, ticket.reference, ["erasure"], by=ADA, name="Joan Ortega").requests
    assert (row.state_reason, row.identity_asked_on, row.asking, row.clarification_asked_on) == ("", None, False, None)
    [standing] = conversation(office, row.ticket.reference).standings
    assert standing.next.todo == "ask-identity"
    with pytest.raises(WrongState):
        steps.expire(office, row.ticket.reference, by=ADA)


def test_nothing_that_was_never_asked_for_has_run_out(arrive, office):
    ticket = arrive(ACCESS)
    Request.objects.update(state="in_progress", state_reason="need_user_verification", authenticated=False)
    assert next_todo(ticket, office) == "ask-identity"
    with pytest.raises(WrongState, match="run out"):
        steps.expire(office, ticket.reference, by=ADA)


@pytest.fixture
def code_came_in_time(arrive, office) -> Ticket:
    """Deletion in California, which needs details as well; nobody has asked for them."""
    ticket = arrive(CALIFORNIA)
    assert next_todo(ticket, office) == "wait"
    code_came(ticket, office)
    return ticket


def test_details_are_asked_for_once_the_code_has_come(code_came_in_time, office):
    next_step = conversation(office, code_came_in_time.reference).standings[0].next
    assert (next_step.todo, next_step.why, next_step.kind) == ("ask-identity", "no-longer-asked", "details")


def test_a_comparison_that_failed_is_nothing_that_was_asked_for_and_ran_out(code_came_in_time, office, clock):
    identity.details_agree(office, code_came_in_time.reference, 0, by=ADA)
    for _ in range(2):
        assert next_todo(code_came_in_time, office) == "ask-identity"
        with pytest.raises(WrongState, match="run out"):
            steps.expire(office, code_came_in_time.reference, by=ADA)
        clock.advance(days=60)


def test_details_that_did_not_come_in_time_have_run_out_also_when_somebody_compared_in_vain(code_came_in_time, office, clock):
    identity.ask_identity(office, code_came_in_time.reference, by=ADA)
    clock.advance(days=15)
    assert next_todo(code_came_in_time, office) == "expire"
    Challenge.objects.filter(kind="details").update(state="expired", decided_at=clock.now)
    identity.details_agree(office, code_came_in_time.reference, 0, by=ADA)
    assert next_todo(code_came_in_time, office) == "expire"
    assert steps.expire(office, code_came_in_time.reference, by=ADA).requests[0].state == "expired"


def test_a_wallet_that_was_asked_for_instead_of_what_is_missing_runs_out_as_well(arrive, office, clock):
    ticket = arrive(ACCESS)
    identity.ask_identity(office, ticket.reference, by=ADA, doubt="odd", wallet="0x" + "ab" * 20)
    assert next_todo(ticket, office) == "wait"
    clock.advance(days=15)
    assert steps.expire(office, ticket.reference, by=ADA).requests[0].state == "expired"


@pytest.mark.parametrize("first_code", ["ran out", "was used up", "was replaced"])
def test_a_code_that_came_at_the_second_asking_has_not_run_out(arrive, office, clock, first_code):
    ticket = arrive(CALIFORNIA)
    if first_code == "ran out":
        clock.advance(days=15)
        Challenge.objects.update(state="expired", decided_at=clock.now)
    elif first_code == "was used up":
        use_up(ticket, office)
    if first_code != "was replaced":
        assert next_todo(ticket, office) == "expire"
    identity.ask_identity(office, ticket.reference, by=ADA)
    code_came(ticket, office)
    clock.advance(days=60)
    assert next_todo(ticket, office) == "ask-identity"
    with pytest.raises(WrongState, match="run out"):
        steps.expire(office, ticket.reference, by=ADA)


def test_what_ran_out_before_a_request_came_has_not_run_out_for_it(code_came_in_time, office, clock):
    identity.ask_identity(office, code_came_in_time.reference, by=ADA)
    clock.advance(days=15)
    Challenge.objects.filter(kind="details").update(state="expired", decided_at=clock.now)
    assert next_todo(code_came_in_time, office) == "expire"
    clock.advance(days=1)
    Request.objects.update(received_at=clock.now, identity_asked_on=clock.now.date())
    assert next_todo(code_came_in_time, office) == "ask-identity"
    with pytest.raises(WrongState, match="run out"):
        steps.expire(office, code_came_in_time.reference, by=ADA)


def test_what_was_asked_for_has_run_out_also_after_the_sweep_has_closed_it(arrive, office, clock):
    ticket = arrive(ACCESS)
    identity.ask_identity(office, ticket.reference, by=ADA, doubt="odd")
    clock.advance(days=40)
    assert conversation(office, ticket.reference).standings[0].next.todo == "expire"
    Challenge.objects.update(state="expired", decided_at=clock.now)
    assert conversation(office, ticket.reference).standings[0].next.todo == "expire"
    assert steps.expire(office, ticket.reference, by=ADA).requests[0].state == "expired"


# -- dates follow from what stands ---------------------------------------------------------------------------------------------------


@pytest.fixture
def proven(arrive, office, clock) -> Ticket:
    """Access and erasure under a law whose clock starts with proof, which came after two weeks."""
    ticket = arrive(BOTH)
    Request.objects.update(regime="uk-gdpr")
    identity.ask_identity(office, ticket.reference, by=ADA, doubt="odd")
    code = proofs.code_of(ticket, proofs.pending(ticket)[0], office.seals)
    clock.advance(days=14)
    identity.code_given(office, ticket.reference, code, by=ADA)
    return ticket


def holds_its_dates(row: Request, office) -> bool:
    """What stands in the row is what the law says of it now."""
    controller = for_casework(office.config.named_controller(row.controller))
    due = life.case_of(row, controller, proofs.shown_for(row)).clocks
    told = (due.acknowledge_by, due.statute, due.promise, due.respond_by, due.alarm, due.extend_by, list(due.sources))
    return told == (row.acknowledge_by, row.statute, row.promise, row.respond_by, row.alarm, row.extend_by, row.sources)


def test_a_date_that_rested_on_proof_goes_with_it_when_a_person_is_split_off(proven, office):
    before = Request.objects.get(right="erasure")
    [row] = split(office, proven.reference, ["erasure"], by=ADA, name="Joan Ortega").requests
    assert row.respond_by <= before.respond_by - timedelta(days=10) and holds_its_dates(row, office)
    [event] = AuditEvent.objects.filter(action="clock moved", subject=f"ticket:{row.ticket.reference}")
    assert event.data == {"request": row.id, "from": before.respond_by.isoformat(), "to": row.respond_by.isoformat()}


def test_a_date_that_rested_on_proof_goes_with_it_when_the_address_was_wrong(proven, office):
    before = Request.objects.get(right="access")
    Letter.objects.update(state="sent")
    correct_requester(office, proven.reference, ELSEWHERE, by=GRACE)
    for row in Request.objects.all():
        assert row.respond_by <= before.respond_by - timedelta(days=10) and holds_its_dates(row, office)
    moved = AuditEvent.objects.filter(action="clock moved", data__from=before.respond_by.isoformat())
    assert {one.data["request"] for one in moved} == set(Request.objects.values_list("id", flat=True))


def test_what_a_closed_request_was_answered_on_stays_on_record(proven, office):
    steps.fulfil(office, proven.reference, by=ADA, right="access", values=INFORMATION, attachments=[DATA])
    Letter.objects.update(state="sent")
    columns = ("mailbox_proven_at", "verified_at", "verified_level", "identity_proven_on", "doubted", "respond_by")
    before = Request.objects.values(*columns).get(right="access")
    assert before["mailbox_proven_at"] and before["identity_proven_on"]
    correct_requester(office, proven.reference, ELSEWHERE, by=GRACE)
    assert Request.objects.values(*columns).get(right="access") == before
    assert not Request.objects.get(right="access").authenticated
    assert Request.objects.get(right="erasure").mailbox_proven_at is None


# -- what was dropped is not meant, and what was asked stays asked ---------------------------------------------------------------------


@pytest.fixture
def merged(arrive, office) -> Ticket:
    """The same access twice: the one received first stands, the other, with a higher number on the ticket, ended as its duplicate."""
    first = arrive(ACCESS)
    second = arrive(ERASURE, sender="joan@castronovo.example")
    Ticket.objects.filter(id=second.id).update(sender_index=first.sender_index)
    Request.objects.filter(ticket=second).update(right="access", category="access")
    merge(office, first.reference, second.reference, by=ADA)
    assert list(Request.objects.order_by("id").values_list("state_reason", flat=True)) == ["", "duplicate"]
    return Ticket.objects.get(id=second.id)


def test_reopened_is_the_request_that_stood_and_not_its_duplicate(merged, office):
    steps.fulfil(office, merged.reference, by=GRACE, right="access", values=INFORMATION, attachments=[DATA])
    steps.reopen(office, merged.reference, by=GRACE, right="access")
    assert list(Request.objects.order_by("id").values_list("state", "state_reason")) == [
        ("in_progress", ""),
        ("revoked", "duplicate"),
    ]
    assert not Letter.objects.filter(personal=True).exclude(state="discarded").exists()


@pytest.mark.parametrize("at_once", [True, False])
def test_assigned_is_the_request_that_stands(merged, office, at_once):
    stands = Request.objects.order_by("id")[0]
    if at_once:
        assert bulk.assign(office, [(Row.REQUEST, stands.id)], "bo", by=ADA, shown={}).done
    else:
        steps.assign(office, merged.reference, "bo", by=ADA, right="access")
    assert list(Request.objects.order_by("id").values_list("owner", flat=True)) == ["bo", "unassigned"]


def test_what_is_left_of_a_misread_mail_is_acknowledged_anew(arrive, office):
    with_controller(office, mode="assist")
    ticket = arrive(BOTH)
    done = correct_rights(office, ticket.reference, ["access"], by=ADA)
    assert (done.letter.name, done.letter.state) == ("acknowledgment", "draft")
    assert list(Letter.objects.order_by("id").values_list("state", flat=True)) == ["discarded", "draft"]


def test_a_right_that_was_overlooked_is_acknowledged_with_those_that_stay(arrive, office):
    with_controller(office, mode="assist")
    ticket = arrive(BOTH)
    done = correct_rights(office, ticket.reference, ["access", "portability"], by=ADA)
    text = outbox.words(Letter.objects.select_related("ticket").get(id=done.letter.id), office.seals)["text"]
    assert "Your request: Access and data portability" in text


def test_nobody_is_waited_for_whose_asking_letter_was_withdrawn(arrive, office):
    with_controller(office, mode="assist", challenge="always")
    ticket = arrive(BOTH)
    assert set(Request.objects.values_list("state_reason", flat=True)) == {"need_user_verification"}
    [kept] = correct_rights(office, ticket.reference, ["access"], by=ADA).requests
    assert (kept.state_reason, kept.identity_asked_on) == ("", None) and not proofs.pending(ticket)
    assert conversation(office, ticket.reference).standings[0].next.todo == "ask-identity"


def test_a_code_that_was_sent_stays_valid_when_the_request_was_misread(arrive, office):
    ticket = arrive(ACCESS)
    identity.ask_identity(office, ticket.reference, by=ADA, doubt="odd")
    Letter.objects.update(state="sent")
    code = proofs.code_of(ticket, proofs.pending(ticket)[0], office.seals)
    correct_rights(office, ticket.reference, ["erasure"], by=ADA)
    identity.code_given(office, ticket.reference, code, by=ADA)
    assert Challenge.objects.get(kind="mailbox").state == "proven"


def test_an_edit_is_not_undone_once_somebody_approved_its_words(arrive, office):
    with_controller(office, mode="assist")
    arrive(ACCESS)
    letter = Letter.objects.select_related("ticket").get()
    before = outbox.words(letter, office.seals)
    edit_letter(office, letter.id, before["subject"], f"{before['text']}\nGood words.\n", actor="ada")
    edit = Undoable.objects.get(what="edit").id
    desk.approve(office, letter.id, actor="ada")
    with pytest.raises(ActedSince):
        undo(office, edit, by=BO)
    letter = Letter.objects.select_related("ticket").get()
    assert letter.state == "queued" and "Good words." in outbox.words(letter, office.seals)["text"]
