"""All addresses, walked as each role, as a foreign controller's operator, and by nobody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from privbot.console.models import Role

OTHERS = ("allauth.", "privbot.console.urls")
"""Modules whose addresses are the sign-in library's own: it guards them by itself (`test_sign_in`)."""


def patterns() -> Iterator[tuple[str, URLPattern]]:
    def walk(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, URLPattern]]:
        for one in resolver.url_patterns:
            path = prefix + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from walk(one, path)
            else:
                yield path, one

    yield from walk(get_resolver(), "/")


OURS = [(path, one) for path, one in patterns() if not path.startswith("/accounts/")]


@pytest.mark.parametrize(("path", "pattern"), OURS, ids=[path for path, _ in OURS])
def test_every_view_says_who_may_open_it(path, pattern):
    assert hasattr(pattern.callback, "needs_role"), f"{path} is not declared with @needs or @open_to_all"
    names_something = bool(pattern.pattern.converters)
    assert not names_something or pattern.callback.finds_controller or pattern.callback.needs_role in (None, Role.ADMIN), (
        f"{path} names something and does not say whose it is"
    )
