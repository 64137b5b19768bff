"""The audit page: what a lead finds, walks and takes out."""

from __future__ import annotations

import json
import re
import shutil
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from report_world import ask

from privbot.records import audit
from privbot.records.audit import Event
from privbot.records.database import writing
from privbot.records.models import AuditEvent
from privbot.worker import chores


@pytest.fixture
def told(console_office):
    """A function that writes events into the trail."""
    shutil.rmtree(console_office.config.data_folder / "chores", ignore_errors=True)

    def tell(
        action: str = "mail exported", subject: str = "mail:1", *, actor: str = "Ines", times: int = 1, **data: object
    ) -> None:
        with writing():
            audit.record([Event(action, subject, data) for _ in range(times)], actor=actor, now=console_office.clock())

    yield tell
    shutil.rmtree(console_office.config.data_folder / "chores", ignore_errors=True)


def shown(client, **asked: str) -> str:
    answer = client.get("/audit", asked)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode().partition('id="events"')[2]


def test_events_are_shown_with_who_what_and_about_what(told, console_office, person, client_of):
    request = ask(console_office)
    told("letter approved", f"ticket:{request.ticket.reference}", letter=7, why=None)
    told("report exported", "report:volume", actor="<b>Mallory</b>")
    page = shown(client_of(person("lead")))
    assert f'<a href="/ticket/{request.ticket.reference}">' in page
    assert "letter: 7" in page and "why: –" in page
    assert "&lt;b&gt;Mallory&lt;/b&gt;" in page
    assert page.index("report:volume") < page.index("letter approved")


def test_what_an_event_tells_is_written_for_people_and_not_as_a_program_would(told, person, client_of):
    told("settings changed", "controller:lumen", keys=["contact", "mode"], ways=[], before=None)
    page = shown(client_of(person("lead")))
    assert "keys: contact, mode" in page and "ways: –" in page and "before: –" in page and "[" not in page.split("</table>")[0]


def test_the_filter_finds_by_person_without_naming_them_in_the_address(told, person, client_of):
    told(subject="mail:1", actor="Ines")
    told(subject="mail:2", actor="Otto")
    client = client_of(person("lead"))
    page = client.get("/audit").content.decode()
    [chosen] = re.findall(r'<option value="([0-9a-f]+)">Otto<', page)
    assert "otto" not in chosen.lower()
    found = shown(client, actor=chosen)
    assert "mail:2" in found and "mail:1" not in found


def test_the_filter_finds_by_action_subject_and_day(told, person, client_of, clock):
    told("mail exported", "mail:1")
    clock.advance(days=2)
    told("quarantine retried", "mail:2")
    client = client_of(person("lead"))
    assert "mail:1" not in shown(client, action="quarantine retried")
    assert "mail:2" not in shown(client, subject="mail:1")
    assert "mail:1" not in shown(client, first="2026-11-21")
    assert "mail:2" not in shown(client, last="2026-11-20")
    assert "No event fits." in shown(client, subject="letter")


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"subject": "mel@ortega.example"}, "Write a kind of thing"),
        ({"first": "2026-11-21", "last": "2026-11-20"}, "the first day comes first"),
        ({"first": "yesterday"}, "Enter a valid date"),
        ({"actor": "Otto"}, "Select a valid choice"),
        ({"before": "last"}, "<h1>"),
    ],
)
def test_a_wrong_filter_says_what_to_change(told, person, client_of, asked, sentence):
    answer = client_of(person("lead")).get("/audit", asked)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()


def test_older_events_are_a_page_further(told, person, client_of):
    told(times=120)
    first = AuditEvent.objects.order_by("id").first()
    AuditEvent.objects.filter(id=first.id).update(subject="mail:first")
    client, address, pages = client_of(person("lead")), "/audit?subject=mail", 0
    while True:
        page = client.get(address).content.decode()
        pages += 1
        if 'rel="next"' not in page:
            break
        assert "mail:first" not in page
        address = page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
        assert "subject=mail" in address
    assert pages == 3 and "mail:first" in page


