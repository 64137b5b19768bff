"""Passkeys, authenticator apps and recovery codes: added, used, lost."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client
from passkey_device import Device

from privbot.records.models import AuditEvent
from tests.integration.console.test_signing_in import QUEUE, code, sign_in, with_app


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="localhost")


def options_in(answer: Any) -> dict[str, Any]:
    """What the page tells the passkey's script."""
    data = re.search(r'<script id="js_data" type="application/json">(.*?)</script>', answer.content.decode())[1]
    told = json.loads(data)
    return dict(told.get("creation_options") or told["request_options"])


def add_passkey(client: Client, device: Device, *, alone: bool = True) -> Any:
    credential = device.create(options_in(client.get("/accounts/2fa/passkeys/add/")))
    fields = {"name": "My laptop", "credential": json.dumps(credential), **({"passwordless": "on"} if alone else {})}
    return client.post("/accounts/2fa/passkeys/add/", fields)


def test_a_passkey_signs_in_alone(person, client, client_of):
    user, device = person("operator"), Device()
    assert add_passkey(client_of(user), device)["Location"] == "/accounts/2fa/recovery/"
    options = client.get("/accounts/2fa/passkeys/login/", HTTP_ACCEPT="application/json").json()["request_options"]
    answer = client.post("/accounts/2fa/passkeys/login/", {"credential": json.dumps(device.get(options))})
    assert answer["Location"] == "/"
    assert client.get(QUEUE).status_code == 200
    assert AuditEvent.objects.get(action="signed in", data__ways=["webauthn"]).subject == f"user:{user.pk}"


def test_a_passkey_is_a_second_factor_after_the_password(person, client, client_of):
    user, device = person("operator"), Device()
    add_passkey(client_of(user), device, alone=False)
    assert sign_in(client, user.email)["Location"] == "/accounts/2fa/authenticate/"
    options = options_in(client.get("/accounts/2fa/authenticate/"))
    client.post("/accounts/2fa/authenticate/", {"credential": json.dumps(device.get(options))})
    assert client.get(QUEUE).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        lambda device: setattr(device, "origin", "https://evil.example"),  # made on a page that only looks like ours
        lambda device: setattr(device, "verifies", False),  # nobody was asked for a PIN or a finger
        lambda device: setattr(device, "key", Device().key),  # another key
        lambda device: setattr(device, "user", b"1"),  # as somebody else
    ],
    ids=["another origin", "not verified", "another key", "another person"],
)
def test_a_passkey_s_wrong_answer_opens_nothing(person, client, client_of, change):
    person("admin")
    user, device = person("operator"), Device()
    add_passkey(client_of(user), device)
    change(device)
    options = client.get("/accounts/2fa/passkeys/login/", HTTP_ACCEPT="application/json").json()["request_options"]
    client.post("/accounts/2fa/passkeys/login/", {"credential": json.dumps(device.get(options))})
    assert client.get(QUEUE).status_code == 302


def test_an_answer_to_an_older_challenge_opens_nothing(person, client, client_of):
    user, device = person("operator"), Device()
    add_passkey(client_of(user), device)
    ask = "/accounts/2fa/passkeys/login/"
    old = device.get(client.get(ask, HTTP_ACCEPT="application/json").json()["request_options"])
    client.get(ask, HTTP_ACCEPT="application/json")
    client.post(ask, {"credential": json.dumps(old)})
    assert client.get(QUEUE).status_code == 302


def test_a_removed_passkey_opens_nothing(person, client, client_of):
    user, device = person("operator"), Device()
    own = client_of(user)
    add_passkey(own, device)
    number = Authenticator.objects.get(user=user, type="webauthn").pk
    assert "My laptop" in own.get(f"/accounts/2fa/passkeys/{number}/remove/").content.decode()
    assert own.post(f"/accounts/2fa/passkeys/{number}/remove/")["Location"] == "/accounts/2fa/passkeys/"
    options = client.get("/accounts/2fa/passkeys/login/", HTTP_ACCEPT="application/json").json()["request_options"]
    client.post("/accounts/2fa/passkeys/login/", {"credential": json.dumps(device.get(options))})
    assert client.get(QUEUE).status_code == 302


def test_nobody_removes_somebody_else_s_passkey(person, client_of):
    user = person("operator")
    add_passkey(client_of(user), Device())
    number = Authenticator.objects.get(user=user, type="webauthn").pk
    assert client_of(person("admin")).post(f"/accounts/2fa/passkeys/{number}/remove/").status_code == 404


def test_a_recovery_code_works_once(person, client):
    user = person("operator")
    with_app(user)
    recovery = RecoveryCodes.activate(user).get_unused_codes()[0]
    sign_in(client, user.email)
    client.post("/accounts/2fa/authenticate/", {"code": recovery})
    assert client.get(QUEUE).status_code == 200
    again = Client(SERVER_NAME="localhost")
    sign_in(again, user.email)
    again.post("/accounts/2fa/authenticate/", {"code": recovery})
    assert again.get(QUEUE).status_code == 302


def test_an_old_code_is_refused(person, client):
    user = person("operator")
    secret = with_app(user)
    sign_in(client, user.email)
    client.post("/accounts/2fa/authenticate/", {"code": code(secret, time.time() - 31)})
    assert client.get(QUEUE).status_code == 302


def test_seeds_are_sealed_in_the_database(person):
    user = person("operator")
    secret = with_app(user)
    codes = RecoveryCodes.activate(user).get_unused_codes()
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert not any(one in kept for one in codes)
    assert len(set(codes)) == 10 and all(len(one.replace(" ", "")) >= 8 for one in codes)


def test_every_change_is_told_by_mail_and_stands_in_the_trail(person, client_of, sink):
    user = person("operator")
    add_passkey(client_of(user), Device())
    deadline = time.monotonic() + 10
    while not sink.received and time.monotonic() < deadline:
        time.sleep(0.02)
    assert sink.received[0].recipients == [user.email]
    assert AuditEvent.objects.filter(action="second factor added", subject=f"user:{user.pk}").count() == 2
