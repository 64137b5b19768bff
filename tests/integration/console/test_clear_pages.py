"""Whatever cannot be done has a page of its own, which says the way out and nothing else."""

from __future__ import annotations

import io
import logging
from contextlib import redirect_stderr
from typing import Any

import pytest
from django.test import Client, override_settings

from privbot import logs
from tests.at_the_console import PASSWORD
from tests.integration.console.test_signing_in import sign_in


def heading(answer: Any) -> str:
    return str(answer.content.decode().split("<h1>")[1].split("</h1>")[0])


def test_a_missing_permission_says_whom_to_ask(person, client_of):
    answer = client_of(person("viewer")).get("/team")
    assert (answer.status_code, heading(answer)) == (403, "Your role does not allow that")
    assert "Ask a lead or an administrator" in answer.content.decode()


def test_what_is_not_there_says_why_that_may_be(person, client_of):
    for path in ("/nothing", "/ticket/LUM-0000-0000"):
        answer = client_of(person("viewer", name=f"V {len(path)}")).get(path)
        assert (answer.status_code, heading(answer)) == (404, "There is nothing here")


def test_an_address_that_takes_forms_only_says_so(person, client_of):
    answer = client_of(person("admin")).get("/team/invite")
    assert (answer.status_code, heading(answer)) == (405, "There is no page at this address")
    assert answer["Allow"] == "POST"


def test_a_form_without_its_token_is_refused_with_a_page_of_its_own(person):
    user = person("operator")
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    client.get("/accounts/login/")
    answer = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert (answer.status_code, heading(answer)) == (403, "This form is too old")
    assert "reload the page" in answer.content.decode()


def test_a_form_with_an_old_token_is_kept_for_the_one_who_typed_it(person):
    user = person("operator")
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)

    def token() -> str:
        client.get("/accounts/login/")
        return client.cookies["privbot-csrf"].value

    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD, "csrfmiddlewaretoken": token()})
    client.get("/me")
    old = {"language": "ja", "note": "two more weeks", "csrfmiddlewaretoken": "a" * 64}
    answer = client.post("/me", old, HTTP_REFERER="http://localhost/me")
    assert answer.status_code == 403 and "Show it again" in answer.content.decode()
    page = client.get("/accounts/resume/").content.decode()
    assert "signed in again since you opened" in page and "two more weeks" in page and 'action="/me"' in page
    user.refresh_from_db()
    assert user.language == ""


def test_too_large_a_form_says_so(person, client_of):
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000):
        answer = client_of(person("admin")).post("/team/invite", {"email": "x" * 2000})
    assert (answer.status_code, heading(answer)) == (413, "That is too large")


def test_asking_too_often_says_to_wait(person, client_of):
    client = client_of()
    answers = [client.post("/accounts/password/reset/", {"email": "nobody@harbour.example"}) for _ in range(7)]
    assert (answers[-1].status_code, heading(answers[-1])) == (429, "That was too often")


def test_a_fault_of_the_server_tells_nothing_and_is_logged(person, client_of, monkeypatch):
    from privbot.console.views import me

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("robin@harbour.example has the password hunter2")

    monkeypatch.setattr(me.calendar_tokens, "tokens_of", broken)
    client = client_of(person("operator"))
    client.raise_request_exception = False
    written = io.StringIO()
    with redirect_stderr(written):
        logs.to_standard_error(least=logging.WARNING)
        answer = client.get("/me?note=hunter2")
    page, log = answer.content.decode(), written.getvalue()
    assert (answer.status_code, heading(answer)) == (500, "Something went wrong inside privbot")
    number = page.split("this number: ")[1].split(".")[0]
    assert number in log and "RuntimeError" in log
    for secret in ("hunter2", "robin@", "Traceback"):
        assert secret not in page and secret not in log


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "There is nothing here"),  # the source
        ("xx", "There is nothing here"),  # a language the console does not speak
    ],
)
def test_pages_speak_the_person_s_language(person, client_of, language, says):
    user = person("viewer")
    user.language = language if language != "xx" else ""
    user.save()
    answer = client_of(user).get("/nothing", headers={"Accept-Language": language})
    assert heading(answer) == says
    assert f'<html lang="{answer["Content-Language"]}"' in answer.content.decode()


def test_who_has_no_access_any_more_gets_a_page_that_says_so(person):
    user = person("operator")
    user.is_active = False
    user.save()
    client = Client(SERVER_NAME="localhost")
    answer = sign_in(client, user.email)
    assert heading(client.get(answer["Location"])) == "Your access has ended"