def test_a_lead_limited_to_a_controller_finds_and_takes_out_only_what_is_its(told, console_office, person, client_of):
    theirs, other = ask(console_office, controller="tidal"), ask(console_office, controller="lumen")
    for request in (theirs, other):
        told(subject=f"ticket:{request.ticket.reference}")
    told(subject="user:9")
    client = client_of(person("lead", controllers=["tidal"]))
    page = shown(client)
    assert theirs.ticket.reference in page and other.ticket.reference not in page and "user:9" not in page
    taken = client.post("/audit/export", {"kind": "json"}).getvalue().decode()
    assert [json.loads(line)["subject"] for line in taken.splitlines()] == [f"ticket:{theirs.ticket.reference}"]


def test_an_export_holds_what_the_filter_finds_and_leaves_an_event(told, person, client_of):
    told("mail exported", "mail:1")
    told("quarantine retried", "mail:2")
    client = client_of(person("lead", name="Ines"))
    answer = client.post("/audit/export", {"kind": "csv", "action": "mail exported"})
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="audit-trail-20261120-1200.csv"')
    head, row = answer.getvalue().decode().strip().splitlines()
    assert head == "event,at,actor,action,subject,data,previous,hash" and "mail:1" in row
    assert AuditEvent.objects.latest("id").action == "audit trail exported"
    assert client.post("/audit/export", {"kind": "exe"}).status_code == 400


def test_an_export_needs_a_recent_sign_in(told, person, client_of):
    answer = client_of(person("lead"), signed_in_lately=False).post("/audit/export", {"kind": "csv"})
    assert answer.status_code == 302 and "/accounts/again/" in answer.headers["Location"]


@pytest.mark.parametrize("path", ["", "/verification", "/verify", "/export"])
def test_an_operator_is_not_let_in(told, person, client_of, path):
    client = client_of(person("operator"))
    assert client.get(f"/audit{path}").status_code == client.post(f"/audit{path}").status_code == 403


def test_the_trail_is_walked_while_nobody_waits(told, console_office, person, client_of):
    told(times=3)
    client = client_of(person("lead", name="Ines"))
    assert "never walked yet" in client.get("/audit").content.decode()
    assert client.post("/audit/verify").status_code == 302
    until = time.monotonic() + 60
    while "being walked" in (part := client.get("/audit/verification").content.decode()):
        assert 'hx-trigger="every 2s"' in part
        assert time.monotonic() < until
        time.sleep(0.1)
    assert "Whole." in part and f"{AuditEvent.objects.count() - 1} events fit the chain" in part and "by Ines" in part
    assert "hx-get" not in part


def test_a_broken_trail_is_said_loudly(told, console_office, person, client_of):
    told(times=3)
    event = AuditEvent.objects.order_by("id")[1]
    AuditEvent.objects.filter(id=event.id).update(actor="nobody")
    audit.verify(actor="privbot", now=console_office.clock())
    page = client_of(person("lead")).get("/audit").content.decode()
    assert "Broken." in page and f"event {event.id} was changed" in page


def test_a_second_walk_at_once_is_refused_with_a_page(told, person, client_of, monkeypatch):
    def busy(*_: object, **__: object) -> None:
        raise chores.Busy

    monkeypatch.setattr(chores, "begin", busy)
    answer = client_of(person("lead")).post("/audit/verify")
    assert answer.status_code == 409 and "under way" in answer.content.decode()


def test_the_page_takes_few_questions_however_long_the_trail(told, person, client_of):
    client = client_of(person("lead", controllers=["lumen"]))
    told(subject="controller:lumen", times=3)
    client.get("/audit")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as questions:
            client.get("/audit")
        counts.append(sum(not one["sql"].startswith(("BEGIN", "COMMIT")) for one in questions))
        told(subject="controller:lumen", times=200)
    assert counts[0] == counts[1] <= 12
