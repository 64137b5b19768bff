"""All addresses, walked as each role, as a foreign controller's operator, and by nobody – with GET and with POST."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter

from privbot.console.models import CalendarToken, Invitation, Role, SavedView
from privbot.records.models import IncomingMail, Letter, Review, Ticket
from privbot.worker.once import poll_once

ACCESS = """Return-Path: <mel@ortega.example>
From: Mel Ortega <mel@ortega.example>
To: customer-lumen@harbour.example
Subject: my data
Message-ID: <1@ortega.example>

Dear Sir or Madam,

I hereby request access to my personal data under Article 15 GDPR. Please send me a copy.

Mel Ortega
"""
UNSURE = """Return-Path: <kit@lowe.example>
From: Kit Lowe <kit@lowe.example>
To: customer-lumen@harbour.example
Subject: question
Message-ID: <2@lowe.example>

Hello, I am not sure whom to ask. There is something about the data, somehow. What would you say?

Kit
"""
LEAVES_TRACES = {"AuditEvent", "Session", "UserSession", "Presence", "AccessAttempt"}
"""What may change by looking: who looked, and when."""


def patterns() -> Iterator[tuple[str, URLPattern]]:
    def walk(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, URLPattern]]:
        for one in resolver.url_patterns:
            path = prefix + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from walk(one, path)
            else:
                yield path, one

    yield from walk(get_resolver(), "/")


ALL = list(patterns())
ROLES = [role.value for role in Role]


@pytest.mark.parametrize(("path", "pattern"), ALL, ids=[path for path, _ in ALL])
def test_every_address_declares_who_may_open_it(path: str, pattern: URLPattern):
    view = pattern.callback
    assert hasattr(view, "needs_role"), f"{path} is not declared with @needs or @open_to_all"
    names_something = bool(pattern.pattern.converters)
    assert not names_something or view.says_whose or view.needs_role == Role.ADMIN, (
        f"{path} names something and does not say whose it is: @needs(…, controller=…), own=True or shared=True"
    )


@pytest.fixture
def things(console_office: Any, imap: Any, person: Callable[..., Any]) -> dict[str, Any]:
    """A value for each part of an address: things of Lumen Masks, and of somebody who works for it."""
    for text in (ACCESS, UNSURE):
        imap.deliver(text.replace("\n", "\r\n").encode())
    poll_once(console_office)
    someone = person("operator", controllers=["lumen"], name="Lou Lumen")
    now = console_office.clock()
    invitation = Invitation.objects.create(
        email="new@harbour.example", role="viewer", controllers=["lumen"], token_hash="x", invited_by="Lou", created_at=now, expires_at=now
    )  # fmt: skip
    token = CalendarToken.objects.create(user=someone, name="calendar", token_hash="y", created_at=now)
    view = SavedView.objects.create(user=someone, name="mine", query="")
    ticket = Ticket.objects.get(controller="lumen")
    return {
        "reference": ticket.reference, "review": Review.objects.first().pk, "letter": Letter.objects.first().pk, "view": view.pk,
        "mail": IncomingMail.objects.first().pk, "request_id": ticket.requests.first().pk, "controller": "lumen", "user": someone.pk,
        "invitation": invitation.pk, "token": token.pk, "mailbox": "privacy", "session": 1, "provider_id": "nobody", "what": "disable",
    }  # fmt: skip


def addresses(things: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each address with its view. A part that `things` does not know gets a value of its type, which names nothing."""
    for path, pattern in ALL:
        named = {
            name: things.get(name, 987654 if isinstance(converter, IntConverter) else "nothing")
            for name, converter in pattern.pattern.converters.items()
        }
        assert pattern.name, f"{path} has no name"
        yield reverse(pattern.name, kwargs=named), pattern.callback


