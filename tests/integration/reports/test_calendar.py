"""What is due, as a calendar program reads it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from icalendar import Calendar

from privbot.records.models import Letter, Request, Review, Ticket
from privbot.reports.calendar import calendar
from tests.asked_requests import put_request


@pytest.fixture
def asked(config, clock):
    """Puts a request of a controller into the records."""
    return partial(put_request, clock)


BOTH = ("lumen", "tidal")


def events(config, controllers=BOTH, now=datetime(2026, 11, 20, 12, tzinfo=UTC)) -> dict[str, tuple[str, date]]:
    made = Calendar.from_ical(calendar(config, controllers, now))
    return {str(one["UID"]): (str(one["SUMMARY"]), one.decoded("DTSTART")) for one in made.walk("VEVENT")}


def test_every_open_date_is_an_event_of_its_own_day(config, asked):
    row = asked("LUM-AAAA-AAAA")
    assert events(config) == {
        f"acknowledge-by.{row.id}.lum-aaaa-aaaa@harbour.example": (
            "Confirm receipt: LUM-AAAA-AAAA erasure (ccpa)",
            date(2026, 12, 7),
        ),
        f"respond-by.{row.id}.lum-aaaa-aaaa@harbour.example": ("Answer due: LUM-AAAA-AAAA erasure (ccpa)", date(2027, 1, 4)),
        f"extend-by.{row.id}.lum-aaaa-aaaa@harbour.example": (
            "Last day to announce an extension: LUM-AAAA-AAAA erasure (ccpa)",
            date(2027, 1, 4),
        ),
    }


def test_an_event_keeps_its_uid_when_its_date_moves_and_goes_when_it_is_done(config, asked, clock):
    row = asked("LUM-AAAA-AAAA")
    before = events(config)
    Letter.objects.create(
        ticket=row.ticket, controller="lumen", name="acknowledgment", language="en", created_at=clock(), state="sent", message_id="<1@x>",
        recipient_index="", domain_index="", sealed=b"", next_try_at=clock(),
    )  # fmt: skip
    # extended
    Request.objects.update(extended_on=date(2026, 12, 20), statute=date(2027, 2, 18), respond_by=date(2027, 2, 18))
    after = events(config, now=datetime(2026, 12, 20, tzinfo=UTC))
    [(uid, (_, day))] = after.items()
    assert uid in before and uid.startswith("respond-by") and day == date(2027, 2, 18)
    Request.objects.update(state="fulfilled")
    assert events(config) == {}


def test_a_review_and_a_child_are_shown_and_one_controller_may_be_chosen(config, asked, clock):
    row = asked("LUM-AAAA-AAAA", acknowledge_by=None, extend_by=None)
    asked("TID-BBBB-BBBB", "tidal")
    Ticket.objects.filter(id=row.ticket_id).update(minor=True)
    review = Review.objects.create(
        mail=row.mail, ticket=row.ticket, controller="lumen", codes=["minor"], due=date(2026, 12, 1), opened_at=clock()
    )
    found = events(config, ["lumen"])
    assert found[f"review.{review.id}@harbour.example"] == (f"Decide review {review.id}: LUM-AAAA-AAAA", date(2026, 12, 1))
    assert [summary for summary, _ in found.values() if "concerns a child" in summary] == [
        "Answer due: LUM-AAAA-AAAA erasure (ccpa) – concerns a child"
    ]
    assert len(events(config)) == len(found) + 3


def test_the_file_is_what_rfc_5545_asks_for(config, asked):
    asked("LUM-AAAA-AAAA")
    raw = calendar(config, BOTH, datetime(2026, 11, 20, 12, tzinfo=UTC))
    assert raw.startswith(b"BEGIN:VCALENDAR\r\n") and raw.endswith(b"END:VCALENDAR\r\n")
    assert b"DTSTART;VALUE=DATE:20270104" in raw and b"DTSTAMP:20261120T120000Z" in raw
    assert max(map(len, raw.split(b"\r\n"))) <= 75
    again = calendar(config, BOTH, datetime(2026, 11, 20, 12, tzinfo=UTC) + timedelta(0))
    assert raw == again
