"""The audit trail: found by who, what, when and whose; walked; and taken out as a file."""

from __future__ import annotations

import csv
import io
import itertools
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from privbot.records import audit, trail
from privbot.records.audit import Event
from privbot.records.database import writing
from privbot.records.models import AuditEvent, IncomingMail, Letter, Review, Ticket
from privbot.records.trail import Sought
from privbot.reports import audit_log

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def told(config):
    """A function that writes one event into the trail."""

    def tell(
        action: str = "ticket opened", subject: str = "mail:1", *, actor: str = "ines", at: datetime = NOON, **data: object
    ) -> int:
        with writing():
            audit.record([Event(action, subject, data)], actor=actor, now=at)
        return AuditEvent.objects.latest("id").id

    return tell


def found(limit: int = 50, before: int | None = None, **sought: object) -> list[int]:
    return [one.id for one in trail.newest(Sought(**sought), before=before, limit=limit)]


def test_events_are_found_by_who_what_and_about_what(told):
    first = told(actor="ines", action="letter approved", subject="ticket:LUM-AAAA")
    second = told(actor="privbot", action="letter sent", subject="ticket:LUM-AAAA")
    third = told(actor="ines", action="mail exported", subject="mail:7")
    assert found() == [third, second, first]
    assert found(actor="ines") == [third, first]
    assert found(action="letter sent") == [second]
    assert found(subject="ticket:LUM-AAAA") == [second, first]
    assert found(subject="mail") == [third]
    assert found(subject="mail:") == []  # a whole subject, that there is none of
    assert found(actor="ines", subject="mail", action="letter sent") == []


def test_a_period_is_whole_days_in_utc_both_included(told):
    moments = ["2026-11-19T23:59:59", "2026-11-20T00:00:00", "2026-11-20T23:59:59", "2026-11-21T00:00:00"]
    events = [told(at=datetime.fromisoformat(moment).replace(tzinfo=UTC)) for moment in moments]
    assert found(first=date(2026, 11, 20), last=date(2026, 11, 20)) == [events[2], events[1]]
    assert found(first=date(2026, 11, 21)) == [events[3]]


def test_pages_follow_each_other_without_gap_or_repetition(told):
    events = [told() for _ in range(7)]
    pages, before = [], None
    while page := found(limit=3, before=before):
        pages.append(page)
        before = page[-1]
        told()  # what comes in meanwhile moves nothing
    assert [one for page in pages for one in page] == events[::-1]
    assert [len(page) for page in pages] == [3, 3, 1]


@pytest.fixture
def theirs(config):
    """Of each controller a ticket, a mail, a review and a letter; returns their subjects."""
    subjects = {}
    for controller in ("lumen", "tidal"):
        mail = IncomingMail.objects.create(
            mailbox="privacy",
            sha256=controller,
            received_at=NOON,
            kept_at=NOON,
            size=1,
            controller=controller,
            key="0" * 32,
            sealed_raw=b"x",
        )
        ticket = Ticket.objects.create(
            reference=f"{controller.upper()}-AAAA", controller=controller, opened_at=NOON, language="en", last_contact=NOON, sender_index="",
            key="0" * 32, sealed_requester=b"x",
        )  # fmt: skip
        review = Review.objects.create(mail=mail, controller=controller, codes=[], due=NOON.date(), opened_at=NOON)
        letter = Letter.objects.create(
            ticket=ticket, controller=controller, name="answer", language="en", created_at=NOON, next_try_at=NOON, message_id=controller,
            sealed=b"x",
        )  # fmt: skip
        whats = (
            ("ticket", ticket.reference),
            ("mail", mail.id),
            ("review", review.id),
            ("letter", letter.id),
            ("controller", controller),
        )
        subjects[controller] = [f"{what}:{which}" for what, which in whats]
    return subjects


def test_of_some_controllers_only_what_is_theirs(told, theirs):
    lumen = [told(subject=subject) for subject in theirs["lumen"]]
    tidal = [told(subject=subject) for subject in theirs["tidal"]]
    ours = [
        told(subject="model:3"),
        told(subject="user:ines"),
        told(subject="mail:999999"),
        told(subject="ticket:"),
        told(subject="mail:x"),
    ]
    assert found(controllers=["lumen"]) == lumen[::-1]
    assert found(controllers=["tidal"]) == tidal[::-1]
    assert found(controllers=["lumen", "tidal"]) == (lumen + tidal)[::-1]
    assert found(controllers=[]) == []
    assert set(found()) == {*lumen, *tidal, *ours}


def test_one_question_a_page(told, theirs):
    for _ in range(30):
        told(subject=theirs["lumen"][0])
    with CaptureQueriesContext(connection) as questions:
        assert len(found(controllers=["lumen"], actor="ines", limit=20)) == 20
    assert len(questions) == 1


def test_actions_are_named_from_what_happened_lately(told):
    told("letter sent")
    told("ticket opened")
    told("letter sent")
    assert trail.recent_actions() == ["letter sent", "ticket opened"]


# -- walking it ---------------------------------------------------------------------------------------------------------------------


def test_a_walk_tells_how_many_events_fit_and_is_told_of_itself(told):
    assert audit.last_verification() is None
    for _ in range(3):
        told()
    walked = audit.verify(actor="ines", now=NOON)
    assert (walked.events, walked.broken) == (3, None)
    assert audit.last_verification() == walked
    again = audit.verify(actor="privbot", now=NOON + timedelta(days=1))
    assert (again.events, again.broken) == (4, None)
    assert audit.last_verification() == again


@pytest.mark.parametrize(
    "change", [{"actor": "nobody"}, {"data": {"x": 1}}, {"at": NOON - timedelta(1)}, {"subject": "mail:2"}, {"hash": "0" * 64}]
)
def test_a_changed_event_is_found_by_the_walk_and_remembered(told, change):
    events = [told() for _ in range(3)]
    AuditEvent.objects.filter(id=events[1]).update(**change)
    walked = audit.verify(actor="ines", now=NOON)
    assert (walked.events, walked.broken) == (1, events[1])
    assert audit.last_verification() == walked


# -- as a file ----------------------------------------------------------------------------------------------------------------------


def test_the_whole_trail_as_a_file_can_be_walked_by_anybody(told):
    for number in range(5):
        told(count=number)
    out = io.StringIO()
    assert audit_log.export(Sought(), "json", out, actor="ines", now=NOON) == 5
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["data"] for line in lines] == [{"count": number} for number in range(5)]
    for earlier, later in itertools.pairwise(lines):
        assert later["previous"] == earlier["hash"]


def test_what_was_sought_is_in_the_file_and_only_its_shape_in_the_trail(told):
    told(actor="ines")
    told(actor="=cmd|' /C calc'!A0")
    out = io.StringIO()
    assert audit_log.export(Sought(actor="=cmd|' /C calc'!A0"), "csv", out, actor="ines", now=NOON) == 1
    [row] = csv.DictReader(io.StringIO(out.getvalue()))
    assert row["actor"].startswith("'=cmd")
    exported = AuditEvent.objects.latest("id")
    assert (exported.action, exported.data) == ("audit trail exported", {"kind": "csv", "narrowed_by": ["actor"], "events": 1})
    assert audit.first_break() is None
