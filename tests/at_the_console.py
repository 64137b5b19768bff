"""Fixtures for the console: an office to sit in, people of each role, Django's test client, and a real Chromium."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

PASSWORD = "correct horse battery staple"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip


@pytest.fixture
def console_office(config: Any, clock: Any) -> Any:
    """An office on empty databases with the frozen clock, in which the console sits, and where nobody has tried anything yet."""
    from django.core.cache import cache

    from privbot.console import desk, mail
    from privbot.worker.office import Office

    cache.clear()
    office = Office(config, clock)
    desk.sit_down(office)
    yield office
    for thread in threading.enumerate():
        if thread.name == mail.THREAD:
            # Before the mail server goes.
            thread.join(timeout=10)
    office.close()


@pytest.fixture
def person(console_office: Any) -> Callable[..., Any]:
    """Makes somebody: `person("operator")`, `person("lead", controllers=["tidal"])`; all controllers unless some are named."""
    from privbot.console.models import User

    def make(role: str = "operator", *, controllers: list[str] | None = None, name: str = "") -> Any:
        name = name or f"{role.title()} {User.objects.count() + 1}"
        email = f"{name.lower().replace(' ', '.')}@harbour.example"
        return User.objects.create_user(
            email, name, PASSWORD, role=role, all_controllers=controllers is None, controllers=controllers or []
        )

    return make


@pytest.fixture
def client_of() -> Callable[[Any], Any]:
    """Django's test client, signed in as somebody – a moment ago, as after the sign-in page."""
    from django.test import Client

    def make(user: Any | None = None, *, signed_in_lately: bool = True) -> Any:
        client = Client(SERVER_NAME="localhost")
        if user is not None:
            client.force_login(user, backend="privbot.console.backends.Backend")
            if signed_in_lately:
                session = client.session
                session["account_authentication_methods"] = [{"method": "password", "at": datetime.now(UTC).timestamp()}]
                session["account_authentication_methods_user"] = str(user.pk)
                session.save()
        return client

    return make


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One Chromium for the whole run."""
    from playwright.sync_api import sync_playwright

    program = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    assert program, "Chromium is not installed; `make system` installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, headless=True, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def served(console_office: Any) -> Iterator[str]:
    """The console on a real port; gives its address."""
    from privbot.console.serve import serving

    with serving(console_office) as address:
        yield address


@pytest.fixture
def page(chromium: Any, served: str) -> Iterator[Any]:
    """A fresh browser page on the served console."""
    context = chromium.new_context(base_url=served, locale="en-GB")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def sign_in(page: Any) -> Callable[[Any], None]:
    """Sign somebody in by the form, in the browser."""

    def do(user: Any) -> None:
        page.goto("/accounts/login/")
        page.get_by_label("Email").fill(user.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/queue")

    return do
