"""What is dangerous asks for a recent sign-in: erasing, the team, second factors."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client
from passkey_device import Device

from privbot.records import audit
from privbot.records.models import AuditEvent, Request, Review, Ticket
from privbot.worker.once import poll_once
from tests.at_the_console import PASSWORD
from tests.integration.console.test_every_url_as_every_role import ACCESS
from tests.integration.console.test_second_factors import add_passkey, options_in
from tests.integration.console.test_signing_in import code, sign_in, with_app

DANGEROUS = [
    ("get", "/ticket/{reference}/erase"),
    ("post", "/ticket/{reference}/erase"),
    ("post", "/ticket/{reference}/hold"),
    ("post", "/team/invite"),
    ("post", "/team/{user}/access"),
    ("post", "/team/{user}/disable"),
    ("post", "/me/sessions/end"),
    ("get", "/accounts/2fa/app/add/"),
    ("get", "/accounts/2fa/passkeys/add/"),
    ("get", "/accounts/2fa/recovery/"),
]


@pytest.fixture
def ticket(console_office: Any, imap: Any) -> Ticket:
    imap.deliver(ACCESS.replace("\n", "\r\n").encode())
    poll_once(console_office)
    return Ticket.objects.get()


def grow_old(client: Client, seconds: float = 601) -> None:
    """The sign-in of this session was so long ago."""
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - seconds
    session.save()


@pytest.mark.parametrize(("method", "path"), DANGEROUS)
def test_it_asks_again_after_ten_minutes(method, path, ticket, person, client_of):
    user = person("admin")
    path = path.format(reference=ticket.reference, user=user.pk)
    client = client_of(user)
    with_app(user)
    RecoveryCodes.activate(user)
    assert "/again/" not in getattr(client, method)(path).headers.get("Location", "")
    grow_old(client, 590)
    assert "/again/" not in getattr(client, method)(path).headers.get("Location", "")
    grow_old(client)
    assert getattr(client, method)(path)["Location"].startswith("/accounts/again/?next=")


def test_second_factors_are_changed_only_after_a_recent_sign_in(person, client_of):
    user = person("operator")
    client = client_of(user)
    with_app(user)
    grow_old(client)
    assert client.post("/accounts/2fa/app/remove/")["Location"].startswith("/accounts/again/")
    assert user.authenticator_set.count() == 1


def test_a_session_that_never_proved_anything_is_asked(person, client_of):
    client = client_of(person("admin"), signed_in_lately=False)
    assert client.post("/me/sessions/end")["Location"].startswith("/accounts/again/")


def test_proofs_of_somebody_else_do_not_count(person, client_of):
    user = person("admin")
    client = client_of(user)
    session = client.session
    session["account_authentication_methods_user"] = str(user.pk + 1)
    session.save()
    assert client.post("/me/sessions/end")["Location"].startswith("/accounts/again/")


# -- each way of proving it -------------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(person, client_of, ticket):
    """Somebody who is asked again before erasing a ticket."""
    user = person("lead")
    client = client_of(user)
    grow_old(client)
    return user, client, f"/ticket/{ticket.reference}/erase"


def test_by_password(asked):
    _, client, path = asked
    answer = client.post("/accounts/again/", {"password": PASSWORD, "next": path})
    assert answer["Location"] == path
    assert client.get(path).status_code == 200
    assert AuditEvent.objects.filter(action="signed in again", data={"way": "password"}).exists()


def test_by_the_code_of_an_app(asked):
    user, client, path = asked
    secret = with_app(user)
    assert client.post("/accounts/2fa/again/", {"code": "000000", "next": path}).status_code == 200
    assert client.get(path).status_code == 302
    assert client.post("/accounts/2fa/again/", {"code": code(secret), "next": path})["Location"] == path
    assert client.get(path).status_code == 200


def test_by_a_passkey(person, client_of, ticket):
    user, device = person("lead"), Device()
    client = client_of(user)
    add_passkey(client, device)
    grow_old(client)
    path = f"/ticket/{ticket.reference}/erase"
    options = options_in(client.get("/accounts/2fa/passkeys/again/"))
    credential = json.dumps(device.get(options))
    assert client.post("/accounts/2fa/passkeys/again/", {"credential": credential, "next": path})["Location"] == path
    assert client.get(path).status_code == 200


def test_a_wrong_password_proves_nothing_and_guessing_it_ends(asked):
    _, client, path = asked
    answers = [client.post("/accounts/again/", {"password": "not it", "next": path}) for _ in range(6)]
    assert answers[0].status_code == 200 and answers[-1].status_code == 429
    assert client.get(path).status_code == 302


def test_what_was_typed_is_shown_again_after_proving_it(person, ticket):
    user = person("lead")
    client = Client(SERVER_NAME="localhost")
    sign_in(client, user.email)
    path = f"/ticket/{ticket.reference}/hold"
    client.get("/me")
    grow_old(client)
    answer = client.post(path, {"reason": "litigation"}, HTTP_REFERER=f"http://localhost/ticket/{ticket.reference}/erase")
    assert answer["Location"] == "/accounts/again/?next=/accounts/resume/"
    answer = client.post("/accounts/again/", {"password": PASSWORD, "next": "/accounts/resume/"}, follow=True)
    page = answer.content.decode()
    assert f'action="{path}"' in page and 'value="litigation"' in page
    assert "asked whether it is you" in page and "session" not in page.split("<main")[1]
    ticket.refresh_from_db()
    assert ticket.hold == ""
    client.post(path, {"reason": "litigation"})
    ticket.refresh_from_db()
    assert ticket.hold == "litigation"


def kept(client: Client, path: str, told: dict[str, Any]) -> tuple[str, str]:
    """Send a form when the sign-in is too old, and prove who one is: gives the page that asks, and the one with what was typed."""
    client.get("/me")
    grow_old(client)
    asked = client.get(client.post(path, told, HTTP_REFERER="http://localhost/team")["Location"])
    resumed = client.post("/accounts/again/", {"password": PASSWORD, "next": "/accounts/resume/"}, follow=True)
    return asked.content.decode(), resumed.content.decode()


def test_whoever_is_asked_again_is_told_that_what_they_typed_is_kept(person):
    client = Client(SERVER_NAME="localhost")
    sign_in(client, person("admin").email)
    asked, _ = kept(client, "/team/invite", {"email": "kim@harbour.example", "role": "lead", "all_controllers": "on"})
    assert "What you typed is kept" in asked
    assert "What you typed is kept" not in client.get("/accounts/again/?next=/me").content.decode(), "nothing was typed there"


def test_a_kept_form_is_shown_in_human_words_and_sent_by_one_button(person):
    client = Client(SERVER_NAME="localhost")
    sign_in(client, person("admin").email)
    told = {"email": "kim@harbour.example", "role": "lead", "all_controllers": "on", "older_choice": "x7"}
    _, page = kept(client, "/team/invite", told)
    shown = page.split("<main")[1]
    for label, text in [
        ("E-mail address", "kim@harbour.example"),
        ("Role", "Lead"),
        ("All controllers, also those that come later", "yes"),
    ]:
        assert f"<dt>{label}</dt><dd>{text}</dd>" in shown
    assert "<button>Send the invitation</button>" in shown
    inputs = re.findall(r"<(?:input|textarea)[^>]*>", shown)
    assert all('type="hidden"' in one for one in inputs) and len(inputs) == len(told) + 1, (
        "nothing is to be typed, and nothing is lost"
    )
    assert not re.findall(r">[^<]*(?:all_controllers|older_choice|x7)[^<]*<", shown)


@pytest.mark.parametrize(
    ("path", "told", "words"),
    [
        (
            "/reports/export",
            {"first": "2026-11-01", "controller": "lumen", "by": "week", "export": "volume.csv"},
            ["Nov. 1, 2026", "Week", "Take out"],
        ),
        ("/audit/export", {"first": "", "actor": "9f3c", "subject": "mail:17", "kind": "csv"}, ["mail:17", "Take out"]),
        ("/deadlines/subscribe", {"name": "phone"}, ["phone", "Make a calendar address"]),
    ],
)
def test_every_form_that_asks_again_says_what_it_is_about(path, told, words, person):
    client = Client(SERVER_NAME="localhost")
    sign_in(client, person("admin").email)
    _, page = kept(client, path, told)
    shown = page.split("<main")[1]
    assert all(word in shown for word in words)
    assert not re.findall(r">[^<]*(?:9f3c|volume\.csv|lumen<)[^<]*<", shown)


# -- erasing ----------------------------------------------------------------------------------------------------------------------


def close(ticket: Ticket, now: datetime) -> None:
    Request.objects.update(state="fulfilled", closed_at=now)
    Review.objects.update(decided_at=now)


def test_a_lead_erases_a_ticket_and_the_trail_keeps_the_proof(ticket, person, client_of, clock):
    close(ticket, clock())
    user = person("lead")
    client = client_of(user)
    path = f"/ticket/{ticket.reference}/erase"
    assert "Nobody can read them again" in client.get(path).content.decode()
    assert client.post(path, {"reason": "mistake"})["Location"] == "/queue"
    ticket.refresh_from_db()
    assert ticket.erased_at == clock()
    event = AuditEvent.objects.get(action="ticket erased")
    assert (event.actor, event.data["reason"]) == (user.name, "mistake")
    assert "was erased" in client.get(path).content.decode()
    assert audit.first_break() is None


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("mel@ortega.example asked", "one word"),  # it could name somebody
        ("", "required"),  # none
    ],
)
def test_a_reason_that_names_somebody_is_refused_and_stays_in_the_form(ticket, person, client_of, clock, reason, says):
    close(ticket, clock())
    answer = client_of(person("lead")).post(f"/ticket/{ticket.reference}/erase", {"reason": reason})
    assert answer.status_code == 400 and says in answer.content.decode()
    assert reason in answer.content.decode()
    ticket.refresh_from_db()
    assert ticket.erased_at is None


def test_what_is_open_is_not_erased(ticket, person, client_of):
    answer = client_of(person("lead")).post(f"/ticket/{ticket.reference}/erase", {"reason": "mistake"})
    assert answer.status_code == 400
    ticket.refresh_from_db()
    assert ticket.erased_at is None


def test_a_hold_is_set_and_released(ticket, person, client_of, clock):
    close(ticket, clock() - timedelta(days=1))
    client, path = client_of(person("lead")), f"/ticket/{ticket.reference}"
    assert client.post(f"{path}/hold", {"reason": "litigation"})["Location"] == f"{path}/erase"
    page = client.get(f"{path}/erase").content.decode()
    assert "legal hold (litigation)" in page and "Erase it for good" not in page
    assert client.post(f"{path}/erase", {"reason": "mistake"}).status_code == 400
    client.post(f"{path}/release")
    assert client.post(f"{path}/erase", {"reason": "mistake"})["Location"] == "/queue"


def test_an_operator_erases_nothing(ticket, person, client_of):
    client = client_of(person("operator"))
    for step in ("erase", "hold", "release"):
        assert client.post(f"/ticket/{ticket.reference}/{step}", {"reason": "mistake"}).status_code == 403
