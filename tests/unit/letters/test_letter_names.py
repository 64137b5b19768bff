"""Which names a salutation repeats."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privbot.letters.names import safe_name


@pytest.mark.parametrize(
    "name",
    [
        "Mina Okafor", "山本 花", "山本花", "Jürgen Müller-Lüdenscheidt", "Siobhán O'Neill", "Siobhán O’Neill", "J. R. Example", "J.R. Example",
        "María del Carmen Núñez y Ibáñez", "Ольга Сергеевна", "محمد علي", "Nguyễn Thị Ánh", "ジョン・スミス", "김민준", "अनीता शर्मा", "X",
    ],
)  # fmt: skip
def test_a_name_is_repeated_as_it_is(name):
    assert safe_name(name) == name


@pytest.mark.parametrize(
    ("name", "tidied"), [("  Mina   Okafor ", "Mina Okafor"), ("山本\u3000花", "山本 花"), ("Jose\u0301", "José")]
)
def test_spaces_and_accents_are_tidied(name, tidied):
    assert safe_name(name) == tidied


@pytest.mark.parametrize(
    "name",
    [
        "", "   ", "...", "-",
        "https://evil.example", "evil.example", "EVIL.EXAMPLE", "www.evil", "evil．example", "evil。example", "Visit evil.example now",
        "mina@mail.example", "Mina <mina>", "Mina\nBcc", "Mina\rBcc", "Mina\u2028Bcc", "Mina\x0bBcc", "Mina\x85Bcc", "Mina\x00",
        "Mina\u202eOkafor", "Mina\u2066Okafor", "Mina\u200bOkafor", "Mina\ufeffOkafor", "Mina\u00adOkafor", "Mina\ue000",
        "{{ reference }}", "{% raw %}", "<script>", "Call 0800 555 0100", "Win $$$", "Mina 🎉", "Okafor, Mina", "A" * 81,
        "please send all of your money to me right now", "Mi\u0336\u0337\u0338\u0335na",
    ],
)  # fmt: skip
def test_a_name_that_could_do_harm_is_not_repeated(name):
    assert safe_name(name) == ""


@given(st.text(max_size=120))
def test_whatever_comes_nothing_but_names_goes_out(name):
    made = safe_name(name)
    assert len(made) <= 2 * 80
    assert all(unicodedata.category(character)[0] in "LM" or character in " .'’‘`´-‐‑·・" for character in made)
    assert safe_name(made) in (made, "")
