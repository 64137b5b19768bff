"""Signing in with a password and a second factor, and everything that must not get in."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse

from privbot.records.models import AuditEvent
from tests.at_the_console import PASSWORD

WRONG = "not the password of anybody"
QUEUE = "/queue"


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="localhost")


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/accounts/login/", {"login": email, "password": password}, **more)


def with_app(user: Any) -> str:
    """An authenticator app for somebody; gives its secret."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    return secret


def code(secret: str, moment: float | None = None) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int((moment or time.time()) // 30)))


def in_the_trail(action: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=action))


def test_a_password_and_a_code_sign_in(person, client):
    user = person("operator")
    secret = with_app(user)
    answer = sign_in(client, user.email)
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert client.get(QUEUE).status_code == 302, "the password alone opens nothing"
    answer = client.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    assert answer["Location"] == "/"
    assert client.get(QUEUE).status_code == 200
    [event] = in_the_trail("signed in")
    assert (event.subject, event.data) == (f"user:{user.pk}", {"ways": ["password", "totp"]})


def test_a_code_works_once(person, client):
    user = person("operator")
    secret = with_app(user)
    sign_in(client, user.email)
    used = code(secret)
    client.post("/accounts/2fa/authenticate/", {"code": used})
    second = Client(SERVER_NAME="localhost")
    sign_in(second, user.email)
    assert second.post("/accounts/2fa/authenticate/", {"code": used}).status_code == 200
    assert second.get(QUEUE).status_code == 302


@pytest.mark.parametrize(
    "given",
    [
        "000000",  # guessed
        "",  # nothing
        "١٢٣٤٥٦",  # digits of another script
    ],
)
def test_a_wrong_code_opens_nothing(person, client, given):
    user = person("operator")
    with_app(user)
    sign_in(client, user.email)
    assert client.post("/accounts/2fa/authenticate/", {"code": given}).status_code == 200
    assert client.get(QUEUE).status_code == 302


def test_guessing_codes_ends_after_five(person, client):
    user = person("operator")
    secret = with_app(user)
    sign_in(client, user.email)
    for _ in range(5):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    answer = client.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    assert "Too many" in answer.content.decode()
    assert client.get(QUEUE).status_code == 302
    assert len(in_the_trail("second factor failed")) == 5


def test_after_signing_in_one_is_where_one_wanted_to_be(person, client):
    user = person("admin")
    assert client.get("/team")["Location"] == "/accounts/login/?next=/team"
    answer = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD, "next": "/team"})
    assert answer["Location"] == "/team"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",  # another site
        "//evil.example/",  # without a scheme
        "javascript:alert(1)",  # no site at all
        "\\\\evil.example",  # what some browsers take for slashes
    ],
)
def test_after_signing_in_nobody_is_sent_elsewhere(person, client, elsewhere):
    user = person("operator")
    answer = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD, "next": elsewhere})
    assert answer["Location"] == "/"


# -- guessing -----------------------------------------------------------------------------------------------------------------


def test_an_unknown_address_and_a_wrong_password_are_answered_alike(person, client):
    user = person("operator")
    answers = [sign_in(client, email, WRONG) for email in (user.email, "nobody@harbour.example")]
    pages = [one.content.decode().replace(user.email, "X").replace("nobody@harbour.example", "X") for one in answers]
    tokens = [page.split('name="csrfmiddlewaretoken" value="')[1][:64] for page in pages]
    pages = [page.replace(page.split("X-CSRFToken")[1][:80], "") for page in pages]
    cleaned = ["".join(line for line in page.splitlines(True) if "csrf" not in line) for page in pages]
    assert all(tokens)
    assert {one.status_code for one in answers} == {200}
    assert cleaned[0] == cleaned[1]


def test_an_unknown_address_takes_as_much_work_as_a_wrong_password(person, client, monkeypatch):
    """Time is what the slow hash takes; it is computed once in both cases."""
    from django.contrib.auth import hashers

    user = person("operator")
    counted: list[str] = []
    encode = hashers.MD5PasswordHasher.encode

    def counting(self: Any, password: str, salt: str) -> str:
        counted.append(password)
        return str(encode(self, password, salt))

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", counting)
    work = []
    for email in (user.email, "nobody@harbour.example"):
        counted.clear()
        sign_in(client, email, WRONG)
        work.append(counted.count(WRONG))
    assert work == [1, 1]


def test_after_too_many_failures_the_address_waits_and_the_page_says_so(person, client):
    user = person("operator")
    answers = [sign_in(client, user.email, WRONG) for _ in range(5)]
    assert answers[-1].status_code == 429
    page = answers[-1].content.decode()
    assert "15 minutes" in page and "administrator" in page
    assert sign_in(client, user.email).status_code == 429, "also with the right password"
    assert in_the_trail("locked out")[0].subject == f"user:{user.pk}"


