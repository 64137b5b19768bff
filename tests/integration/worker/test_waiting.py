"""Requesters whom we wait for: reminded after two and five days, told when the code has run out; the bot decides nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import OperationalError
from sweep_world import ACCESS, with_controller

from privbot.casework.verification import Kind
from privbot.letters.errors import UnknownLetter
from privbot.records import proofs
from privbot.records.database import writing
from privbot.records.models import AuditEvent, Challenge, Folder, IncomingMail, Letter, Notice, Request, Review, Ticket
from privbot.worker import desk, stepping, steps, waiting
from privbot.worker.acting import By
from privbot.worker.once import poll_once
from privbot.worker.sweep import sweep
from privbot.worker.view import view

MEL = "mel@ortega.example"
CODE = re.compile(r"\b[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}\b")


@pytest.fixture
def days(watched, sink, clock):
    """Lets days pass, with a look at the mailbox, two sweeps and a delivery each; returns the names of the letters written."""

    def pass_by(count: int) -> list[str]:
        for _ in range(count):
            clock.advance(days=1)
            poll_once(watched)
            for _ in range(2):
                sweep(watched)
            watched.delivery.deliver()
        return list(Letter.objects.order_by("id").values_list("name", flat=True))

    with_controller(watched, operators=())
    return pass_by


def to_mel(sink) -> list[str]:
    return [one.message.get_body(("plain",)).get_content() for one in sink.received if one.recipients == [MEL]]


def test_a_reminder_comes_after_two_and_after_five_days_with_the_same_code(receive, days, sink):
    receive(ACCESS)
    [asked] = to_mel(sink)
    first, *_ = days(1)
    assert days(0) == [first]
    assert days(1) == [first, "reminder"]
    assert days(2) == [first, "reminder"]
    assert days(1) == [first, "reminder", "reminder"]
    assert days(8) == [first, "reminder", "reminder"]
    reference = Ticket.objects.get().reference
    code = next(one for one in CODE.findall(asked) if one not in reference)
    assert all(code in text and reference in text for text in to_mel(sink))


def test_when_the_code_runs_out_it_is_told_and_an_operator_decides(receive, days, sink, watched):
    receive(ACCESS)
    assert days(15)[-1] == "code-expired"
    assert Challenge.objects.get().state == "expired" and not bytes(Challenge.objects.get().sealed_code)
    review = Review.objects.get()
    assert (
        review.codes == ["not-verified"]
        and review.due == Request.objects.get().respond_by
        and review.ticket == Ticket.objects.get()
    )
    assert Request.objects.get().state in Request.ACTIVE  # its clock goes on
    assert AuditEvent.objects.filter(action="proof decided", data__outcome="expired", actor="sweep").count() == 1
    assert days(5)[-1] == "code-expired" and Review.objects.count() == 1


def test_the_review_says_how_to_end_the_request_and_ends_with_it(receive, days, sink, watched):
    receive(ACCESS)
    days(15)
    reference = Ticket.objects.get().reference
    shown = view(watched, f"review:{Review.objects.get().id}")
    assert shown["next"] == [f"privbot request expire {reference}"]
    steps.expire(watched, reference, by=By("ada"))
    assert Request.objects.get().state == "expired"
    assert (Review.objects.get().decided_by, Review.objects.get().decision) == ("ada", "request: expired")


def test_what_the_bot_sends_says_so_to_machines_and_what_an_operator_sends_does_not(receive, days, sink, watched):
    receive(ACCESS)
    days(15)
    steps.expire(watched, Ticket.objects.get().reference, by=By("ada"))
    days(1)
    marks = [one.message["Auto-Submitted"] for one in sink.received if one.recipients == [MEL]]
    assert marks == ["auto-replied"] * 4 + [None]  # RFC 3834, 5: acknowledgment, two reminders, code-expired; then the operator's


def test_a_draft_that_an_operator_approves_is_no_automatic_answer(receive, sink, watched):
    with_controller(watched, mode="assist", operators=())
    receive(ACCESS)
    desk.approve(watched, Letter.objects.get().id, actor="ada")
    watched.delivery.deliver()
    assert sink.received[0].message["Auto-Submitted"] is None


def test_after_a_pause_only_one_reminder_is_sent(receive, days, sink, clock):
    receive(ACCESS)
    clock.advance(days=6)
    assert days(1)[1:] == ["reminder"]


@pytest.mark.parametrize(
    "settled",
    [
        lambda: Challenge.objects.update(state="proven"),
        lambda: Request.objects.update(state="revoked"),
        lambda: Request.objects.update(state_reason=""),
    ],
)
def test_who_has_answered_or_no_longer_asks_is_not_reminded(receive, days, settled):
    receive(ACCESS)
    settled()
    assert len(days(20)) == 1 and not Review.objects.exists()


def test_a_code_that_never_left_is_not_reminded_of(receive, days, watched, sink):
    """Observe: the letter with the code is still a draft."""
    with_controller(watched, mode="observe")
    receive(ACCESS)
    assert len(days(10)) == 1 and to_mel(sink) == []
    assert len(days(6)) == 1  # it runs out unseen: a person is told, the requester is not
    assert Review.objects.get().codes == ["not-verified"]


@pytest.mark.parametrize("mode", ["observe", "assist"])
def test_where_a_person_approves_letters_a_reminder_is_only_drafted(receive, days, watched, sink, mode):
    receive(ACCESS)
    with_controller(watched, mode=mode)
    days(15)
    assert len(to_mel(sink)) == 1
    assert set(Letter.objects.exclude(state="sent").values_list("state", flat=True)) == {"draft"}


def test_for_backlog_a_reminder_is_only_drafted(receive, days, sink):
    receive(ACCESS)
    Ticket.objects.update(backlog=True)
    days(3)
    assert len(to_mel(sink)) == 1 and Letter.objects.filter(name="reminder", state="draft").count() == 1


def test_over_a_cap_a_reminder_is_only_drafted(receive, days, watched, sink):
    receive(ACCESS)
    watched.config = watched.config.model_copy(update={"limits": watched.config.limits.model_copy(update={"per_controller": 1})})
    Letter.objects.update(created_at="2026-11-22T06:00:00Z")
    days(2)
    assert len(to_mel(sink)) == 1 and Letter.objects.filter(name="reminder", state="draft").count() == 1


def test_a_declaration_and_details_are_reminded_of_in_one_letter_that_holds_no_code(receive, days, sink, watched, clock):
    receive(ACCESS)
    Challenge.objects.all().delete()
    for kind in (Kind.DETAILS, Kind.DECLARATION):
        with writing():
            proofs.ask(Ticket.objects.get(), kind, clock.now)
    assert days(2)[1:] == ["reminder"]
    reminder = to_mel(sink)[-1]
    assert "declaration" in reminder and "details" in reminder
    assert not [one for one in CODE.findall(reminder) if one not in Ticket.objects.get().reference]
    assert days(13)[1:] == ["reminder", "reminder"]  # what ran out is no code: an operator says what follows
    assert Review.objects.get().codes == ["not-verified"]


def test_a_consumer_s_code_is_never_sent_to_the_agent_who_wrote(receive, days, sink, watched, clock):
    receive(ACCESS)
    Challenge.objects.all().delete()
    with writing():
        consumer = watched.seals.index("address", "jo@vale.example")
        proofs.ask_code(Ticket.objects.get(), watched.seals, clock.now, kind=Kind.CONFIRMATION, recipient_index=consumer)
    assert days(2)[1:] == []
    assert Review.objects.get().codes == ["reminder"] and len(to_mel(sink)) == 1


def test_where_the_letter_cannot_be_written_a_person_is_asked(receive, days, monkeypatch):
    def unknown(*_args, **_kwargs):
        raise UnknownLetter("reminder", ())

    receive(ACCESS)
    monkeypatch.setattr(stepping, "write_letter", unknown)
    days(3)
    assert Review.objects.get().codes == ["reminder"]
    assert Notice.objects.filter(kind="reminder 1").count() == 1


def code_from_mel(sink) -> str:
    """Mel's answer to our first letter, with the code."""
    letter = next(one.message for one in sink.received if one.recipients == [MEL])
    code = next(
        one for one in CODE.findall(letter.get_body(("plain",)).get_content()) if one not in Ticket.objects.get().reference
    )
    thread = f"In-Reply-To: {letter['Message-ID']}\nReferences: {letter['Message-ID']}\n"
    return ACCESS.partition("\n\n")[0].replace("<1@", "<2@") + f"\n{thread}\n{code}\n"


