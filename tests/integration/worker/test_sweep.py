"""What time brings: operators are reminded of each date once, and get a digest each day. On a frozen clock and a real SMTP server."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sweep_world import ACCESS, CALIFORNIA, OPERATORS, mailbox_proven, with_controller

from privbot.errors import FaultOfWorld
from privbot.letters.smtp import SmtpUnreachable
from privbot.records.models import Folder, IncomingMail, Letter, Notice, Request, Review, Ticket
from privbot.worker import notices
from privbot.worker.office import Office
from privbot.worker.schedule import Jobs
from privbot.worker.sweep import sweep


@pytest.fixture
def receive(receive, watched):
    """As `receive`, from people who return the code at once."""

    def work(*texts: str) -> None:
        receive(*texts)
        mailbox_proven(watched)

    return work


def told(sink, *, digests: bool = False) -> list[str]:
    """The texts of the mails to the first operator."""
    mails = [one.message for one in sink.received if one.recipients == [OPERATORS[0]]]
    return [mail.get_content() for mail in mails if ("LETTERS THAT WAIT" in mail.get_content() or is_digest(mail)) == digests]


def is_digest(mail) -> bool:
    return " on " in mail.get_content().splitlines()[0]


def days_of_reminders(office, sink, clock, days: int) -> list[tuple[date, str]]:
    """Walk through the days, two sweeps each, before the hour of the digest; what was told on which day."""
    with_controller(office, digest_at=time(23, 59))
    found = []
    for _ in range(days):
        for _ in range(2):
            before = len(told(sink))
            sweep(office)
            for text in told(sink)[before:]:
                found += [(clock.now.date(), line.strip()) for line in text.splitlines() if line.startswith("  ")]
        clock.advance(days=1)
    return found


# -- dates ---------------------------------------------------------------------------------------------------------------


def test_each_reminder_comes_once_and_escalation_follows(watched, receive, sink, clock):
    """Received on 20 November 2026 under the GDPR: promise 20 December, statute and last day to extend 21 December (the 20th is a Sunday)."""
    receive(ACCESS)
    reference = Ticket.objects.get().reference
    found = days_of_reminders(watched, sink, clock, 45)
    assert all(line.startswith(reference) for _, line in found)
    assert [(day.isoformat(), line.split("  ")[1]) for day, line in found] == [
        ("2026-12-06", "answer by 2026-12-20 (in 14 days)"),
        ("2026-12-13", "answer by 2026-12-20 (in 7 days)"),
        ("2026-12-14", "announce an extension by 2026-12-21 (in 7 days)"),
        ("2026-12-17", "answer by 2026-12-20 (in 3 days)"),
        ("2026-12-18", "announce an extension by 2026-12-21 (in 3 days)"),
        ("2026-12-19", "answer by 2026-12-20 (tomorrow)"),  # the alarm
        ("2026-12-21", "answer by 2026-12-20 (yesterday)"),  # escalation
        ("2026-12-23", "answer by 2026-12-20 (3 days ago)"),
        ("2026-12-27", "answer by 2026-12-20 (7 days ago)"),
    ]


def test_reminders_name_no_person_and_go_to_every_operator(watched, receive, sink, clock):
    receive(ACCESS)
    clock.advance(days=16)
    sweep(watched)
    mails = [one for one in sink.received if one.recipients[0] in OPERATORS]
    assert sorted(one.recipients[0] for one in mails if not is_digest(one.message)) == sorted(OPERATORS)
    for mail in mails:
        assert mail.message["Auto-Submitted"] == "auto-generated"
        for personal in (b"ortega", b"Mel", b"my data"):
            assert personal not in mail.raw


def test_confirming_receipt_is_reminded_of_only_until_a_letter_has_left(watched, receive, sink, clock):
    with_controller(watched, mode="observe")
    receive(CALIFORNIA)
    row = Request.objects.get()
    assert (row.regime, row.acknowledge_by.isoformat()) == ("ccpa", "2026-12-07")
    clock.advance(days=12)
    first = days_of_reminders(watched, sink, clock, 1)
    assert [line.split("  ")[1] for _, line in first] == ["confirm receipt by 2026-12-07 (in 5 days)"]
    Letter.objects.update(state="sent", sent_at=clock.now)
    clock.advance(days=3)
    assert all("confirm receipt" not in line for _, line in days_of_reminders(watched, sink, clock, 5))


def test_after_a_pause_only_the_latest_reminder_of_a_date_is_sent(watched, receive, sink, clock):
    receive(ACCESS)
    clock.advance(days=35)  # five days overdue
    found = days_of_reminders(watched, sink, clock, 1)
    assert [line.split("  ")[1] for _, line in found] == ["answer by 2026-12-20 (5 days ago)"]


def test_a_date_that_moves_is_told_of_anew(watched, receive, sink, clock):
    receive(ACCESS)
    clock.advance(days=28)
    days_of_reminders(watched, sink, clock, 1)
    moved = {"respond_by": date(2027, 2, 20), "statute": date(2027, 2, 22), "promise": None, "alarm": date(2027, 2, 19)}
    Request.objects.update(extended_on=clock.now.date(), **moved)
    assert days_of_reminders(watched, sink, clock, 5) == []
    clock.now = datetime(2027, 2, 6, 12, tzinfo=UTC)
    assert [line.split("  ")[1] for _, line in days_of_reminders(watched, sink, clock, 1)] == [
        "answer by 2027-02-20 (in 14 days)"
    ]


@pytest.mark.parametrize("state", ["fulfilled", "denied", "revoked", "expired"])
def test_what_is_closed_is_never_reminded_of(watched, receive, sink, clock, state):
    receive(ACCESS)
    Request.objects.update(state=state, closed_at=clock.now)
    for days in (16, 13, 2):  # the first reminder, the alarm, the escalation
        clock.advance(days=days)
        assert days_of_reminders(watched, sink, clock, 1) == []


def test_without_operators_nobody_is_told(watched, receive, sink, clock):
    with_controller(watched, operators=())
    receive(ACCESS)
    clock.advance(days=30)
    assert sweep(watched).told == 0 and not Notice.objects.exists()


def test_days_are_counted_where_the_regime_counts_them(watched, receive, sink, clock):
    """23:30 on 5 December in UTC is 6 December in Vienna: fourteen days before the promise."""
    receive(ACCESS)
    clock.now = datetime(2026, 12, 5, 22, 30, tzinfo=UTC)
    sweep(watched)
    assert told(sink) == []
    clock.advance(hours=1)
    sweep(watched)
    assert len(told(sink)) == 1


# -- what else operators must know ------------------------------------------------------------------------------------------


def test_a_regulator_s_mail_a_dead_letter_and_a_missing_mail_are_told_once(watched, receive, sink, clock):
    receive(ACCESS)
    mail, ticket = IncomingMail.objects.get(), Ticket.objects.get()
    Review.objects.create(
        mail=mail, ticket=ticket, controller="lumen", codes=["regulator"], due=date(2026, 12, 1), urgent=True, opened_at=clock.now
    )
    Letter.objects.update(state="dead")
    Folder.objects.update(on_server=3, in_ledger=1)
    for _ in range(3):
        sweep(watched)
    [text] = told(sink)
    assert "URGENT review:" in text and "regulator" in text
    assert f"{ticket.reference}  was refused for good" in text
    assert "2 mails on the server are not in the ledger" in text


def test_a_review_past_its_day_is_told(watched, receive, sink, clock):
    receive(ACCESS)
    Review.objects.create(
        mail=IncomingMail.objects.get(), controller="lumen", codes=["unsure"], due=date(2026, 11, 25), opened_at=clock.now
    )
    clock.advance(days=5)
    sweep(watched)
    assert told(sink) == []
    clock.advance(days=1)
    sweep(watched)
    assert "OVERDUE review:" in told(sink)[0]


# -- the digest ------------------------------------------------------------------------------------------------------------


def test_the_digest_comes_once_a_day_at_the_controller_s_own_hour(watched, receive, sink, clock):
    with_controller(watched, digest_at=time(7, 30))
    clock.now = datetime(2026, 11, 20, 6, 29, tzinfo=UTC)  # 07:29 in Vienna
    sweep(watched)
    assert told(sink, digests=True) == []
    clock.advance(minutes=1)
    for _ in range(5):
        sweep(watched)
        clock.advance(hours=4)
    assert [text.splitlines()[0] for text in told(sink, digests=True)] == ["Lumen Masks LLC on Friday, 2026-11-20"]
    clock.advance(hours=6)
    sweep(watched)
    assert len(told(sink, digests=True)) == 2


def test_the_digest_tells_everything_that_waits_and_names_nobody(watched, receive, sink, clock):
    receive(ACCESS, CALIFORNIA.replace("<1@", "<2@").replace("mel@", "jo@").replace("Mel", "Jo"))
    access, deletion = Request.objects.order_by("id")
    Ticket.objects.filter(id=deletion.ticket_id).update(minor=True)
    Request.objects.filter(id=access.id).update(respond_by=date(2026, 12, 22))
    Request.objects.filter(id=deletion.id).update(respond_by=date(2026, 12, 18), acknowledge_by=None)
    Review.objects.create(
        mail=access.mail, ticket=access.ticket, controller="lumen", codes=["unsure"], due=date(2026, 12, 30), opened_at=clock.now
    )
    Letter.objects.filter(ticket=deletion.ticket).update(state="draft")
    Folder.objects.update(last_fault="imap-unreachable")
    clock.now = datetime(2026, 12, 21, 12, tzinfo=UTC)
    sweep(watched)
    [text] = told(sink, digests=True)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    assert lines[lines.index("OVERDUE") + 1] == (
        f"{deletion.ticket.reference}  answer by 2026-12-18 (3 days ago)  erasure (ccpa) · concerns a child"
    )
    assert lines[lines.index("DUE TODAY") + 1].startswith(
        f"{access.ticket.reference}  announce an extension by 2026-12-21 (today)"
    )
    assert lines[lines.index("DUE THIS WEEK") + 1].startswith(f"{access.ticket.reference}  answer by 2026-12-22 (tomorrow)")
    assert any(line.startswith("review:") and "unsure" in line for line in lines)
    assert any(line.startswith("letter:") and "draft" in line for line in lines)
    assert any("last poll failed (imap-unreachable)" in line for line in lines)
    assert not any(personal in text.lower() for personal in ("ortega", "mel ", "jo@"))


def test_a_digest_that_could_not_leave_yesterday_is_not_sent_today(watched, sink, clock, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(notices.Carrier, "connect", unreachable)
        with pytest.raises(FaultOfWorld):
            sweep(watched)
    clock.advance(days=1)
    sweep(watched)
    assert [text.splitlines()[0] for text in told(sink, digests=True)] == ["Lumen Masks LLC on Saturday, 2026-11-21"]


# -- faults of the world -----------------------------------------------------------------------------------------------------


def unreachable(self) -> None:
    raise SmtpUnreachable


def test_what_could_not_be_told_is_told_later_and_what_was_settled_meanwhile_is_not(watched, receive, sink, clock, monkeypatch):
    receive(ACCESS, ACCESS.replace("<1@", "<2@").replace("mel@", "jo@"))
    settled, goes_on = Request.objects.order_by("id")
    clock.advance(days=16)
    with monkeypatch.context() as patch:
        patch.setattr(notices.Carrier, "connect", unreachable)
        with pytest.raises(FaultOfWorld):
            sweep(watched)
    Request.objects.filter(id=settled.id).update(state="fulfilled", closed_at=clock.now)
    clock.advance(minutes=6)
    sweep(watched)
    [text] = told(sink)
    assert goes_on.ticket.reference in text and settled.ticket.reference not in text
    assert not Notice.objects.filter(sent_at=None).exists()


def test_one_operator_s_dead_address_keeps_no_other_from_being_told(watched, receive, sink, clock):
    sink.answers[OPERATORS[1]] = "550 no such user"
    receive(ACCESS)
    clock.advance(days=16)
    sweep(watched)
    sweep(watched)
    assert len(told(sink)) == 1


def test_when_nobody_can_be_reached_it_is_tried_again(watched, receive, sink, clock):
    sink.answers |= dict.fromkeys(OPERATORS, "451 later")
    receive(ACCESS)
    clock.advance(days=16)
    assert sweep(watched).told == 0
    sink.answers.clear()
    assert sweep(watched).told == 0  # not at once
    clock.advance(minutes=6)
    assert sweep(watched).told == 2
    assert len(told(sink)) == 1


def test_two_workers_tell_it_once(watched, receive, sink, clock):
    from django.db import connections

    receive(ACCESS)
    clock.advance(days=16)
    offices = [Office(watched.config, clock) for _ in range(2)]
    faults: list[BaseException] = []

    def work(office: Office) -> None:
        try:
            sweep(office)
        except BaseException as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(office,)) for office in offices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert len(told(sink)) == len(told(sink, digests=True)) == 1


def test_a_notice_that_comes_back_into_the_mailbox_opens_nothing(watched, receive, sink, clock):
    receive(ACCESS)
    clock.advance(days=16)
    sweep(watched)
    ours = next(one for one in sink.received if one.recipients == [OPERATORS[0]])
    receive(ours.raw.decode().replace("\r\n", "\n"))
    assert Ticket.objects.count() == 1 and IncomingMail.objects.order_by("id").last().outcome == "ignored"


def test_the_schedule_s_own_jobs_sweep_and_erase(watched, receive, sink, clock, monkeypatch):
    receive(ACCESS)
    jobs = Jobs(watched, lambda handled: None)
    clock.advance(days=16)
    jobs.sweep()
    assert len(told(sink)) == 1
    with monkeypatch.context() as patch:
        patch.setattr(notices.Carrier, "connect", unreachable)
        clock.advance(days=7)
        jobs.sweep()  # waits, and raises nothing
    Request.objects.update(state="fulfilled", closed_at=clock.now)
    clock.now += timedelta(days=8 * 366)
    jobs.daily()
    assert Ticket.objects.get().erased_at == clock.now
