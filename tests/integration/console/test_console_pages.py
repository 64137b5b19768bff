"""The pages open: with Django's client, and in a real browser."""

from __future__ import annotations

import pytest

PAGES = ("/queue", "/deadlines", "/letters", "/settings", "/health", "/reading", "/reports", "/audit", "/team")


@pytest.mark.parametrize("path", PAGES)
def test_an_administrator_opens_each_page(path, person, client_of):
    answer = client_of(person("admin")).get(path)
    assert answer.status_code == 200
    assert "<h1>" in answer.content.decode()


def test_somebody_signs_in_with_the_browser_and_sees_the_queue(person, page, sign_in):
    sign_in(person("operator"))
    assert page.get_by_role("heading", level=1).inner_text() == "Queue"


def test_no_page_is_kept_by_anybody_and_none_loads_from_elsewhere(person, client_of):
    answer = client_of(person("admin")).get("/queue")
    assert answer.headers["Cache-Control"] == "no-store"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
