"""What no form and no link of ours sends: it is answered like anything else that does not exist, never with a fault of ours."""

from __future__ import annotations

import html

import pytest
from conversations import ACCESS, HELD, mail

from privbot.records.models import Review, Ticket
from privbot.worker.once import poll_once

UNKNOWN = "There is no ticket with that reference"
HUGE = "9" * 20
ENDLESS = "9" * 5000


@pytest.fixture
def operator(imap, console_office, person, client_of):
    for number, text in enumerate((ACCESS, HELD)):
        imap.deliver(mail(text, number=number))
    poll_once(console_office)
    return client_of(person("operator"))


def text_of(answer) -> str:
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize("reference", ["%00", "LUM-%00", "LUM-2222-2222%F0%9F%8D%8B", "L" * 200])
def test_an_address_with_what_no_reference_can_hold_is_not_there(reference, operator):
    assert operator.get(f"/ticket/{reference}").status_code == 404


@pytest.mark.parametrize("reference", ["\0", "LUM-\0", "LUM-2222-2222\N{LEMON}"])
def test_a_typed_reference_with_what_none_can_hold_is_unknown(reference, operator):
    number = Review.objects.get().id
    answer = operator.post(f"/review/{number}/attach", {"other": reference})
    assert (answer.status_code, UNKNOWN in text_of(answer)) == (422, True)
    told = {"do": "attach", "reference": reference, "row": f"review.{number}"}
    assert UNKNOWN in text_of(operator.post("/queue/many", told, follow=True))
    assert operator.post("/queue", {"q": reference}).status_code == 200


@pytest.mark.parametrize("number", [HUGE, ENDLESS])
def test_numbers_beyond_all_of_ours_name_nothing(number, operator):
    told = {"do": "ignore", "reason": "spam", "row": [f"review.{number}", f"request.{number}"]}
    assert "Tick the rows first" in text_of(operator.post("/queue/many", told, follow=True))
    given = {"do": "assign", "owner": number, "row": f"review.{Review.objects.get().id}"}
    assert operator.post("/queue/many", given).status_code == 302
    assert operator.get(f"/queue?after=1.2026-11-20.review.{number}").status_code == 200
    assert operator.post("/deadlines/unsubscribe", {"token": number}).status_code == 404
    assert operator.get(f"/deadlines?after=2026-11-20~{number}~{number}").status_code == 200


def test_a_mail_with_a_number_beyond_all_of_ours_is_not_on_the_ticket(operator):
    assert operator.get(f"/ticket/{Ticket.objects.get().reference}/mail/{HUGE}").status_code == 404
