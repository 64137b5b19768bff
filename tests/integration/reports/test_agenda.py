"""All days to keep, nearest first, and how many fall on each day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from privbot.records.models import Challenge, Letter, Request, Review, StepTaken
from privbot.reports.agenda import KINDS, Scope, agenda, days_of, weeks_of
from tests.asked_requests import put_request

LUMEN = Scope(("lumen",))


@pytest.fixture
def asked(config, clock):
    """Puts a request of a controller into the records."""
    return partial(put_request, clock)


@pytest.fixture
def shown(clock):
    """(kind, day) of each line of the agenda."""
    return lambda scope=LUMEN, **more: [(one.kind, one.day) for one in agenda(scope, now=clock(), **more)]


def letter(row, clock, state="sent", name="acknowledgment"):
    return Letter.objects.create(
        ticket=row.ticket, controller=row.controller, name=name, language="en", created_at=clock(), state=state,
        message_id=f"<{Letter.objects.count()}@x>", recipient_index="", domain_index="", sealed=b"", next_try_at=clock(),
    )  # fmt: skip


def test_every_day_of_a_request_its_review_and_its_challenge_stands_in_order(asked, shown, clock):
    row = asked("LUM-AAAA-AAAA")
    Review.objects.create(
        mail=row.mail, ticket=row.ticket, controller="lumen", codes=["unsure"], due=date(2026, 12, 24), opened_at=clock()
    )
    Challenge.objects.create(ticket=row.ticket, created_at=clock(), expires_at=clock() + timedelta(days=14))
    assert shown() == [
        ("challenge", date(2026, 12, 4)),
        ("acknowledge-by", date(2026, 12, 7)),
        ("review", date(2026, 12, 24)),
        ("alarm", date(2027, 1, 3)),
        ("respond-by", date(2027, 1, 4)),
        ("extend-by", date(2027, 1, 4)),
    ]
    assert {one.reference for one in agenda(LUMEN, now=clock())} == {"LUM-AAAA-AAAA"}


PASSED = date(2026, 11, 1)
DONE = [
    # what happened, which kinds are left
    ("nothing", {"acknowledge-by", "respond-by", "extend-by", "alarm"}),
    # late: an answer and an acknowledgment can still be given, the rest is over
    ("all days passed", {"acknowledge-by", "respond-by"}),
    ("acknowledged", {"respond-by", "extend-by", "alarm"}),
    ("extended", {"acknowledge-by", "respond-by", "alarm"}),
    # a draft extends nothing
    ("extended in a draft", {"acknowledge-by", "respond-by", "extend-by", "alarm"}),
    ("fulfilled", set()),
    # and answers nobody
    ("fulfilled in a draft", {"respond-by"}),
]


@pytest.mark.parametrize(("what", "left"), DONE, ids=[row[0] for row in DONE])
def test_a_day_stands_as_long_as_something_can_be_done_about_it(asked, shown, clock, what, left):
    row = asked("LUM-AAAA-AAAA")
    match what:
        case "all days passed":
            Request.objects.update(acknowledge_by=PASSED, respond_by=PASSED, extend_by=PASSED, alarm=PASSED - timedelta(days=1))
        case "acknowledged":
            letter(row, clock)
        case "extended" | "extended in a draft":
            Request.objects.update(extended_on=date(2026, 11, 20))
            state = "draft" if "draft" in what else "sent"
            clock.advance(seconds=-1)  # this letter is no acknowledgment
            StepTaken.objects.create(request=row, step="extend", at=clock(), actor="Ada", letter=letter(row, clock, state))
            clock.advance(seconds=1)
        case "fulfilled" | "fulfilled in a draft":
            Request.objects.update(state="fulfilled")
            state = "draft" if "draft" in what else "sent"
            StepTaken.objects.create(request=row, step="fulfil", at=clock(), actor="Ada", letter=letter(row, clock, state))
    assert {kind for kind, _ in shown()} == left


def test_only_the_controllers_kinds_and_owners_that_are_asked_for_are_shown(asked, shown, clock):
    asked("LUM-AAAA-AAAA", owner="Ada")
    asked("TID-BBBB-BBBB", "tidal", owner="Bo")
    assert len(shown(Scope(("lumen", "tidal")))) == 2 * len(shown()) == 8
    assert shown(Scope(())) == []
    assert shown(replace(LUMEN, kinds=("alarm",))) == [("alarm", date(2027, 1, 3))]
    assert shown(replace(LUMEN, owner="Bo")) == []
    assert len(shown(replace(LUMEN, owner="Ada"))) == 4
    assert shown(replace(LUMEN, first=date(2027, 1, 1), last=date(2027, 1, 3))) == [("alarm", date(2027, 1, 3))]


def test_a_challenge_belongs_to_whoever_is_in_charge_of_its_ticket(asked, shown, clock):
    row = asked("LUM-AAAA-AAAA", owner="Ada")
    Challenge.objects.create(ticket=row.ticket, created_at=clock(), expires_at=clock() + timedelta(days=14))
    only = replace(LUMEN, kinds=("challenge",))
    assert len(shown(replace(only, owner="Ada"))) == 1
    assert shown(replace(only, owner="Bo")) == []


@pytest.mark.parametrize("kinds", [KINDS, ("respond-by", "review")])
def test_pages_follow_each_other_without_a_gap_or_a_double(asked, clock, kinds):
    for number in range(9):
        row = asked(f"LUM-AAAA-AAA{number}", respond_by=date(2027, 1, 4 + number % 2))
        Review.objects.create(mail=row.mail, controller="lumen", codes=["unsure"], due=date(2027, 1, 4), opened_at=clock())
    scope = replace(LUMEN, kinds=kinds)
    whole = agenda(scope, now=clock(), limit=1000)
    paged, after = [], None
    while page := agenda(scope, now=clock(), after=after, limit=4):
        paged += page
        after = page[-1].place
    assert paged == whole and len(whole) == (45 if kinds is KINDS else 18)


def test_a_month_counts_each_kind_on_each_day(asked, clock):
    for number in range(3):
        asked(f"LUM-AAAA-AAA{number}")
    found = days_of(replace(LUMEN, first=date(2027, 1, 1), last=date(2027, 1, 31)), now=clock())
    assert found == {date(2027, 1, 3): {"alarm": 3}, date(2027, 1, 4): {"respond-by": 3, "extend-by": 3}}


def test_the_weeks_of_a_month_are_whole():
    weeks = weeks_of(date(2026, 12, 24))
    assert weeks[0][0] == date(2026, 11, 30) and weeks[-1][-1] == date(2027, 1, 3)
    assert [len(week) for week in weeks] == [7] * 5
    assert weeks_of(date(2027, 2, 1)) == [[date(2027, 2, 1 + 7 * week + day) for day in range(7)] for week in range(4)]


def test_the_queries_do_not_grow_with_the_tickets(asked, clock):
    counts = []
    for reference in ("LUM-AAAA-AAAA", "LUM-BBBB-BBBB"):
        asked(reference)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            agenda(LUMEN, now=clock())
            days_of(replace(LUMEN, first=date(2027, 1, 1), last=date(2027, 1, 31)), now=clock())
        counts.append(len(seen))
    assert counts == [14, 14]
