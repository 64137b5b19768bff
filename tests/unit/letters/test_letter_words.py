"""Every fragment in every language, and every language sound."""

from __future__ import annotations

import re
import tomllib
from datetime import date

import pytest
from babel import dates

from privbot import resources
from privbot.law.model import RIGHTS as LAW_RIGHTS
from privbot.letters.compose import letters
from privbot.letters.errors import WordMissing
from privbot.letters.variables import describe
from privbot.letters.words import languages, notice, what_is_wrong, words
from privbot.reading.model import CATEGORIES, LANGUAGES, REGIMES, RIGHTS

ENGLISH = words("en").fragments
STRUCTURES = sorted((resources.templates() / "letters" / "structure").glob("*.j2"))


def test_english_german_and_japanese_have_words():
    assert languages()[0] == "en"
    assert {"en", "de", "ja"} <= set(languages())


@pytest.mark.parametrize("language", languages())
def test_a_language_has_exactly_the_fragments_that_english_has(language):
    assert set(words(language).fragments) == set(ENGLISH)


@pytest.mark.parametrize("language", languages())
def test_every_fragment_is_well_written(language):
    found = words(language).fragments
    assert {name: why for name in found if (why := what_is_wrong(name, found[name], ENGLISH[name]))} == {}


@pytest.mark.parametrize("language", languages())
def test_every_right_regime_and_category_has_a_name_of_its_own(language):
    found = words(language).fragments
    rights = [found[f"rights.{right}.name"] for right in dict.fromkeys((*RIGHTS, *LAW_RIGHTS))]
    assert len(set(rights)) == len(rights)
    assert all(found[f"rights.{right}.asks"] for right in RIGHTS)
    for regime in REGIMES:
        assert all(found[f"regimes.{regime}.{form}"] for form in ("name", "short", "under", "data"))
    assert all(found[f"categories.{category}"] for category in CATEGORIES)


@pytest.mark.parametrize("language", [language for language in languages() if language != "en"])
def test_no_sentence_was_left_in_english(language):
    said = {name: re.sub(r"\{\{.*?\}\}", "", text) for name, text in ENGLISH.items() if not name.startswith("regimes.")}
    sentences = [name for name, text in said.items() if len(text.split()) > 4]
    assert [name for name in sentences if words(language).fragments[name] == ENGLISH[name]] == []
    assert len(sentences) > 40


@pytest.mark.parametrize("language", languages())
def test_every_fragment_a_structure_names_exists_and_every_sentence_is_used(language):
    source = "\n".join(file.read_text(encoding="utf-8") for file in STRUCTURES)
    named = set(re.findall(r'"([a-z-]+\.[a-z_]+)"', source))
    assert named <= set(words(language).fragments)
    by_python = {f"{letter}.{part}" for letter in letters() for part in ("subject", "opening")}
    tables = ("common", "requests", "verification", "code", "asked", "kept", "recipients", *letters())
    assert {name for name in ENGLISH if name.split(".")[0] in tables} - named - by_python == set()


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "7 December 2026"), ("de", "7. Dezember 2026"), ("ja", "2026年12月7日")],
)
def test_dates_are_written_out_in_the_form_of_the_language(language, written):
    assert words(language).day(date(2026, 12, 7)) == written


@pytest.mark.parametrize(("language", "pattern"), [("en", "d MMMM y"), ("de", "d. MMMM y"), ("ja", "y年M月d日")])
def test_months_are_those_of_the_unicode_locale_data(language, pattern):
    for month in range(1, 13):
        day = date(2026, month, 1)
        assert words(language).day(day) == dates.format_date(day, pattern, locale=language)


def test_a_series_of_names_is_joined_as_the_language_does():
    assert words("en").series(["one"]) == "one"
    assert words("en").series(["one", "two", "three"]) == "one, two and three"
    assert words("ja").series(["開示", "削除"]) == "開示および削除"


def test_a_number_without_a_word_is_written_in_digits():
    assert (words("de").number(3), words("de").number(17)) == ("drei", "17")


def test_every_language_that_privbot_reads_has_words_or_a_notice():
    assert [language for language in LANGUAGES if language not in languages() and not notice(language)] == []


def test_a_notice_is_one_line_and_no_two_languages_share_one_by_accident():
    notices = tomllib.loads((resources.templates() / "letters" / "words" / "_notice.toml").read_text(encoding="utf-8"))
    assert all(text.strip() == text and "\n" not in text for text in notices.values())
    assert len(set(notices.values())) == len(notices) - 1  # nb and no are the same language


def test_a_missing_word_is_named():
    with pytest.raises(WordMissing, match=r"'de' lack common\.nothing"):
        words("de").say("common.nothing", {})


def test_every_variable_is_documented():
    documentation = (resources.templates().parent / "docs" / "letters.md").read_text(encoding="utf-8")
    assert [variable.name for variable in describe() if f"{{{{ {variable.name} }}}}" not in documentation] == []