def nowhere(things: dict[str, Any]) -> set[str]:
    """The addresses that name something which `things` does not know."""
    known = [set(pattern.pattern.converters) <= set(things) for _, pattern in ALL]
    return {address for (address, _), real in zip(addresses(things), known, strict=True) if not real}


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens to the databases within is taken back."""
    with ExitStack() as stack:
        for alias in ("default", "keys"):
            stack.enter_context(transaction.atomic(using=alias))
        yield
        for alias in ("default", "keys"):
            transaction.set_rollback(True, using=alias)


def both(client: Any, address: str) -> Iterator[tuple[str, Any]]:
    for method in ("get", "post"):
        with undone():
            yield f"{method.upper()} {address}", getattr(client, method)(address)


def test_who_is_not_signed_in_is_led_to_sign_in(things, client_of):
    for address, view in addresses(things):
        for what, answer in both(client_of(), address):
            if view.needs_role is None:
                assert answer.status_code < 500 and answer.status_code != 403, what
            else:
                assert answer.status_code == 302 and answer["Location"].startswith("/accounts/login/"), what


@pytest.mark.parametrize("role", ROLES)
def test_every_address_answers_each_role_as_declared(role: str, things, person, client_of):
    user = person(role)
    client, missing = client_of(user), nowhere(things)
    for address, view in addresses(things):
        if view.needs_role is None:
            continue
        if user.may(view.needs_role):
            with undone():
                status = client.get(address).status_code
            assert status < 500 and status != 403, f"{role}: GET {address} was answered {status}"
        else:
            # What does not exist is not there for anybody.
            refused = (403,) if view.finds_controller is None or address not in missing else (403, 404)
            for what, answer in both(client, address):
                assert answer.status_code in refused, f"{role}: {what} was answered {answer.status_code}"


@pytest.mark.parametrize("role", ROLES)
def test_a_foreign_controller_s_person_finds_nothing(role: str, things, person, client_of):
    client = client_of(person(role, controllers=["tidal"]))
    seen = 0
    for address, view in addresses(things):
        if view.finds_controller is not None:
            for what, answer in both(client, address):
                assert answer.status_code == 404, f"{role} of another controller: {what} was answered {answer.status_code}"
                seen += 1
    assert seen


def test_an_administrator_of_another_controller_finds_nobody(things, person, client_of):
    client = client_of(person("admin", controllers=["tidal"]))
    for address, view in addresses(things):
        if view.needs_role == Role.ADMIN and "/team/" in address and str(things["user"]) in address:
            assert client.get(address).status_code in (404, 405), address
    assert "Lou Lumen" not in client.get("/team").content.decode()
    assert client.post(f"/team/{things['user']}/disable").status_code == 404


def test_nobody_reaches_somebody_else_s_own_things(things, person, client_of):
    client = client_of(person("admin"))
    assert client.post(f"/me/calendars/{things['token']}/revoke").status_code == 404
    assert CalendarToken.objects.get().revoked_at is None


def test_what_changes_something_is_not_answered_to_a_get(things, person, client_of):
    client = client_of(person("admin"))
    before = everything()
    for address, view in addresses(things):
        if view.needs_role is not None:
            client.get(address)
            assert everything() == before, f"GET {address} changed something"


def everything() -> dict[str, list[Any]]:
    """All rows of our own tables, but for traces of looking."""
    return {
        model.__name__: list(model.objects.order_by("pk").values_list())
        for app in ("records", "console", "mfa", "socialaccount")
        for model in apps.get_app_config(app).get_models()
        if model.__name__ not in LEAVES_TRACES
    }


def test_a_view_that_only_forgot_its_declaration_would_be_found():
    """The walk itself can fail."""
    from django.urls import path

    with pytest.raises(AssertionError, match="not declared"):
        test_every_address_declares_who_may_open_it("/open", path("open", lambda request: None))
    with pytest.raises(AssertionError, match="whose it is"):
        careless = lambda request: None  # noqa: E731
        careless.needs_role, careless.says_whose = Role.VIEWER, False
        test_every_address_declares_who_may_open_it("/of/<int:x>", path("of/<int:x>", careless))
