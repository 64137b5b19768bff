"""Breached passwords are found in a sorted file of hashes, wherever they stand in it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from privbot.console.breached_passwords import BreachedPasswordValidator, is_breached

PASSWORDS = [f"correct horse {number}" for number in range(200)]


def hashes(passwords: list[str]) -> list[str]:
    return sorted(hashlib.sha1(one.encode()).hexdigest().upper() for one in passwords)


@pytest.fixture(
    params=[
        ("\r\n", ":17"),  # as it is published
        ("\n", ""),  # hashes alone
        ("\n", ":1234567890"),  # a count of any length
    ],
    ids=["published", "bare", "long counts"],
)
def breached(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    end, count = request.param
    file = tmp_path / "breached.txt"
    file.write_bytes("".join(f"{one}{count}{end}" for one in hashes(PASSWORDS)).encode())
    return file


def test_every_password_of_the_file_is_found(breached: Path):
    assert all(is_breached(one, breached) for one in PASSWORDS)


def test_no_other_password_is_found(breached: Path):
    assert not any(is_breached(f"staple {number}", breached) for number in range(500))


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_short_file_is_searched_whole(tmp_path: Path, count: int):
    file = tmp_path / "breached.txt"
    file.write_text("".join(f"{one}\n" for one in hashes(PASSWORDS[:count])))
    assert [is_breached(one, file) for one in PASSWORDS[:4]] == [number < count for number in range(4)]


def test_a_last_line_without_an_end_is_found(tmp_path: Path):
    file = tmp_path / "breached.txt"
    file.write_text("\n".join(hashes(PASSWORDS)))
    assert all(is_breached(one, file) for one in PASSWORDS)


def test_the_validator_refuses_with_a_way_out(breached: Path):
    with pytest.raises(ValidationError, match="Choose another one"):
        BreachedPasswordValidator(str(breached)).validate(PASSWORDS[7])
    BreachedPasswordValidator(str(breached)).validate("a password nobody had")


def test_a_missing_file_lets_no_password_pass(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        BreachedPasswordValidator(str(tmp_path / "gone.txt")).validate("anything")