@pytest.mark.parametrize("days_away", [3, 16])  # a reminder is due; the code has run out
def test_a_code_that_came_in_time_while_the_service_was_down_counts(receive, watched, sink, clock, imap, days_away):
    with_controller(watched, operators=())
    receive(ACCESS)
    in_time = clock.now + timedelta(days=1)
    clock.advance(days=days_away)
    sweep(watched)  # the mailbox was not looked at yet
    assert Challenge.objects.get().state == "pending" and Letter.objects.count() == 1
    receive(code_from_mel(sink), at=in_time)
    assert Challenge.objects.get().state == "proven"
    sweep(watched)
    assert Letter.objects.count() == 1 and not Review.objects.exists()


@pytest.mark.parametrize("days_away", [3, 16])
def test_while_a_mail_that_came_in_time_waits_nobody_is_told_that_it_did_not(receive, watched, clock, days_away):
    with_controller(watched, operators=())
    receive(ACCESS)
    waits = IncomingMail.objects.get()
    waits.pk, waits.state, waits.sha256, waits.received_at = None, "kept", "0" * 64, clock.now + timedelta(days=1)
    waits.save(force_insert=True)
    clock.advance(days=days_away)
    Folder.objects.update(last_good_poll=clock.now)
    sweep(watched)
    assert Letter.objects.count() == 1 and Challenge.objects.get().state == "pending"
    IncomingMail.objects.filter(id=waits.id).update(state="quarantined")  # a person has it
    sweep(watched)
    assert Letter.objects.count() == 2


