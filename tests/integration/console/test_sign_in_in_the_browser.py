"""Signing in in a real Chromium: with a code, with a passkey, and after a lost session – and every page of it without barriers."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from axe_playwright_python.sync_playwright import Axe

from privbot.console import team
from privbot.console.models import CalendarToken, Role
from privbot.console.sign_in_events import ACTIVE_AT
from privbot.console.team import UNLIMITED, Access, By
from tests.at_the_console import PASSWORD
from tests.integration.console.test_signing_in import code, with_app

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NEW = "seven quiet lanterns by the sea"


def without_barriers(page: Any, what: str) -> None:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    assert found.violations_count == 0, f"{what}: {found.generate_report()}"
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{what} is wider than the window by {wider} px"


def fill_sign_in(page: Any, user: Any, password: str = PASSWORD) -> None:
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.fixture
def device(page: Any) -> Any:
    """A passkey device that always agrees (Chromium's own, over its DevTools)."""
    talk = page.context.new_cdp_session(page)
    talk.send("WebAuthn.enable")
    talk.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    return talk


def test_with_a_password_and_a_code(person, page):
    user = person("operator")
    secret = with_app(user)
    page.goto("/queue")
    fill_sign_in(page, user)
    page.get_by_label("Code").fill(code(secret))
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/queue")


def test_with_a_passkey_alone(person, page, sign_in, device):
    user = person("operator")
    sign_in(user)
    page.goto("/me")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("My laptop")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add it").click()
    page.wait_for_url("**/accounts/2fa/recovery/")
    assert Authenticator.objects.filter(user=user, type="webauthn").count() == 1
    page.get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/queue")
    assert page.get_by_role("link", name=user.name).is_visible()


def test_a_passkey_that_is_cancelled_is_said(person, page, sign_in, device):
    sign_in(person("operator"))
    page.goto("/accounts/2fa/passkeys/add/")
    device.send("WebAuthn.disable")
    page.evaluate("() => { navigator.credentials.create = () => Promise.reject(new DOMException('no', 'NotAllowedError')) }")
    page.get_by_role("button", name="Add it").click()
    page.get_by_text("That did not work, or was cancelled").wait_for()


def test_without_script_password_and_code_are_enough(chromium, served, person):
    user = person("operator")
    secret = with_app(user)
    context = chromium.new_context(base_url=served, java_script_enabled=False)
    page = context.new_page()
    page.goto("/queue")
    assert not page.get_by_role("button", name="Sign in with a passkey").is_visible()
    fill_sign_in(page, user)
    page.get_by_label("Code").fill(code(secret))
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/queue")
    context.close()


def test_what_was_typed_in_a_lost_session_is_sent_again(person, page, sign_in):
    from django.contrib.sessions.backends.db import SessionStore

    user = person("operator")
    sign_in(user)
    page.goto("/me")
    page.get_by_label("Language").select_option("de")
    [key] = [one["value"] for one in page.context.cookies() if one["name"] == "privbot-session"]
    session = SessionStore(key)
    session[ACTIVE_AT] = time.time() - 31 * 60
    session.save()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Nothing is lost").wait_for()
    fill_sign_in(page, user)
    page.get_by_role("heading", name="Go on where you were").wait_for()
    user.refresh_from_db()
    assert user.language == ""
    page.get_by_role("main").get_by_role("button", name="Save").click()
    page.wait_for_url("**/me")
    user.refresh_from_db()
    assert user.language == "de"


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_barriers(person, page, sign_in, console_office, width: int, scheme: str):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    now = console_office.clock()
    by = By("boss", UNLIMITED)
    admin, other = person("admin", name="Ada Quay-Featherstonehaugh"), person("lead", controllers=["tidal"])
    CalendarToken.objects.create(user=admin, name="My phone", token_hash="x", created_at=now)
    _, token = team.invite(
        "a.very.long.address.of.somebody@harbour.example", Access(Role("operator"), ("lumen",)), by=by, now=now
    )
    for path in ("/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/", f"/invitation/{token}"):
        page.goto(path)
        without_barriers(page, path)
    look: Callable[[str], None] = lambda path: (page.goto(path), without_barriers(page, path))  # type: ignore[assignment] # noqa: E731
    sign_in(admin)
    for path in ("/accounts/2fa/first/", "/accounts/2fa/app/add/", "/accounts/2fa/passkeys/add/", "/accounts/password/change/"):
        look(path)
    with_app(admin)
    RecoveryCodes.activate(admin)
    for path in (
        "/me", "/team", f"/team/{other.pk}", "/accounts/2fa/recovery/", "/accounts/2fa/recovery/new/", "/accounts/2fa/app/remove/",
        "/accounts/again/", "/accounts/2fa/again/", "/accounts/logout/", "/nothing", "/team/invite",
    ):  # fmt: skip
        look(path)
    page.goto("/team")
    page.get_by_label("E-mail address").fill("sam@harbour.example")
    page.get_by_role("button", name="Send the invitation").click()
    page.get_by_text("Choose either all controllers").wait_for()
    without_barriers(page, "a form that was wrong")
    assert page.get_by_label("E-mail address").input_value() == "sam@harbour.example"
