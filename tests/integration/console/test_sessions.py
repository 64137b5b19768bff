"""Sessions: how they are kept, when they end, and what was typed when one was lost."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import signing
from django.test import Client, override_settings

from privbot.config import Secret
from privbot.console import boxes, kept_forms
from privbot.console.kept_forms import KeptForms
from privbot.console.session_limits import AUTOMATIC
from privbot.console.settings import settings_for
from privbot.console.sign_in_events import ACTIVE_AT, SIGNED_IN_AT
from tests.at_the_console import PASSWORD
from tests.integration.console.test_signing_in import QUEUE, sign_in

TYPED = "Dear Mel, we need two more weeks, because your data lie in four systems.\nKind regards"


class AsItIs:
    """For what Django has signed: the bytes within."""

    def loads(self, data: bytes) -> bytes:
        return data


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="localhost")


def put_back(client: Client, **seconds: float) -> None:
    """Let time pass for a session."""
    session = client.session
    for key, ago in seconds.items():
        session[{"used": ACTIVE_AT, "since": SIGNED_IN_AT}[key]] = time.time() - ago
    session.save()


def test_a_session_is_kept_on_the_server_as_sealed_json(person, client):
    from django.conf import settings

    sign_in(client, person("operator").email)
    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"
    client.get("/accounts/2fa/app/add/")
    secret = client.session["mfa.totp.secret"]
    kept = Session.objects.get(session_key=client.cookies["privbot-session"].value)
    sealed = signing.loads(kept.session_data, salt="django.contrib.sessions.SessionStore", serializer=AsItIs)
    assert secret.encode() not in sealed and b"{" not in sealed[:1]
    assert json.loads(boxes.unseal("sessions", sealed))["mfa.totp.secret"] == secret


def test_a_session_that_another_master_key_sealed_is_none(person, client, console_office):
    sign_in(client, person("operator").email)
    assert client.get("/queue").status_code == 200
    another = Secret(value=base64.urlsafe_b64encode(bytes(32)).decode())
    console_office.config = console_office.config.model_copy(update={"master_key": another})
    boxes._box.cache_clear()
    assert client.get("/queue").status_code == 302
    boxes._box.cache_clear()


def test_the_session_key_changes_at_sign_in(person, client):
    user = person("operator")
    session = client.session
    session["before"] = True
    session.save()
    before = session.session_key
    client.cookies["privbot-session"] = before
    sign_in(client, user.email)
    after = client.cookies["privbot-session"].value
    assert after != before and len(after) == 32
    assert not Session.objects.filter(session_key=before).exists()


def test_the_session_key_changes_when_somebody_signs_in_again(person, client):
    user = person("operator")
    sign_in(client, user.email)
    before = client.cookies["privbot-session"].value
    client.post("/accounts/again/", {"password": PASSWORD})
    after = client.cookies["privbot-session"].value
    assert after != before and not Session.objects.filter(session_key=before).exists()
    assert [one.session_key for one in UserSession.objects.filter(user=user)] == [after]
    assert client.get(QUEUE).status_code == 200


def test_a_session_ends_when_it_is_not_used(person, client_of):
    client = client_of(person("operator"))
    put_back(client, used=29 * 60)
    assert client.get(QUEUE).status_code == 200
    put_back(client, used=31 * 60)
    key = client.session.session_key
    assert client.get(QUEUE)["Location"].startswith("/accounts/login/")
    assert not Session.objects.filter(session_key=key).exists()


def test_a_page_that_refreshes_itself_keeps_no_session_alive(person, client_of):
    client = client_of(person("operator"))
    put_back(client, used=20 * 60)
    client.get(QUEUE, headers={AUTOMATIC: "1"})
    put = client.session[ACTIVE_AT]
    assert time.time() - put > 19 * 60
    client.get(QUEUE)
    assert time.time() - client.session[ACTIVE_AT] < 60


def test_a_session_ends_after_its_hours_in_any_case(person, client_of):
    client = client_of(person("operator"))
    put_back(client, since=11.9 * 3600, used=10)
    assert client.get(QUEUE).status_code == 200
    put_back(client, since=12.1 * 3600, used=10)
    assert client.get(QUEUE).status_code == 302


def test_a_session_without_its_times_is_none(person, client_of):
    client = client_of(person("operator"))
    session = client.session
    del session[SIGNED_IN_AT]
    session.save()
    assert client.get(QUEUE).status_code == 302


def test_cookies_are_bound_to_this_host_over_https(config, person, console_office):
    console = config.console.model_copy(update={"address": "https://privacy.harbour.example"})
    made = settings_for(config.model_copy(update={"console": console}))
    wanted = {name: made[name] for name in made if "COOKIE" in name}
    user = person("operator")
    with override_settings(**wanted, ALLOWED_HOSTS=made["ALLOWED_HOSTS"]):
        client = Client(SERVER_NAME="privacy.harbour.example", enforce_csrf_checks=True)
        client.get("/accounts/login/", secure=True)
        token = client.cookies["__Host-privbot-csrf"].value
        client.post(
            "/accounts/login/", {"login": user.email, "password": PASSWORD, "csrfmiddlewaretoken": token}, secure=True,
            HTTP_REFERER="https://privacy.harbour.example/accounts/login/",
        )  # fmt: skip
        client.get(QUEUE, secure=True)
        client.post(
            "/language", {"language": "de", "csrfmiddlewaretoken": client.cookies["__Host-privbot-csrf"].value}, secure=True,
            HTTP_REFERER="https://privacy.harbour.example/me",
        )  # fmt: skip
    assert len(client.cookies) == 4
    for cookie in client.cookies.values():
        assert cookie.key.startswith("__Host-")
        assert cookie["secure"] and cookie["httponly"] and cookie["path"] == "/" and not cookie["domain"]
        assert cookie["samesite"] == ("Strict" if cookie.key.endswith("person") else "Lax")


def test_on_this_machine_cookies_are_closed_to_scripts_too(person, client):
    sign_in(client, person("operator").email)
    client.get(QUEUE)
    assert all(cookie["httponly"] and cookie["samesite"] for cookie in client.cookies.values())


def test_signing_out_ends_the_session_on_the_server(person, client):
    sign_in(client, person("operator").email)
    key = client.cookies["privbot-session"].value
    stolen = Client(SERVER_NAME="localhost")
    stolen.cookies["privbot-session"] = key
    assert stolen.get(QUEUE).status_code == 200
    answer = client.post("/accounts/logout/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert stolen.get(QUEUE).status_code == 302
    assert not Session.objects.filter(session_key=key).exists()


def test_a_changed_password_ends_every_other_session(person, client, client_of):
    user = person("operator")
    elsewhere = client_of(user)
    sign_in(client, user.email)
    new = "seven quiet lanterns by the sea"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert elsewhere.get(QUEUE).status_code == 302


def test_own_sessions_are_listed_and_ended(person, client, client_of):
    user = person("operator")
    sign_in(client, user.email, HTTP_USER_AGENT="Firefox at the office")
    elsewhere = Client(SERVER_NAME="localhost")
    sign_in(elsewhere, user.email, HTTP_USER_AGENT="Phone")
    page = client.get("/me").content.decode()
    assert "Firefox at the office" in page and "Phone" in page
    other = UserSession.objects.get(user_agent="Phone")
    assert client.post(f"/me/sessions/{other.pk}/end").status_code == 302
    assert elsewhere.get(QUEUE).status_code == 302
    assert client.get(QUEUE).status_code == 200


def test_all_other_sessions_are_ended_at_once(person, client):
    user = person("operator")
    sign_in(client, user.email)
    others = [Client(SERVER_NAME="localhost") for _ in range(3)]
    for one in others:
        sign_in(one, user.email)
    client.post("/me/sessions/end")
    assert [one.get(QUEUE).status_code for one in others] == [302] * 3
    assert client.get(QUEUE).status_code == 200


def test_nobody_ends_somebody_else_s_session(person, client, client_of):
    sign_in(client, person("operator").email)
    session = UserSession.objects.get(session_key=client.cookies["privbot-session"].value)
    assert client_of(person("admin")).post(f"/me/sessions/{session.pk}/end").status_code == 404
    assert client.get(QUEUE).status_code == 200


@pytest.mark.parametrize("page", ["/queue", "/me", "/team", "/accounts/2fa/first/"])
def test_every_page_offers_to_sign_out(person, client_of, page):
    assert 'action="/accounts/logout/"' in client_of(person("admin")).get(page).content.decode()


# -- what was typed when the session was lost ---------------------------------------------------------------------------------


@pytest.fixture
def typing(person, client):
    """Somebody who signed in, typed for long, and whose session ended meanwhile; gives the person."""
    user = person("admin")
    sign_in(client, user.email)
    client.get("/me")
    put_back(client, used=31 * 60)
    return user


def send(client: Client, **fields: str) -> Any:
    return client.post("/me", {"language": "de", **fields}, HTTP_REFERER="http://localhost/me")


def test_what_was_typed_is_shown_again_after_signing_in_and_sent_by_the_person(typing, client):
    answer = send(client, shortcuts="on", note=TYPED)
    assert answer["Location"] == "/accounts/login/?next=/accounts/resume/"
    assert "Nothing is lost" in client.get(answer["Location"]).content.decode()
    typing.refresh_from_db()
    assert typing.language == "", "nothing happened yet"
    answer = client.post(
        "/accounts/login/", {"login": typing.email, "password": PASSWORD, "next": "/accounts/resume/"}, follow=True
    )
    page = answer.content.decode()
    assert "Your session had ended" in page and "<dt>Language</dt><dd>Deutsch</dd>" in page
    assert 'action="/me"' in page and TYPED.splitlines()[0] in page and 'name="language" value="de"' in page
    assert send(client)["Location"] == "/me"
    typing.refresh_from_db()
    assert typing.language == "de"


def test_nobody_else_sees_it(typing, person, client):
    send(client, note=TYPED)
    other = person("admin")
    answer = client.post(
        "/accounts/login/", {"login": other.email, "password": PASSWORD, "next": "/accounts/resume/"}, follow=True
    )
    assert "we need two more weeks" not in answer.content.decode()
    assert answer.redirect_chain[-1][0] == "/queue"


def test_it_is_shown_once(typing, client):
    send(client, note=TYPED)
    sign_in(client, typing.email)
    assert "two more weeks" in client.get("/accounts/resume/").content.decode()
    assert client.get("/accounts/resume/")["Location"] == "/queue"


def test_a_form_that_another_site_sends_is_not_kept(typing):
    """The cookie that says who works here is SameSite=Strict: it does not come along."""
    stranger = Client(SERVER_NAME="localhost")
    answer = send(stranger, note="sent by another site")
    assert answer["Location"] == "/accounts/login/?next=/me"
    assert "privbot-kept" not in stranger.cookies


def test_a_forged_name_keeps_nothing(typing, client):
    client.cookies["privbot-person"] = f"{typing.pk}:forged"
    send(client, note=TYPED)
    assert "privbot-kept" not in client.cookies


def test_a_fragment_that_meets_a_lost_session_leads_the_whole_page_to_sign_in(typing, client):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/me"}
    answer = client.post("/me", {"note": TYPED}, headers=headers)
    assert answer["HX-Redirect"].startswith("/accounts/login/?next=/accounts/resume")
    assert client.get(QUEUE, headers=headers)["HX-Redirect"] == "/accounts/login/?next=/me"


@pytest.mark.parametrize(
    "secret", ["password", "oldpassword", "code", "smtp-password", "client_secret", "password:typed", "sign_in:typed"]
)
def test_a_form_with_a_secret_is_never_kept(secret):
    assert KeptForms().keep(1, "/x", "/x", (("name", "a"), (secret, "b"))) is None


@pytest.mark.parametrize("harmless", ["postcode", "decoded", "note", "tokens_left"])
def test_a_form_without_one_is_kept(harmless):
    assert KeptForms().keep(1, "/x", "/x", ((harmless, "a"),))


def test_after_ten_minutes_it_is_gone():
    now = [0.0]
    forms = KeptForms(lambda: now[0])
    number = forms.keep(1, "/x", "/x", (("a", "b"),))
    now[0] = kept_forms.SECONDS - 1
    assert forms.take(number, 2) is None, "another person's try takes nothing away"
    assert forms.take(number, 1).fields == (("a", "b"),)
    number = forms.keep(1, "/x", "/x", (("a", "b"),))
    now[0] += kept_forms.SECONDS + 1
    assert forms.take(number, 1) is None


def test_what_is_kept_has_its_limits():
    forms = KeptForms()
    assert forms.keep(1, "/x", "/x", (("a", "b" * (kept_forms.LARGEST + 1)),)) is None
    first = forms.keep(1, "/x", "/x", (("a", "b"),))
    for _ in range(kept_forms.MOST):
        forms.keep(2, "/x", "/x", (("a", "b"),))
    assert forms.take(first, 1) is None


def test_nobody_is_remembered_for_longer_than_the_browser_is_open(person, client):
    assert "remember" not in client.get("/accounts/login/").content.decode().lower()
    user = person("operator")
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD, "remember": "on"})
    assert client.cookies["privbot-session"]["max-age"] == ""
