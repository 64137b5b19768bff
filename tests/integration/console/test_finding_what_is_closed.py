"""A requester rings: whatever became of what they asked, it is found."""

from __future__ import annotations

import re

import pytest
from conversations import mail

from privbot.console.jinja import day
from privbot.records.models import Request, Review, Ticket
from privbot.worker import desk
from privbot.worker.once import poll_once

ACCESS = "I hereby request access to my personal data under Article 15 GDPR. Please send me a copy of my lavender file."


@pytest.fixture
def arrive(imap, console_office):
    def work(raw: bytes) -> None:
        imap.deliver(raw)
        poll_once(console_office)

    return work


@pytest.fixture
def answered(arrive, console_office) -> Ticket:
    arrive(mail(ACCESS))
    Request.objects.update(state="fulfilled", closed_at=console_office.clock())
    return Ticket.objects.get()


@pytest.fixture
def filed(arrive, console_office) -> Review:
    forged = mail(ACCESS, number=2, sender="kit@lowe.example").replace(b"dmarc=pass", b"dmarc=fail")
    arrive(forged.replace(b"Mel Ortega", b"Kit Lowe"))
    review = Review.objects.get()
    desk.ignore(console_office, review.id, "support", actor="Mika")
    return review


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


@pytest.mark.parametrize("words", ["Mel Ortega", "mel@ortega.example", "lavender", "LUM-"])
def test_a_closed_ticket_is_found_and_says_that_it_is_closed_how_and_when(words, answered, person, client_of, clock):
    answer = client_of(person("operator")).post("/queue", {"q": words})
    shown = text_of(answer)
    assert f"Closed {day(clock.now.date())}" in shown
    assert "Access to the data: Fulfilled" in shown
    assert f'href="/ticket/{answered.reference}" data-row' in answer.content.decode()
    assert "Nothing fits" not in shown


def test_a_held_mail_that_was_decided_is_found_with_its_decision(filed, person, client_of):
    answer = client_of(person("operator")).post("/queue", {"q": "Kit Lowe"})
    assert "no request – A support question" in text_of(answer)
    assert f'href="/review/{filed.id}" data-row' in answer.content.decode()


def test_nothing_is_ticked_or_decided_of_what_is_closed(answered, filed, person, client_of):
    page = client_of(person("operator")).post("/queue", {"q": "lavender"}).content.decode()
    assert page.count("data-row") == 2
    assert 'type="checkbox" name="row"' not in page and 'name="do"' not in page and 'data-key="1"' not in page


def test_a_whole_reference_leads_straight_to_its_ticket(answered, person, client_of):
    answer = client_of(person("viewer")).post("/queue?kind=review", {"q": f" {answered.reference.lower()} "})
    assert (answer.status_code, answer.url) == (302, f"/ticket/{answered.reference}")


@pytest.mark.parametrize("words", ["Mel Ortega", "LUM-", "whole reference"])
def test_another_controllers_closed_ticket_is_not_found(words, answered, person, client_of):
    wanted = answered.reference if words == "whole reference" else words
    answer = client_of(person("operator", controllers=["tidal"])).post("/queue", {"q": wanted})
    assert answer.status_code == 200
    assert "Nothing fits" in text_of(answer)


def test_an_erased_ticket_is_not_found_by_its_whole_reference(answered, person, client_of, clock):
    Ticket.objects.update(erased_at=clock.now)
    answer = client_of(person("operator")).post("/queue", {"q": answered.reference})
    assert answer.status_code == 200
    assert "Nothing fits" in text_of(answer)


def test_what_is_closed_is_walked_and_opened_by_keys(answered, filed, person, page, sign_in):
    sign_in(person("operator"))
    page.keyboard.press("/")
    page.keyboard.type("lavender")
    page.keyboard.press("Enter")
    page.locator("tr.closed").first.wait_for()
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.locator("tr.here").get_attribute("id") == f"ticket-{answered.id}"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/ticket/{answered.reference}")
