"""Every page, in real Chromium: no violation of WCAG 2.2 AA that axe-core can find, light and dark, and nothing wider than a telephone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern, URLResolver, get_resolver

from tests.a_days_mail import arrive

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SCREENS = (
    pytest.param("light", 1440, id="light, 1440 px"),
    pytest.param("dark", 390, id="dark, 390 px"),
)
NOT_OPENED = ("accounts/logout/", "accounts/password/reset/key/", "accounts/oidc/", "accounts/confirm-email/", "accounts/social/")
"""Addresses that end the session, or that are only reached by a link out of a letter or from an identity provider."""


def samples() -> dict[str, str]:
    """Something for each name that an address may hold; an address with another name fails the test until it is added here."""
    from privbot.console.models import User
    from privbot.records.models import IncomingMail, Letter, Request, Review, Ticket

    ticket = Ticket.objects.filter(letters__isnull=False).order_by("id").first()
    review = Review.objects.filter(decided_at=None).order_by("id").first()
    return {
        "reference": ticket.reference,
        "review": review.id,
        "letter": Letter.objects.order_by("id").first().id,
        "mail": IncomingMail.objects.order_by("id").first().id,
        "number": Request.objects.order_by("id").first().id,
        "controller": "lumen", "mailbox": "privacy", "code": "note", "category": "deletion",
        "language": "en", "name": "acknowledgment", "part": 1, "act": 1, "user": User.objects.first().pk, "what": "end-sessions", "session": 1,
        "token": 1, "pk": 1, "invitation": 1, "provider_id": "none",
    }  # fmt: skip


def addresses(known: dict[str, Any]) -> Iterator[str]:
    def walk(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, URLPattern]]:
        for one in resolver.url_patterns:
            path = prefix + str(one.pattern)
            yield from walk(one, path) if isinstance(one, URLResolver) else [(path, one)]

    for path, pattern in walk(get_resolver(), ""):
        if path.startswith(NOT_OPENED) or "(?P" in path:
            continue
        for name, converter in pattern.pattern.converters.items():
            kind = {
                "IntConverter": "int",
                "StringConverter": "str",
                "SlugConverter": "slug",
                "PathConverter": "path",
                "UUIDConverter": "uuid",
            }
            marked = f"<{kind[type(converter).__name__]}:{name}>"
            path = path.replace(marked, str(known[name])).replace(f"<{name}>", str(known[name]))
        yield f"/{path}"


@pytest.mark.parametrize(("scheme", "width"), SCREENS)
def test_no_page_keeps_anybody_out(scheme, width, console_office, imap, person, client_of, page, sign_in):
    arrive(console_office, imap)
    admin = person("admin")
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(admin)
    client = client_of(admin)
    opened, found = [], []
    for address in addresses(samples()):
        answer = client.get(address)
        if (
            answer.status_code != 200
            or not answer.headers.get("Content-Type", "").startswith("text/html")
            or b"<html" not in answer.content
        ):
            continue  # a download, a fragment, or an address for POST only
        if "sandbox" in answer.headers["Content-Security-Policy"]:
            continue  # what stands in a frame of another page, where no script – axe neither – may run; what is in it, others wrote
        page.goto(address)
        opened.append(address)
        violations = Axe().run(page, options={"runOnly": STANDARDS, "resultTypes": ["violations"]}).response["violations"]
        found += [f"{address}: {one['id']} – {one['nodes'][0]['html'][:160]}" for one in violations]
        wide = page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
        if wide > 0:
            found.append(f"{address}: {wide} px wider than the screen")
    assert len(opened) >= 12, opened
    assert not found, "\n".join(found)
