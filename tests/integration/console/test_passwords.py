"""Passwords: chosen, kept, changed, forgotten."""

from __future__ import annotations

import hashlib
import re
import time
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client, override_settings

from privbot.console.models import User
from privbot.console.settings import settings_for
from tests.at_the_console import PASSWORD
from tests.integration.console.test_signing_in import QUEUE, code, sign_in, with_app

NEW = "seven quiet lanterns by the sea"


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="localhost")


def test_a_password_is_stored_with_argon2(config):
    hashers = settings_for(config)["PASSWORD_HASHERS"]
    assert hashers == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=hashers):
        user = User.objects.create_user("ada@harbour.example", "Ada", PASSWORD)
        assert user.password.startswith("argon2$argon2id$")
        assert user.check_password(PASSWORD) and not user.check_password(PASSWORD + " ")


@pytest.mark.parametrize(
    "guessable",
    [
        "short",  # too short
        "elevenchars",  # one too few
        "1234567890123",  # only digits, and common
        "password1234",  # common
        "Robin.Ames!2026",  # the person's own name
        "harbour-harbour",  # the mail domain
        "LumenMasks2026",  # a controller
        "privbot-privbot-1",  # this program
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused(config, guessable):
    user = User(email="robin.ames@harbour.example", name="Robin Ames")
    with pytest.raises(ValidationError):
        validate_password(guessable, user)


def test_a_breached_password_is_refused_where_there_is_a_list(config, tmp_path: Path):
    file = tmp_path / "breached.txt"
    file.write_text(hashlib.sha1(NEW.encode()).hexdigest().upper() + ":3\n")
    console = config.console.model_copy(update={"breached_passwords": file})
    validators = settings_for(config.model_copy(update={"console": console}))["AUTH_PASSWORD_VALIDATORS"]
    from django.contrib.auth.password_validation import get_password_validators

    with pytest.raises(ValidationError, match="breach"):
        validate_password(NEW, None, get_password_validators(validators))
    validate_password(NEW, None)


@pytest.mark.parametrize(
    "password",
    [
        "twelve chars",  # the shortest
        "すべて日本語で書かれた合言葉です",  # any script
        "only small letters here",  # no rule of composition
        " leading and trailing spaces ",  # kept as they are
        "x9!" + "long " * 40,  # 200 characters
    ],
)
def test_any_characters_and_length_are_taken(person, client_of, client, password):
    user = person("operator")
    fields = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    assert client_of(user).post("/accounts/password/change/", fields).status_code == 302
    assert sign_in(client, user.email, password)["Location"] == "/"
    assert sign_in(Client(SERVER_NAME="localhost"), user.email, password.swapcase() + ".").status_code == 200


def test_a_changed_password_needs_the_old_one(person, client_of, client):
    user = person("operator")
    own = client_of(user)
    refused = own.post("/accounts/password/change/", {"oldpassword": "no", "password1": NEW, "password2": NEW})
    assert refused.status_code == 200
    assert sign_in(client, user.email)["Location"] == "/"


def test_the_field_is_masked_and_open_to_password_managers(client):
    page = client.get("/accounts/login/").content.decode()
    field = re.search(r'<input type="password"[^>]*>', page)[0]
    assert 'autocomplete="current-password"' in field
    assert "onpaste" not in page


# -- forgotten ------------------------------------------------------------------------------------------------------------------


def link_in(sink: Any) -> str:
    deadline = time.monotonic() + 10
    while not sink.received and time.monotonic() < deadline:
        time.sleep(0.02)
    text = sink.received[-1].message.get_content()
    return re.search(r"http://localhost(/accounts/password/reset/key/\S+)", text)[1]


def test_a_forgotten_password_is_reset_by_mail_and_the_second_factor_stays(person, client, sink):
    user = person("operator")
    secret = with_app(user)
    assert client.post("/accounts/password/reset/", {"email": user.email})["Location"] == "/accounts/password/reset/done/"
    form = client.get(link_in(sink))["Location"]
    assert link_in(sink).split("-")[-1] not in form, "the secret leaves the address at once"
    assert client.post(form, {"password1": NEW, "password2": NEW}).status_code == 302
    assert client.get(QUEUE).status_code == 302, "setting a password signs nobody in"
    assert sign_in(client, user.email, NEW)["Location"] == "/accounts/2fa/authenticate/"
    client.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    assert client.get(QUEUE).status_code == 200


def test_a_link_works_once(person, client, sink):
    user = person("operator")
    client.post("/accounts/password/reset/", {"email": user.email})
    link = link_in(sink)
    client.post(client.get(link)["Location"], {"password1": NEW, "password2": NEW})
    page = Client(SERVER_NAME="localhost").get(link).content.decode()
    assert "Ask for a new link" in page


def test_a_link_is_worth_nothing_after_an_hour(person, client, sink):
    user = person("operator")
    client.post("/accounts/password/reset/", {"email": user.email})
    link = link_in(sink)
    with override_settings(PASSWORD_RESET_TIMEOUT=0):
        time.sleep(1.1)
        assert "Ask for a new link" in client.get(link).content.decode()


def test_asking_for_a_link_tells_nothing(person, client, sink):
    user = person("operator")
    known, unknown = (
        client.post("/accounts/password/reset/", {"email": one}, follow=True) for one in (user.email, "nobody@harbour.example")
    )
    shown = [re.sub(r'csrf[^>]*"|X-CSRFToken[^>]*', "", one.content.decode()) for one in (known, unknown)]
    assert shown[0] == shown[1]
    assert [one.redirect_chain for one in (known, unknown)] == [[("/accounts/password/reset/done/", 302)]] * 2
    link_in(sink)
    assert [one.recipients for one in sink.received] == [[user.email]], "a stranger gets no mail from us"


def test_a_dead_mail_server_tells_nothing_and_breaks_nothing(person, client, sink):
    user = person("operator")
    sink.answers[user.email] = "451 later"
    assert client.post("/accounts/password/reset/", {"email": user.email})["Location"] == "/accounts/password/reset/done/"


def test_the_link_bears_our_own_address_whatever_host_was_asked_for(console_office, person, client, sink):
    user = person("operator")
    console = console_office.config.console.model_copy(update={"address": "https://privacy.harbour.example"})
    console_office.config = console_office.config.model_copy(update={"console": console})
    client.post("/accounts/password/reset/", {"email": user.email}, SERVER_NAME="127.0.0.1")
    deadline = time.monotonic() + 10
    while not sink.received and time.monotonic() < deadline:
        time.sleep(0.02)
    assert "https://privacy.harbour.example/accounts/" in sink.received[0].message.get_content()
    assert client.post("/accounts/password/reset/", {"email": user.email}, SERVER_NAME="evil.example").status_code == 400
