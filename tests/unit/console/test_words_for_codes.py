"""Codes of the program as people read them, in their language."""

from __future__ import annotations

import re
from datetime import date
from inspect import getsource

import pytest
from django.utils import translation

from privbot.console import words
from privbot.reading import regime


@pytest.fixture(autouse=True)
def console(console_office):
    """Django's own words need its settings."""


@pytest.mark.parametrize(
    ("language", "code", "name"),
    [
        ("en", "ru", "Russian"),
        ("de", "ru", "Russisch"),
        ("ja", "ru", "ロシア語"),
        ("en", "la", "Latin"),
        ("de", "ja", "Japanisch"),
        ("en", "xh", "another language (xh)"),
    ],
)
def test_every_language_has_a_name(language, code, name):
    with translation.override(language):
        assert words.word("language", code) == name


def test_reasons_for_a_law_name_languages_and_rights_and_not_their_codes():
    with translation.override("en"):
        assert words.law_reason("written in de") == "written in German"
        assert words.law_reason("the right (stop-use) is one of this law") == "Stop using the data: a right of this law"
        assert words.law_reason("phone number in +81") == "telephone number with +81"
        assert words.law_reason("an own law's own reason") == "an own law's own reason"


def test_every_reason_that_the_reading_gives_has_words():
    given = set(re.findall(r'"((?:names|gives|writes|the only|nothing in) [^"]+)"', getsource(regime)))
    assert len(given) > 10 and given <= set(words.WORDS["law-reason"])


def test_a_day_by_which_something_is_due_has_its_weekday():
    with translation.override("en"):
        assert words.due_day(date(2026, 12, 12)) == "Sat, Dec. 12, 2026"
    with translation.override("de"):
        assert words.due_day(date(2026, 12, 12)) == "Sa, 12. Dezember 2026"
