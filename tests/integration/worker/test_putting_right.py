"""Putting right what was misread, who asks and what for: nothing leaves for the wrong person, no proof comes along, no date is lost."""

from __future__ import annotations

import pytest
from desk_world import ACCESS, ADA, BOTH, DATA, ERASURE, GRACE, INFORMATION
from sweep_world import with_controller

from privbot.letters import outbox
from privbot.records.models import AuditEvent, Letter
from privbot.worker import steps
from privbot.worker.requester import LetterWaits, correct_requester

ELSEWHERE = {"address": "right@person.example"}


@pytest.fixture
def office(desk_office):
    return desk_office


@pytest.fixture
def arrive(desk_mail):
    return desk_mail


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
