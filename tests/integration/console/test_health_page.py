"""Health in the console: every alarm in words with what to do, for the controllers that somebody may see; and nothing told to a load balancer."""

from __future__ import annotations

import time

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from privbot.console import alarms
from privbot.console.views import health as health_views
from privbot.records import audit, status
from privbot.records.models import AuditEvent, Folder, IncomingMail, Letter, Worker
from privbot.worker.once import poll_once

MAIL = (
    "Return-Path: <mel@ortega.example>\r\nFrom: Mel <mel@ortega.example>\r\nTo: customer-%s@harbour.example\r\nSubject: my data\r\n"
    "Message-ID: <%s@ortega.example>\r\n\r\nI hereby request access to my personal data under Article 15 GDPR.\r\n"
)


@pytest.fixture
def troubled(console_office, imap, clock):
    """Everything that can be wrong at once: one letter dead, one unknown, a mail in quarantine, a server that fails, dates gone by."""
    for to in ("lumen", "tidal"):
        imap.deliver((MAIL % (to, to)).encode())
    poll_once(console_office)
    imap.deliver((MAIL % ("lumen", "broken")).encode())
    console_office.pollers["privacy"].poll()
    IncomingMail.objects.filter(state="kept").update(state="quarantined", tries=3, fault="ValueError at body.py:12")
    Letter.objects.filter(controller="lumen").update(state="dead", fault="letter-refused")
    Letter.objects.filter(controller="tidal").update(state="unknown")
    Folder.objects.update(last_fault="imap-login", on_server=9, in_ledger=3)
    clock.advance(days=60)
    return console_office


@pytest.fixture(autouse=True)
def nothing_told_yet(monkeypatch):
    monkeypatch.setattr(health_views._LastAnswer, "at", float("-inf"))


def test_a_service_without_trouble_says_so(console_office, person, client_of, clock):
    poll_once(console_office)
    Worker.objects.create(name="one", started_at=clock(), seen_at=clock())
    clock.advance(seconds=42)
    audit.verify(actor="privbot", now=clock())
    page = client_of(person("viewer")).get("/health").content.decode()
    assert "No alarm" in page and "42 seconds ago" in page and "Works" in page
    assert "whole when it was walked last" in page and "Reading pipeline in use" in page


def test_every_alarm_is_told_in_words_with_what_to_do(troubled, person, client_of, clock):
    state = status.health(troubled.config, clock())
    told = alarms.alarms(state)
    assert len(told) == len(state.alarms) == 8
    page = client_of(person("viewer")).get("/health").content.decode()
    for one in told:
        assert one.what in page and one.todo
    for words in (
        "refuses account or password",
        "6 mails on the server are not kept",
        "1 mail in quarantine",
        "No worker is running",
    ):
        assert words in page


def test_every_fault_of_a_mailbox_has_words():
    from privbot.errors import FaultOfWorld
    from privbot.intake import imap as module

    codes = {one.code for one in vars(module).values() if isinstance(one, type) and issubclass(one, FaultOfWorld)} - {"world"}
    assert codes == set(alarms.FAULTS)


def test_dead_letters_are_sent_again_or_discarded(troubled, person, client_of, sink):
    client = client_of(person("operator", name="Ada"))
    page = client.get("/health").content.decode()
    assert "The mail server refused it for good" in page and "May or may not have left" in page
    dead, unknown = Letter.objects.order_by("controller")
    assert client.post(f"/health/letter/{dead.id}/send").status_code == 302
    assert client.post(f"/health/letter/{unknown.id}/discard").status_code == 302
    assert set(Letter.objects.values_list("state", flat=True)) == {"queued", "discarded"}
    again = client.post(f"/health/letter/{dead.id}/send")
    assert again.status_code == 409 and "waits for an operator" in again.content.decode()


def test_quarantine_is_shown_downloaded_with_an_entry_and_tried_again(troubled, person, client_of):
    client = client_of(person("operator", name="Ada"))
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session.save()
    kept = IncomingMail.objects.get(state="quarantined")
    assert "ValueError at body.py:12" in client.get("/health").content.decode()
    answer = client.post(f"/health/mail/{kept.id}/raw")
    assert answer.content.endswith(b"Article 15 GDPR.\r\n")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="mail-{kept.id}.eml"'
    assert answer.headers["Content-Type"] == "application/octet-stream" and "sandbox" in answer.headers["Content-Security-Policy"]
    assert AuditEvent.objects.get(action="mail exported").actor == "Ada"
    assert client.post(f"/health/mail/{kept.id}/retry").status_code == 302
    kept.refresh_from_db()
    assert (kept.state, kept.tries) == ("kept", 0)


