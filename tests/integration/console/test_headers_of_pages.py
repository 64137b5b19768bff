"""The headers of every answer, and what is served at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from privbot.console.settings import settings_for
from tests.integration.console.test_every_url_as_every_role import ALL, addresses, things  # noqa: F401

POLICY = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' data:", "connect-src": "'self'",
    "font-src": "'self'", "form-action": "'self'", "frame-src": "'self'", "frame-ancestors": "'none'", "base-uri": "'none'",
}  # fmt: skip
WANTED = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
FRAMED = {"mail_html"}
"""Pages that the console itself may frame; their own policy is stricter (`test_mail_view`)."""


def answers(client: Client, things: dict[str, Any]) -> Iterator[tuple[str, Any]]:  # noqa: F811
    for address, _ in addresses(things):
        yield address, client.get(address)


def check(address: str, answer: Any) -> None:
    for name, value in WANTED.items():
        given = answer.headers.get(name, "")
        assert value in given, f"{address} says {name}: {given!r}"
    assert answer["Referrer-Policy"] in ("same-origin", "no-referrer"), address
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Server" not in answer.headers
    if answer.content:
        assert "charset" in answer["Content-Type"] or not answer["Content-Type"].startswith("text/"), address


def policy_of(answer: Any) -> dict[str, str]:
    parts = (one.strip().partition(" ") for one in answer["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts if name}


@pytest.mark.parametrize("who", ["nobody", "admin"])
def test_every_page_has_every_header(who, things, person, client_of):  # noqa: F811
    client = client_of(person("admin") if who == "admin" else None)
    for address, answer in answers(client, things):
        check(address, answer)
        assert "unsafe" not in answer["Content-Security-Policy"], address
        if answer.resolver_match and answer.resolver_match.url_name not in FRAMED and "sandbox" not in policy_of(answer):
            assert policy_of(answer) == POLICY, address
    check("/nothing", client.get("/nothing"))


@pytest.mark.parametrize("who", ["nobody", "admin"])
def test_no_page_has_script_or_style_of_its_own(who, things, person, client_of):  # noqa: F811
    client = client_of(person("admin") if who == "admin" else None)
    for address, answer in answers(client, things):
        if not answer.get("Content-Type", "").startswith("text/html"):
            continue
        page = answer.content.decode()
        for script in re.findall(r"<script\b[^>]*>", page):
            assert "src=" in script or 'type="application/json"' in script, (address, script)
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|hx-on", page), address
        for link in re.findall(r'(?:src|href|action)="(https?:|//)', page):
            raise AssertionError(f"{address} refers to {link}")


def test_hsts_is_sent_over_https_only(config, console_office):
    console = config.console.model_copy(update={"address": "https://privacy.harbour.example"})
    made = settings_for(config.model_copy(update={"console": console}))
    wanted = {name: made[name] for name in made if name.startswith("SECURE_")} | {"ALLOWED_HOSTS": made["ALLOWED_HOSTS"]}
    with override_settings(**wanted):
        answer = Client(SERVER_NAME="privacy.harbour.example").get("/accounts/login/", secure=True)
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "Strict-Transport-Security" not in Client(SERVER_NAME="localhost").get("/accounts/login/").headers


def test_trace_is_refused(console_office, client_of):
    for method in ("trace", "options", "put", "delete", "patch"):
        answer = getattr(client_of(), method)("/accounts/login/")
        assert answer.status_code == 405 and answer["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    ("path", "served"),
    [
        ("/static/console.css", True),  # ours
        ("/static/sign-in.js", True),  # ours, too
        ("/static/mfa/js/webauthn.js", True),  # the sign-in library's
        ("/static/", False),  # no listing
        ("/static/../settings.py", False),  # nothing above
        ("/static/%2e%2e/%2e%2e/base.html", False),  # however it is written
        ("/static/base.html", False),  # no template
        ("/.git/config", False),  # no source
        ("/admin/", False),  # no administration of Django's
    ],
)
def test_only_the_console_s_own_files_are_served(console_office, client_of, path, served):
    with closing(client_of().get(path)) as answer:
        assert answer.status_code == (200 if served else 404)
        if served:
            assert answer["X-Content-Type-Options"] == "nosniff" and answer["Content-Security-Policy"]


def test_every_page_has_a_name_and_no_two_share_one():
    names = [pattern.name for _, pattern in ALL]
    assert len(names) == len(set(names))
    assert reverse("queue") == "/queue"
