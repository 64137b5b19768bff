"""Signing in, and every change of how somebody signs in, stands in the audit trail: by code and id, never with an address."""

from __future__ import annotations

import pytest
from django.test import Client

from privbot.records import audit
from privbot.records.models import AuditEvent
from tests.at_the_console import PASSWORD
from tests.integration.console.test_signing_in import code, sign_in, with_app

NEW = "seven quiet lanterns by the sea"


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="localhost")


def told() -> list[tuple[str, str, str]]:
    return list(AuditEvent.objects.order_by("id").values_list("action", "subject", "actor"))


def test_every_event_of_signing_in_stands_in_the_trail_without_an_address(person, client):
    user = person("operator")
    secret = with_app(user)
    sign_in(client, "Nobody@Harbour.example", "wrong")
    sign_in(client, user.email, "wrong")
    sign_in(client, user.email)
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    client.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    client.post("/accounts/again/", {"password": PASSWORD})
    client.post("/accounts/2fa/app/remove/")
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    me = f"user:{user.pk}"
    assert told() == [
        ("sign-in failed", "user:unknown", "console"),
        ("sign-in failed", me, "console"),
        ("second factor failed", me, "console"),
        ("signed in", me, user.name),
        ("signed in again", me, user.name),
        ("second factor removed", me, user.name),
        ("signed out", me, user.name),
        ("password changed", me, user.name),
    ]
    trail = str(list(AuditEvent.objects.values())).lower()
    for secret_of_somebody in (user.email, "nobody@", "harbour.example", PASSWORD, NEW, "127.0.0.1"):
        assert secret_of_somebody not in trail
    assert audit.first_break() is None


def test_a_refused_page_stands_in_the_trail(person, client_of):
    user = person("viewer")
    client_of(user).get("/team")
    event = AuditEvent.objects.get(action="access refused")
    assert (event.subject, event.actor, event.data) == (f"user:{user.pk}", user.name, {"page": "team"})


def test_a_look_at_another_controller_s_things_stands_in_the_trail(person, client_of, console_office, imap):
    from privbot.records.models import Ticket
    from privbot.worker.once import poll_once
    from tests.integration.console.test_every_url_as_every_role import ACCESS

    imap.deliver(ACCESS.replace("\n", "\r\n").encode())
    poll_once(console_office)
    client = client_of(person("lead", controllers=["tidal"]))
    assert client.get(f"/ticket/{Ticket.objects.get().reference}").status_code == 404
    assert AuditEvent.objects.get(action="access refused").data == {"page": "ticket"}
    assert client.get("/ticket/TID-NONE").status_code == 404
    assert AuditEvent.objects.filter(action="access refused").count() == 1, "what does not exist is no attempt"


def test_the_log_of_the_console_names_nobody(person, client, caplog, capsys):
    user = person("operator")
    for _ in range(6):
        sign_in(client, user.email, "wrong")
    client.get(f"/nothing?email={user.email}")
    written = capsys.readouterr()
    assert user.email not in written.out + written.err