def test_only_mails_in_quarantine_are_downloaded_here(troubled, person, client_of):
    worked_on = IncomingMail.objects.exclude(state="quarantined").first()
    assert client_of(person("operator")).post(f"/health/mail/{worked_on.id}/raw").status_code == 404
    assert not AuditEvent.objects.filter(action="mail exported").exists()


def test_a_download_wants_a_recent_sign_in(troubled, person, client_of):
    kept = IncomingMail.objects.get(state="quarantined")
    answer = client_of(person("operator"), signed_in_lately=False).post(f"/health/mail/{kept.id}/raw")
    assert answer.status_code == 302 and not AuditEvent.objects.filter(action="mail exported").exists()


def test_a_viewer_sees_and_does_nothing(troubled, person, client_of):
    client = client_of(person("viewer"))
    page = client.get("/health").content.decode()
    assert "Send again" not in page and "Try again" not in page
    letter, mail = Letter.objects.first(), IncomingMail.objects.get(state="quarantined")
    for path in (f"letter/{letter.id}/send", f"letter/{letter.id}/discard", f"mail/{mail.id}/retry", f"mail/{mail.id}/raw"):
        assert client.post(f"/health/{path}").status_code == 403
    assert Letter.objects.filter(state="dead").exists()


def test_who_works_for_one_controller_sees_what_concerns_it(troubled, person, client_of, clock):
    client = client_of(person("operator", controllers=["tidal"]))
    page = client.get("/health").content.decode()
    lumen, tidal = Letter.objects.order_by("controller")
    assert tidal.ticket.reference in page and lumen.ticket.reference not in page
    state = status.health(troubled.config, clock(), only=["tidal"])
    assert (state.letters, state.active_requests, state.overdue) == ({"unknown": 1}, 1, 1)
    # Nobody knows whose the broken mail is: its mailbox gets mail of two controllers.
    assert "ValueError at body.py:12" not in page
    mail = IncomingMail.objects.get(state="quarantined")
    assert client.post(f"/health/mail/{mail.id}/raw").status_code == 404
    assert client.post(f"/health/letter/{lumen.id}/send").status_code == 404


def test_mails_are_counted_only_where_it_is_sure_whose_they_are(troubled, clock):
    for controller, whole in (("lumen", 1), ("", 2)):
        IncomingMail.objects.create(
            mailbox="privacy", sha256=controller, received_at=clock(), kept_at=clock(), size=1, controller=controller,
            key=troubled.seals.new_key(), sealed_raw=b"x",
        )  # fmt: skip
        assert status.health(troubled.config, clock()).backlog == whole
    assert status.health(troubled.config, clock(), only=["lumen"]).backlog == 1
    assert status.health(troubled.config, clock(), only=["tidal"]).backlog == 0


def test_a_paused_mailbox_is_seen_and_no_alarm(troubled, person, client_of):
    mailbox = troubled.config.mailbox[0].model_copy(update={"paused": True})
    troubled.config = troubled.config.model_copy(update={"mailbox": (mailbox,)})
    page = client_of(person("viewer")).get("/health").content.decode()
    assert "Paused" in page and "mail waits on the server" in page and "refuses account" not in page


def test_the_page_asks_the_records_no_more_often_for_more_tickets(troubled, person, client_of):
    client = client_of(person("admin"))

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get("/health")
        return len([one for one in captured if "privbot" in one["sql"] or "records_" in one["sql"]])

    few = queries()
    Letter.objects.filter(controller="tidal").update(state="dead")
    assert queries() == few <= 12


@pytest.mark.parametrize("language", ["en", "de", "ja"])
def test_the_page_opens_in_each_language(language, troubled, person, client_of):
    with translation.override(language):
        assert client_of(person("viewer")).get("/health", headers={"Accept-Language": language}).status_code == 200


def test_a_load_balancer_is_told_one_word(console_office, client_of, clock, monkeypatch):
    answer = client_of().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"alarm")
    poll_once(console_office)
    Worker.objects.create(name="one", started_at=clock(), seen_at=clock())
    assert client_of().get("/healthz").content == b"alarm", "asked again within five seconds"
    monkeypatch.setattr(health_views._LastAnswer, "at", float("-inf"))
    assert (answer := client_of().get("/healthz")).content == b"ok" and answer.status_code == 200

    def gone(*args: object, **more: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(health_views._LastAnswer, "at", float("-inf"))
    monkeypatch.setattr(status, "health", gone)
    answer = client_of().get("/healthz")
    assert (answer.status_code, answer.content) == (503, b"alarm")
