"""One list of what needs a person: its order, its filters, and what a page of it costs."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from bench import crowd
from privbot.records import listing, queue, search
from privbot.records.listing import Counts, PlaceUnknown
from privbot.records.listing_filters import Filters
from privbot.records.models import NO_DATE, IncomingMail, Letter, Request, Review, Ticket
from privbot.worker.office import Office
from tests.conftest import empty_databases

TODAY = date(2026, 11, 20)


@pytest.fixture
def office(config, clock):
    made = Office(config, clock)
    yield made
    made.close()


@pytest.fixture
def seals(office):
    return office.seals


class World:
    """Rows with only what the list reads; `day` counts from today."""

    def __init__(self, seals, now) -> None:
        self.seals, self.now, self.number = seals, now, 0

    def mail(self, controller="lumen", language="en") -> IncomingMail:
        self.number += 1
        return IncomingMail.objects.create(
            mailbox="privacy", sha256=str(self.number), received_at=self.now, kept_at=self.now, size=1, state="handled", controller=controller,
            language=language, key=self.seals.new_key(), sealed_raw=b"",
        )  # fmt: skip

    def ticket(self, controller="lumen", language="en") -> Ticket:
        self.number += 1
        key = self.seals.new_key()
        return Ticket.objects.create(
            reference=f"LUM-{self.number:04}", controller=controller, opened_at=self.now, language=language, last_contact=self.now, key=key,
            sealed_requester=self.seals.seal(key, "requester", b'{"name": "Mel Ortega", "address": "mel@ortega.example", "details": {}}'),
        )  # fmt: skip

    def review(
        self, day, *, urgent=False, controller="lumen", language="en", owner="unassigned", codes=("unsure",), **categories
    ) -> Review:
        return Review.objects.create(
            mail=self.mail(controller, language), controller=controller, codes=list(codes), due=TODAY + timedelta(day), urgent=urgent,
            opened_at=self.now, owner=owner, categories=categories,
        )  # fmt: skip

    def request(
        self, day, *, controller="lumen", language="en", owner="unassigned", category="access", state="open", ticket=None
    ) -> Request:
        ticket = ticket or self.ticket(controller, language)
        due = TODAY + timedelta(day)
        return Request.objects.create(
            ticket=ticket, mail=self.mail(controller), controller=controller, person_index=uuid.uuid4().hex, regime="gdpr", right="access",
            category=category, owner=owner, received_at=self.now, statute=due, respond_by=due, alarm=due, verification="on-doubt", state=state,
        )  # fmt: skip

    def closed(self, day, *, state="fulfilled", **more) -> Ticket:
        """A ticket whose only request ended on a day."""
        one = self.request(0, state=state, **more)
        Request.objects.filter(id=one.id).update(closed_at=self.now + timedelta(day))
        return one.ticket

    def decided(self, day, decision="no request: spam", **more) -> Review:
        one = self.review(0, **more)
        one.decided_at, one.decision = self.now + timedelta(day), decision
        one.save()
        return one

    def letter(self, day, *, controller="lumen", state="draft", ticket=None) -> Letter:
        self.number += 1
        return Letter.objects.create(
            ticket=ticket or self.ticket(controller), controller=controller, name="acknowledgment", language="en", created_at=self.now,
            state=state, due=NO_DATE if day is None else TODAY + timedelta(day), message_id=str(self.number), next_try_at=self.now, sealed=b"",
            automatic=False,
        )  # fmt: skip


@pytest.fixture
def world(seals, clock):
    return World(seals, clock.now)


def listed(seals, controllers=None, **filters) -> list[tuple[str, int]]:
    return [(row.kind.value, row.id) for row in listing.page(Filters(**filters), controllers, seals, today=TODAY).rows]


def walked(seals, filters, size) -> list[tuple[str, int]]:
    """All rows, a page after the other."""
    after, seen = "", []
    while True:
        page = listing.page(filters, None, seals, today=TODAY, after=after, size=size)
        seen += [(row.kind.value, row.id) for row in page.rows]
        after = page.after
        if not after:
            return seen


def keys(*rows) -> list[tuple[str, int]]:
    return [(type(row).__name__.lower(), row.id) for row in rows]


def test_urgent_reviews_come_first_then_all_kinds_by_their_date(world, seals):
    far = world.letter(None)
    third, first = world.request(3), world.review(-2)
    second, same_day = world.letter(1), world.request(1)
    urgent = world.review(20, urgent=True)
    assert listed(seals) == keys(urgent, first, second, same_day, third, far)


def test_what_is_done_is_not_listed(world, seals, clock):
    world.request(1, state="fulfilled")
    world.letter(1, state="sent")
    world.review(1)
    Review.objects.update(decided_at=clock.now)
    assert listed(seals) == []


def test_pages_follow_one_another_without_gap_or_repetition(world, seals):
    for day in (1, 1, 2, 0, 1):
        world.review(day), world.request(day), world.letter(day)
    world.review(5, urgent=True), world.review(5, urgent=True)
    whole = listed(seals)
    assert len(whole) == 17
    for size in (1, 2, 3, 7):
        assert walked(seals, Filters(), size) == whole, size


@pytest.mark.parametrize(
    "place", ["x", "1.2026-13-01.review.1", "3.2026-11-20.review.1", "1.2026-11-20.mail.1", "1.2026-11-20.review.-1"]
)
def test_a_place_that_is_not_ours_is_refused(place, seals):
    with pytest.raises(PlaceUnknown):
        listing.page(Filters(), None, seals, today=TODAY, after=place)


def test_only_what_may_be_seen_is_listed(world, seals):
    ours, theirs = world.review(1), world.review(2, controller="tidal")
    assert listed(seals, ["lumen"]) == keys(ours)
    assert listed(seals, ["lumen", "tidal"]) == listed(seals) == keys(ours, theirs)
    assert listed(seals, []) == []
    assert listed(seals, ["lumen"], controller="tidal") == []


def test_somebody_of_very_many_controllers_sees_the_list_and_finds_what_is_closed(world, seals):
    due, closed = world.request(1), world.closed(-1)
    many = [f"shop{number}" for number in range(200)] + ["lumen"]  # more arms than SQLite puts into one question
    assert listed(seals, many) == keys(due)
    assert found_rows(seals, many) == keys(due, closed)


def test_filters_narrow_the_list(world, seals):
    german = world.review(-1, language="de", access=0.9)
    agent = world.review(0, codes=("agent", "unsure"), deletion=0.8, access=0.1, owner="Mika")
    request = world.request(6, category="deletion", owner="Mika")
    draft = world.letter(7, ticket=request.ticket)
    dead = world.letter(8, state="dead")
    for filters, rows in (
        ({"kind": "letter"}, [draft, dead]),
        ({"controller": "lumen"}, [german, agent, request, draft, dead]),
        ({"category": "access"}, [german]),  # not where it is unlikely
        ({"category": "deletion"}, [agent, request, draft]),  # a letter by what its ticket asks
        ({"code": "unsure"}, [german, agent]),
        ({"code": "agent"}, [agent]),
        ({"code": "dead"}, [dead]),  # the state of a letter is why it is here
        ({"language": "de"}, [german]),
        ({"owner": "Mika"}, [agent, request, draft]),
        ({"owner": "unassigned", "kind": "review"}, [german]),
        ({"due": "overdue"}, [german]),
        ({"due": "today"}, [agent]),
        ({"due": "week"}, [agent, request]),  # today and the six days after it
        ({"owner": "Mika", "kind": "review", "due": "today"}, [agent]),
        ({"found": search.Found(mails=frozenset({german.mail_id}))}, [german]),
        ({"found": search.Found(tickets=frozenset({request.ticket_id}))}, [request, draft]),
    ):
        assert listed(seals, **filters) == keys(*rows), filters
        assert listed(seals, ["lumen", "tidal"], **filters) == keys(*rows), filters


def test_a_row_tells_what_the_queue_shows(world, seals):
    request = world.request(4, category="deletion", owner="Mika", language="de")
    [row] = listing.page(Filters(), None, seals, today=TODAY).rows
    assert (row.due, row.controller, row.reference, row.who) == (
        TODAY + timedelta(4),
        "lumen",
        request.ticket.reference,
        "Mel Ortega",
    )
    assert (dict(row.categories), row.language, row.codes, row.owner) == ({"deletion": 1.0}, "de", ("open",), "Mika")


def test_one_whose_key_is_destroyed_does_not_hide_the_others(world, seals, clock):
    request = world.request(1)
    world.request(2)
    seals.destroy([request.ticket.key], clock.now)
    assert [row.who for row in listing.page(Filters(), None, seals, today=TODAY).rows] == [queue.ERASED, "Mel Ortega"]


def test_counts_are_of_what_may_be_seen(world, seals):
    (
        world.review(-1),
        world.review(1, owner="Mika"),
        world.letter(0),
        world.request(-3, owner="Mika"),
        world.request(2, controller="tidal"),
    )
    newest = IncomingMail.objects.latest("id").id
    assert listing.counts(None, me="Mika", today=TODAY) == Counts(2, 1, 2, overdue=2, mine=2, unassigned=2, newest=newest)
    assert listing.counts(["tidal"], me="Mika", today=TODAY) == Counts(0, 0, 1, overdue=0, mine=0, unassigned=1, newest=newest)
    assert listing.counts([], me="Mika", today=TODAY) == Counts(0, 0, 0, overdue=0, mine=0, unassigned=0, newest=newest)


# -- what a search finds that is closed ----------------------------------------------------------------------------------


def everything() -> search.Found:
    return search.Found(
        frozenset(IncomingMail.objects.values_list("id", flat=True)), frozenset(Ticket.objects.values_list("id", flat=True))
    )


def found_rows(seals, controllers=None, **filters) -> list[tuple[str, int]]:
    return listed(seals, controllers, found=everything(), **filters)


def test_a_search_lists_what_is_closed_after_what_is_open_newest_first(world, seals):
    oldest, newest = world.closed(-9), world.closed(-1)
    filed = world.decided(-5)
    waits, due = world.review(40), world.request(3)
    assert found_rows(seals) == keys(due, waits, newest, filed, oldest)
    assert listed(seals) == keys(due, waits)


def test_what_is_closed_says_when_and_with_what_outcome(world, seals):
    ticket, review = world.closed(-1, state="denied"), world.decided(-2, decision="no request: support")
    first, second = listing.page(Filters(found=everything()), None, seals, today=TODAY).rows
    assert (first.reference, first.closed, list(first.outcome)) == (
        ticket.reference,
        TODAY - timedelta(1),
        [("access", "denied")],
    )
    assert (second.id, second.closed, second.decision) == (review.id, TODAY - timedelta(2), "no request: support")


def test_a_ticket_with_an_open_request_is_not_closed_whatever_else_of_it_is(world, seals):
    ticket = world.closed(-1)
    still_open = world.request(4, ticket=ticket)
    assert found_rows(seals) == keys(still_open)


def test_a_decided_mail_on_a_ticket_is_found_as_that_ticket(world, seals):
    ticket, review = world.closed(-1), world.decided(-1, decision="request: access")
    IncomingMail.objects.filter(id=review.mail_id).update(ticket=ticket)
    assert found_rows(seals) == keys(ticket)


def test_what_is_closed_is_shown_within_the_controllers_that_may_be_seen_and_never_once_it_is_erased(world, seals, clock):
    ours, filed = world.closed(-1), world.decided(-2)
    world.closed(-1, controller="tidal"), world.decided(-1, controller="tidal")
    Ticket.objects.filter(id=world.closed(-3).id).update(erased_at=clock.now)
    assert found_rows(seals, ["lumen"]) == keys(ours, filed)
    assert len(found_rows(seals, ["lumen", "tidal"])) == len(found_rows(seals)) == 4
    assert found_rows(seals, []) == []


def test_filters_narrow_what_is_closed_and_those_for_open_kinds_leave_it_out(world, seals):
    deletion = world.closed(-1, category="deletion", owner="Mika")
    german = world.decided(-2, language="de", deletion=0.9)
    world.closed(-3)
    open_review = world.review(2)
    assert found_rows(seals, category="deletion") == keys(deletion, german)
    assert found_rows(seals, language="de") == keys(german)
    assert found_rows(seals, owner="Mika") == keys(deletion)
    assert (
        found_rows(seals, kind="review") == found_rows(seals, due="week") == found_rows(seals, code="unsure") == keys(open_review)
    )
    assert found_rows(seals, kind="request") == []


def test_the_pages_of_a_search_go_on_into_what_is_closed_without_gap_or_repetition(world, seals):
    for day in (-1, -1, -2, 0, -1):
        world.closed(day), world.decided(day), world.request(day)
    whole = found_rows(seals)
    assert len(whole) == 15
    for size in (1, 2, 4, 7):
        assert walked(seals, Filters(found=everything()), size) == whole, size


def test_a_ticket_that_is_opened_again_while_a_page_is_made_is_left_out(world, seals, monkeypatch):
    stays, reopened = world.closed(-1), world.closed(-2)
    fill = listing.filled

    def reopen_and_fill(chosen, seals):
        Request.objects.filter(ticket=reopened).update(state="open", closed_at=None)
        return fill(chosen, seals)

    monkeypatch.setattr(listing, "filled", reopen_and_fill)
    assert found_rows(seals) == keys(stays)


def test_counts_stop_at_a_thousand(world, seals, monkeypatch):
    monkeypatch.setattr(listing, "COUNTED", 2)
    for _ in range(5):
        world.review(1)
    assert listing.counts(None, me="Mika", today=TODAY).reviews == 3


def test_a_letter_should_leave_by_the_earliest_day_of_its_ticket(imap, office):
    from privbot.worker.once import poll_once

    imap.deliver(
        b"From: Mel <mel@ortega.example>\r\nTo: customer-lumen@harbour.example\r\nSubject: my data\r\nMessage-ID: <1@o.example>\r\n\r\n"
        b"I hereby request access to my personal data under Article 15 GDPR. Please send me a copy.\r\n"
    )
    poll_once(office)
    request, letter = Request.objects.get(), Letter.objects.get()
    assert letter.due == (request.acknowledge_by or request.respond_by)


@contextmanager
def questions():
    with CaptureQueriesContext(connections["default"]) as records, CaptureQueriesContext(connections["keys"]) as key_store:
        yield records, key_store


def test_a_page_costs_the_same_number_of_questions_however_many_tickets_there_are(office, seals):
    asked = {}
    for count in (500, 5000):
        empty_databases()
        crowd.populate(count, seals)
        fresh = Office(office.config, office.clock).seals  # knows no key yet
        with questions() as plain:
            listing.page(Filters(), crowd.CONTROLLERS, fresh, today=TODAY)
            listing.counts(crowd.CONTROLLERS, me="Mika", today=TODAY)
        with questions() as searching:
            found = search.find("family7 parcel", crowd.CONTROLLERS, fresh)
            assert listing.page(Filters(found=found), crowd.CONTROLLERS, fresh, today=TODAY).rows
        asked[count] = (sum(map(len, plain)), sum(map(len, searching)))
    assert max(asked[500]) <= 9  # session and operator come besides
    assert max(asked[5000]) <= 9
