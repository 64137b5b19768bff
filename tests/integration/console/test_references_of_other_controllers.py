"""What belongs to a controller that somebody may not see is as if it did not exist – also where they type its reference."""

from __future__ import annotations

import html

import pytest
from conversations import ACCESS, HELD, mail

from privbot.records.models import AuditEvent, Request, Review, Ticket
from privbot.records.versions import version_of
from privbot.worker.once import poll_once

UNKNOWN = "There is no ticket with that reference"
ANOTHER = "That ticket is another controller's"
ERASED = "That ticket is erased already"
NOBODYS = "LUM-2222-2222"


@pytest.fixture
def arrive(imap, console_office):
    def work(text: str, number: int, controller: str = "lumen") -> None:
        imap.deliver(mail(text, number=number).replace(b"customer-lumen@", f"customer-{controller}@".encode()))
        poll_once(console_office)

    return work


@pytest.fixture
def ways(arrive):
    """Every way to type another ticket's reference at something of tidal's, and a ticket of lumen's."""
    arrive(ACCESS, 1, "tidal")
    arrive(HELD, 2, "tidal")
    arrive(ACCESS, 3)
    own, review = Ticket.objects.get(controller="tidal"), Review.objects.get(controller="tidal")

    def ask(client, reference: str) -> list[str]:
        told = {"other": reference, "seen": version_of(own)}
        merged = client.post(f"/ticket/{own.reference}/do/merge", told)
        attached = client.post(f"/review/{review.id}/attach", {"other": reference})
        many = {"do": "attach", "reference": reference, "row": f"review.{review.id}"}
        answers = (merged, attached, client.post("/queue/many", many, follow=True))
        assert [one.status_code for one in answers] == [422, 422, 200]
        return [html.unescape(one.content.decode()) for one in answers]

    return ask


@pytest.mark.parametrize("erased", [False, True])
def test_whoever_does_not_see_its_controller_cannot_tell_a_reference_from_a_made_up_one(ways, erased, person, client_of, clock):
    foreign = Ticket.objects.get(controller="lumen")
    if erased:
        Ticket.objects.filter(id=foreign.id).update(erased_at=clock.now)
    client = client_of(person("operator", controllers=["tidal"]))
    for there, not_there in zip(ways(client, foreign.reference), ways(client, NOBODYS), strict=True):
        assert UNKNOWN in there and UNKNOWN in not_there
        assert ANOTHER not in there and ERASED not in there
    assert not AuditEvent.objects.filter(action="step refused", data__why="another-controller").exists()


def test_whoever_sees_both_controllers_is_told_that_it_is_the_others(ways, person, client_of):
    foreign = Ticket.objects.get(controller="lumen")
    for client in (client_of(person("operator")), client_of(person("operator", controllers=["lumen", "tidal"]))):
        assert all(ANOTHER in one for one in ways(client, foreign.reference))
    assert Request.objects.filter(state="open").count() == 2