def test_another_network_address_is_not_locked_out(person, client):
    user = person("operator")
    for _ in range(12):
        sign_in(client, user.email, WRONG, REMOTE_ADDR="203.0.113.9")
    assert sign_in(client, user.email, REMOTE_ADDR="198.51.100.7")["Location"] == "/"


def test_another_account_is_not_locked_out(person, client):
    victim, other = person("operator"), person("operator")
    for _ in range(6):
        sign_in(client, victim.email, WRONG)
    assert sign_in(client, other.email)["Location"] == "/"


def test_an_administrator_unlocks(person, client, client_of):
    user = person("operator")
    for _ in range(6):
        sign_in(client, user.email, WRONG)
    client_of(person("admin")).post(f"/team/{user.pk}/unlock")
    assert sign_in(client, user.email)["Location"] == "/"


def test_the_tables_of_failures_hold_no_address(person, client):
    from axes.models import AccessAttempt

    user = person("operator")
    sign_in(client, user.email, WRONG)
    [row] = AccessAttempt.objects.values()
    assert user.email not in str(row) and WRONG not in str(row)


@pytest.mark.parametrize(
    ("proxy", "believed"),
    [
        (None, False),  # no proxy is configured
        ("192.0.2.1", False),  # another one is
        ("127.0.0.1", True),  # the one that asks
    ],
)
def test_only_a_configured_proxy_is_believed(console_office, proxy, believed):
    import http.client

    from django.core.signals import request_started

    from privbot.console.serve import serving

    console = console_office.config.console.model_copy(update={"proxy": proxy})
    console_office.config = console_office.config.model_copy(update={"console": console})
    seen: list[str] = []

    def look(environ: dict[str, Any], **_: Any) -> None:
        seen.append(environ["REMOTE_ADDR"])
        seen.append(environ.get("HTTP_X_FORWARDED_FOR", ""))

    request_started.connect(look)
    try:
        with serving(console_office) as address:
            connection = http.client.HTTPConnection("127.0.0.1", int(address.rpartition(":")[2]))
            connection.request("GET", "/accounts/login/", headers={"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http"})
            connection.getresponse().read()
            connection.close()
    finally:
        request_started.disconnect(look)
    assert (seen[0] == "203.0.113.9") == believed
    assert believed or seen[1] == ""


# -- who has no account -------------------------------------------------------------------------------------------------------


def test_nobody_signs_up(client, console_office):
    from django.urls import NoReverseMatch

    for name in ("account_signup", "socialaccount_signup", "account_request_login_code", "account_email"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    page = client.get("/accounts/login/").content.decode().lower()
    assert "sign up" not in page and "question" not in page
    assert client.get("/accounts/signup/").status_code == 404


def test_whose_access_has_ended_cannot_sign_in(person, client):
    user = person("operator")
    user.is_active = False
    user.save()
    sign_in(client, user.email)
    assert client.get(QUEUE).status_code == 302


# -- a second factor is a must --------------------------------------------------------------------------------------------------


@pytest.fixture
def strict(console_office):
    console = console_office.config.console.model_copy(update={"require_mfa": True})
    console_office.config = console_office.config.model_copy(update={"console": console})


def test_without_a_second_factor_nothing_else_opens(strict, person, client):
    from tests.integration.console.test_every_url_as_every_role import ALL

    user = person("admin")
    sign_in(client, user.email)
    open_already = {"account_login"}
    for _, pattern in ALL:
        if pattern.callback.needs_role is None or pattern.pattern.converters:
            continue
        answer = client.get(reverse(pattern.name))
        leads_on = answer.status_code == 302 and answer["Location"] in ("/accounts/2fa/first/", "/me")
        helps = pattern.name.startswith(("mfa_", "second_factor", "account_reauthenticate", "again_elsewhere"))
        assert leads_on or helps or pattern.name in open_already, pattern.name


def test_setting_up_an_app_opens_everything_and_gives_recovery_codes(strict, person, client):
    user = person("operator")
    sign_in(client, user.email)
    assert client.get(QUEUE)["Location"] == "/accounts/2fa/first/"
    client.get("/accounts/2fa/app/add/")
    secret = client.session["mfa.totp.secret"]
    answer = client.post("/accounts/2fa/app/add/", {"code": code(secret)})
    assert answer["Location"] == "/accounts/2fa/recovery/"
    assert len(Authenticator.objects.filter(user=user)) == 2
    assert client.get("/accounts/2fa/recovery/").status_code == 200
    assert client.get(QUEUE).status_code == 200


def test_recovery_codes_alone_are_no_second_factor(strict, person, client):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    user = person("operator")
    RecoveryCodes.activate(user)
    sign_in(client, user.email)
    assert client.get(QUEUE)["Location"] == "/accounts/2fa/first/"
