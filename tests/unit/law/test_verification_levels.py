"""How sure one must be who asks, by regime and right."""

from __future__ import annotations

import pytest

from privbot.law.errors import RightNotGranted
from privbot.law.regimes import regimes
from privbot.law.verification import is_free, verification


@pytest.mark.parametrize(
    ("regime", "right", "sensitive", "level", "data_points", "declaration"),
    [
        ("gdpr", "access", False, "on-doubt", 0, False),
        ("gdpr", "erasure", True, "on-doubt", 0, False),  # sensitivity raises nothing here
        ("gdpr", "consent-withdrawal", False, "none", 0, False),
        ("uk-gdpr", "access", False, "on-doubt", 0, False),
        ("ccpa", "know-categories", False, "reasonable", 2, False),  # §7062(b)
        ("ccpa", "know-specific", False, "reasonably-high", 3, True),  # §7062(c)
        ("ccpa", "erasure", False, "reasonable", 2, False),  # §7062(d): by sensitivity
        ("ccpa", "erasure", True, "reasonably-high", 3, True),
        ("ccpa", "rectification", True, "reasonably-high", 3, True),
        ("ccpa", "opt-out-of-sale", True, "none", 0, False),  # §7060(b): never
        ("ccpa", "limit-sensitive", True, "none", 0, False),
        ("ccpa", "automated-decision", False, "none", 0, False),
        ("shine-the-light", "shine-the-light", False, "none", 0, False),
    ],
)
def test_what_must_be_verified(regime: str, right: str, sensitive: bool, level: str, data_points: int, declaration: bool) -> None:
    needed = verification(regime, right, sensitive=sensitive)
    assert (needed.level, needed.data_points, needed.declaration) == (level, data_points, declaration)
    assert needed.source


def test_in_japan_identity_is_confirmed_first_though_no_number_is_law() -> None:
    # A complaint (Art 40) is heard from anybody; everything else waits for who is asking.
    for right in set(regimes()["appi"].rights) - {"complaint"}:
        needed = verification("appi", right)
        assert needed.level != "none"
        assert not needed.confirmed


def test_a_fee_is_known_in_japan_only_and_only_for_disclosure() -> None:
    with_fee = [(name, right) for name, law in regimes().items() for right in law.rights if not is_free(name, right)]
    assert with_fee == [("appi", "access"), ("appi", "third-party-records")]


def test_a_right_not_granted_needs_no_verification_but_a_refusal() -> None:
    with pytest.raises(RightNotGranted):
        verification("shine-the-light", "erasure")


def test_an_address_that_is_not_on_file_needs_details_beside_it() -> None:
    for law in ("gdpr", "uk-gdpr"):
        assert verification(law, "access").data_points == 0
        assert verification(law, "access", not_on_file=True).data_points == 2
    assert verification("ccpa", "know-specific", not_on_file=True).data_points == 3
