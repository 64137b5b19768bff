"""Deadlines: the agenda and the month in the browser, and the calendar that programs subscribe to."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from privbot.console.models import CalendarToken
from privbot.records.models import AuditEvent, Review
from tests.asked_requests import put_request


@pytest.fixture
def asked(console_office, clock):
    """Puts a request of a controller into the records."""
    return partial(put_request, clock)


def text_of(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_agenda_begins_with_what_is_overdue_and_says_how_late_it_is(asked, person, client_of):
    asked("LUM-AAAA-AAAA")
    asked("TID-BBBB-BBBB", "tidal", respond_by=date(2026, 11, 18), owner="Ada")
    page = text_of(client_of(person("viewer")).get("/deadlines"))
    assert page.index("Overdue") < page.index("2 days overdue") < page.index("TID-BBBB-BBBB") < page.index("Later")
    assert page.index("Later") < page.index("in 17 days") < page.index("Confirm receipt", page.index("in 17 days"))
    assert "Nobody yet" in page and "Ada" in page


def test_nobody_sees_the_days_of_a_controller_they_do_not_work_for(asked, person, client_of):
    asked("LUM-AAAA-AAAA")
    client = client_of(person("admin", controllers=["tidal"]))
    for address in ("/deadlines", "/deadlines?controller=lumen", "/deadlines/month?month=2027-01&controller=lumen"):
        page = text_of(client.get(address))
        assert "LUM-AAAA-AAAA" not in page and "Lumen" not in page and "Answer due" not in page.partition("Without filters")[2]


FILTERS = [
    # query, kinds shown of one request with four dates
    ("", 4),
    ("kind=alarm", 1),
    ("owner={Ada}", 4),
    ("owner={Bo}", 0),
    ("owner=unassigned", 0),
    # nobody's name is looked for in an address
    ("owner=Bo", 4),
    ("controller=lumen&first=2027-01-04&last=2027-01-04", 2),
    ("controller=tidal", 0),
    # an old or a mistyped address still opens
    ("kind=x&controller=x&first=x&after=x", 4),
    ("after=2026-12-07~99~1", 3),
]


@pytest.mark.parametrize(("query", "lines"), FILTERS, ids=[row[0] for row in FILTERS])
def test_filters_narrow_the_agenda(asked, person, client_of, query, lines):
    asked("LUM-AAAA-AAAA", owner="Ada")
    query = query.format(Ada=person(name="Ada").pk, Bo=person(name="Bo").pk)
    page = client_of(person()).get(f"/deadlines?{query}").content.decode()
    assert page.count(">LUM-AAAA-AAAA<") == lines


def test_a_long_agenda_goes_on_with_the_filters_kept(asked, person, client_of):
    for number in range(30):
        asked(f"LUM-AAAA-{number:04}")
    client = client_of(person())
    first = client.get("/deadlines?controller=lumen").content.decode()
    [further] = re.findall(r'href="(/deadlines\?[^"]*after=[^"]*)"', first)
    second = client.get(further.replace("&amp;", "&")).content.decode()
    assert "controller=lumen" in further
    assert first.count(">LUM-AAAA-") == second.count(">LUM-AAAA-") == 50


def test_a_month_counts_what_is_due_and_leads_to_the_agenda_of_the_day(asked, person, client_of):
    asked("LUM-AAAA-AAAA")
    client = client_of(person())
    page = client.get("/deadlines/month?month=2027-01").content.decode()
    assert "January 2027" in page and "1 × Answer due" in page and "1 × Last day to announce an extension" in page
    [day] = re.findall(r'href="(/deadlines\?kind=respond-by[^"]*)"', page)
    assert ">LUM-AAAA-AAAA<" in client.get(day.replace("&amp;", "&")).content.decode()
    assert "No day to keep" in client.get("/deadlines/month?month=2030-01").content.decode()


@pytest.mark.parametrize("month", ["", "x", "2026-13", "0001-01", "9999-12", "2026-12"])
def test_any_month_opens(asked, person, client_of, month):
    assert client_of(person()).get("/deadlines/month", {"month": month}).status_code == 200


def test_the_pages_ask_the_database_as_often_with_many_requests_as_with_few(asked, person, client_of, clock):
    client = client_of(person())
    counts = []
    for amount in (1, 20):
        for number in range(amount):
            row = asked(f"LUM-{amount:04}-{number:04}")
            Review.objects.create(mail=row.mail, controller="lumen", codes=["unsure"], due=date(2026, 12, 1), opened_at=clock())
        for address in ("/deadlines", "/deadlines/month?month=2027-01"):
            with CaptureQueriesContext(connection) as seen:
                client.get(address)
            counts.append(len([one for one in seen.captured_queries if "records_" in one["sql"]]))
    assert counts == [7] * 4


# -- the calendar ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def subscribed(asked, client_of):
    """Makes a calendar address as somebody, and gives its path."""

    def make(user, name="phone"):
        page = client_of(user).post("/deadlines/subscribe", {"name": name}).content.decode()
        [address] = re.findall(r'value="http://localhost(/calendar/[^"]+)"', page)
        return address

    return make


def events(answer) -> set[str]:
    assert answer.status_code == 200
    return {str(one["SUMMARY"]) for one in Calendar.from_ical(answer.content).walk("VEVENT")}


def test_a_calendar_program_reads_what_is_due_without_signing_in(asked, subscribed, person, client_of):
    asked("LUM-AAAA-AAAA")
    answer = client_of().get(subscribed(person("viewer")))
    assert "Answer due: LUM-AAAA-AAAA erasure (ccpa)" in events(answer)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Referrer-Policy"] == "no-referrer"
    assert not answer.cookies


def test_the_address_is_shown_once_and_kept_as_a_hash(subscribed, person, client_of):
    user = person("viewer")
    address = subscribed(user)
    secret = address.removeprefix("/calendar/").removesuffix(".ics")
    assert len(secret) >= 43
    assert secret not in client_of(user).get("/deadlines").content.decode()
    assert secret not in str(list(CalendarToken.objects.values()) + list(AuditEvent.objects.values()))


def test_a_calendar_shows_what_its_owner_may_see_at_that_moment(asked, subscribed, person, client_of):
    asked("LUM-AAAA-AAAA")
    asked("TID-BBBB-BBBB", "tidal")
    user = person("operator", controllers=["lumen"])
    address = subscribed(user)
    assert {one.split()[2] for one in events(client_of().get(address)) if "Answer due" in one} == {"LUM-AAAA-AAAA"}
    user.controllers = ["tidal"]
    user.save()
    assert {one.split()[2] for one in events(client_of().get(address)) if "Answer due" in one} == {"TID-BBBB-BBBB"}
    user.controllers = []
    user.save()
    assert events(client_of().get(address)) == set()


def test_a_revoked_address_an_unknown_one_and_one_of_somebody_who_left_lead_nowhere(subscribed, person, client_of):
    user, gone = person("viewer"), person("viewer")
    revoked, left, kept = subscribed(user), subscribed(gone), subscribed(user)
    token = CalendarToken.objects.order_by("id").first()
    assert client_of(user).post("/deadlines/unsubscribe", {"token": token.id}).status_code == 302
    gone.is_active = False
    gone.save()
    for address in (revoked, left, "/calendar/x.ics", "/calendar/%00.ics", f"/calendar/{'x' * 5000}.ics"):
        assert client_of().get(address).status_code == 404
    assert client_of().get(kept).status_code == 200


def test_nobody_revokes_the_address_of_somebody_else(subscribed, person, client_of):
    address = subscribed(person("viewer"))
    number = CalendarToken.objects.get().id
    for wrong in (number, "x", ""):
        assert client_of(person("admin")).post("/deadlines/unsubscribe", {"token": wrong}).status_code == 404
    assert client_of().get(address).status_code == 200


def test_making_and_revoking_stand_in_the_audit_trail_without_the_name_of_a_person_in_their_data(subscribed, person, client_of):
    user = person("viewer")
    subscribed(user, "Mel's phone")
    number = CalendarToken.objects.get().id
    client_of(user).post("/deadlines/unsubscribe", {"token": number})
    told = [
        (one.action, one.subject, one.actor, one.data)
        for one in AuditEvent.objects.filter(action__startswith="calendar").order_by("id")
    ]
    assert told == [(f"calendar address {what}", f"user:{user.pk}", user.name, {"token": number}) for what in ("made", "revoked")]


def test_the_last_use_of_an_address_is_shown(subscribed, person, client_of, clock):
    user = person("viewer")
    address = subscribed(user)
    assert "never" in client_of(user).get("/deadlines").content.decode()
    clock.advance(hours=2)
    client_of().get(address)
    assert CalendarToken.objects.get().used_at == clock()
    clock.advance(minutes=1)
    client_of().get(address)
    assert CalendarToken.objects.get().used_at == clock() - timedelta(minutes=1)


def test_making_an_address_wants_a_recent_sign_in(asked, person, client_of):
    answer = client_of(person("viewer"), signed_in_lately=False).post("/deadlines/subscribe", {"name": "phone"})
    assert answer.status_code == 302 and "/again/" in answer["Location"]
    assert not CalendarToken.objects.exists()


def test_an_address_is_revoked_on_one_s_own_page_too_and_the_trail_says_which(subscribed, person, client_of):
    user = person("viewer")
    subscribed(user)
    number = CalendarToken.objects.get().id
    assert client_of(user).post(f"/me/calendars/{number}/revoke").status_code == 302
    assert AuditEvent.objects.get(action="calendar address revoked").data == {"token": number}


def test_somebody_has_twenty_addresses_at_most_and_is_told_what_to_do(subscribed, person, client_of):
    user = person("viewer")
    for _ in range(20):
        subscribed(user)
    answer = client_of(user).post("/deadlines/subscribe", {"name": "one more"})
    assert answer.status_code == 400
    assert "revoke one" in answer.content.decode() and 'value="one more"' in answer.content.decode()


def test_who_asks_too_often_waits(subscribed, person, client_of):
    address, client = subscribed(person("viewer")), client_of()
    answers = [client.get(address).status_code for _ in range(61)]
    assert answers[:60] == [200] * 60 and answers[60] == 429


def test_the_secret_never_gets_into_the_log(subscribed, person, client_of, monkeypatch, capfd):
    import logging

    from privbot import logs
    from privbot.console.views import deadlines

    address = subscribed(person("viewer"))
    logs.to_standard_error(logging.DEBUG)

    def broken(*args):
        raise RuntimeError(address)

    client = client_of()
    client.raise_request_exception = False
    monkeypatch.setattr(deadlines, "calendar", broken)
    assert client.get(address).status_code == 500
    assert client.get(address.replace("/calendar/", "/calendar/x")).status_code == 404
    written = "".join(capfd.readouterr())
    assert "console failed" in written
    assert address.removeprefix("/calendar/").removesuffix(".ics") not in written and "/calendar/" not in written
