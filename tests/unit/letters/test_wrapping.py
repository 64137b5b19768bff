"""Wrapping: 76 columns, words whole, Japanese by its own rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privbot.letters.plain import COLUMNS, width, wrap


def test_words_stay_whole():
    text = "privacy " * 30
    assert all(set(line.split()) == {"privacy"} for line in wrap(text.strip()).splitlines())


def test_a_line_is_filled_up_to_76_columns():
    assert wrap("a" * 70 + " " + "b" * 5 + " c") == "a" * 70 + " " + "b" * 5 + "\nc"


def test_a_word_longer_than_a_line_is_never_cut():
    long = "https-like" * 10
    assert wrap(f"see {long} for more") == f"see\n{long}\nfor more"


def test_points_hang_below_their_first_word():
    first, *rest = wrap("word " * 40, "- ").splitlines()
    assert first.startswith("- word")
    assert all(line.startswith("  word") for line in rest)


def test_a_full_width_character_counts_two():
    assert width("開示 ABC") == 8
    assert [width(line) for line in wrap("開" * 50).splitlines()] == [76, 24]


@pytest.mark.parametrize("mark", "、。）」ーっ・")
def test_no_line_begins_with_what_closes(mark):
    lines = wrap("示" * 38 + mark + "示" * 5).splitlines()
    assert lines[1][0] == "示"


def test_no_line_ends_with_what_opens():
    assert wrap("示" * 37 + "「開示」").splitlines()[0] == "示" * 37


def test_a_year_stays_with_its_number():
    assert wrap("示" * 35 + "。2026年12月7日").splitlines()[1].startswith("2026年")


def test_a_latin_word_among_japanese_stays_whole():
    assert "LUMEN-4F7K" in wrap("示" * 35 + "LUMEN-4F7Kに").splitlines()[1]


@given(st.text(alphabet="ab 、。（）示開GDPR26年é", max_size=300).map(lambda text: " ".join(text.split())))
def test_wrapping_loses_nothing_and_keeps_the_measure(text):
    wrapped = wrap(text)
    assert wrapped.replace("\n", "").replace(" ", "") == text.replace(" ", "")
    for line in wrapped.splitlines():
        assert line == line.strip()
        assert width(line) <= COLUMNS or " " not in line