def test_one_broken_ticket_keeps_no_other_waiting_and_is_put_before_a_person_once(receive, days, sink):
    receive(ACCESS, ACCESS.replace("<1@", "<2@").replace("mel@", "jo@"))
    broken = Ticket.objects.order_by("id").first()
    Challenge.objects.filter(ticket=broken).update(sealed_code=b"x" * 40)
    days(3)
    assert [one.ticket for one in Letter.objects.filter(name="reminder")] == [Ticket.objects.order_by("id").last()]
    held = Review.objects.get()
    assert (held.codes, held.ticket) == (["sweep-failed"], broken)


def test_operators_are_told_whatever_is_wrong_with_the_requesters_tickets(receive, watched, sink, clock, monkeypatch):
    def broken(*_args):
        raise OperationalError

    receive(ACCESS)
    clock.advance(days=16)
    before = len(sink.received)
    monkeypatch.setattr(waiting, "_look_after", broken)
    with pytest.raises(OperationalError):
        sweep(watched)
    assert len(sink.received) > before


def test_who_wrote_to_a_mailbox_that_was_renamed_since_is_reminded(receive, days, watched):
    receive(ACCESS)
    IncomingMail.objects.update(mailbox="former")
    assert days(2)[1:] == ["reminder"]


def test_killed_while_reminding_nothing_of_it_stays(receive, days, watched, clock, monkeypatch):
    def killed(*_args, **_kwargs):
        raise KeyboardInterrupt

    receive(ACCESS)
    clock.advance(days=2)
    poll_once(watched)
    with monkeypatch.context() as patch:
        patch.setattr(stepping, "put_letter", killed)
        with pytest.raises(KeyboardInterrupt):
            sweep(watched)
    assert not Notice.objects.exists()
    assert sweep(watched).reminded == 1
