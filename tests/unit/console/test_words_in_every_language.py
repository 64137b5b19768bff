"""The console speaks English, Japanese and German: no string is left without its words, none is left unmarked in a template."""

from __future__ import annotations

import re
from html import unescape

import jinja2
import pytest

from privbot import resources
from privbot.errors import WrongUse
from privbot.testing import catalogues

TEMPLATES = sorted((resources.templates() / "console").rglob("*.html"))
NAMES = {"privbot", "UTC", "·", "–", "CSV", "JSON", "SVG", "PDF", "IMAP", "SMTP", "TOML"}
"""The same in every language."""
OF_THE_COMMAND_LINE = ("FileExists", "CardWithoutMarkers")
"""Errors of commands that the console does not have."""
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")
REFERENCE = re.compile(r"[A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{4}")
ATTRIBUTE = re.compile(r"^\s*[a-z-]+=\"")
"""A piece of a tag that a macro writes."""
LETTERS = re.compile(r"[^\W\d_]{2,}")
SPOKEN = re.compile(r"\b(?:aria-label|title|alt|placeholder|data-label|content)=\"([^\"]*)\"")


def strings(value):
    return tuple(value) if isinstance(value, tuple | list) else (value or "",)


@pytest.fixture(scope="module")
def found():
    return catalogues.found()


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_every_string_has_words_in_this_language(language, found):
    """Run `make messages`, and translate what it says is left."""
    have = catalogues.read(language)
    missing = [
        (message.context, message.id)
        for message in found
        if message.id
        and not ((known := have.get(message.id, message.context)) and not known.fuzzy and all(strings(known.string)))
    ]
    assert not missing


def test_no_error_that_the_console_shows_sends_people_to_the_command_line(found):
    """What helps there is each error's `command`, which the command line adds by itself."""
    del found  # it has connected the database, which the modules of all errors need
    told = [(fault.__name__, (fault.__doc__ or "").strip().splitlines()[0]) for fault in catalogues.faults(WrongUse)]
    assert not [one for one in told if not one[0].startswith(OF_THE_COMMAND_LINE) and re.search(r"`privbot |--[a-z]", one[1])]


def test_the_words_of_reports_and_words_in_a_context_are_found(found):
    assert "At a glance" in found, "the reports' own module is read"
    assert found.get("From", "period") and found.get("From", "mail"), "one English word, two things"
    assert found.get("From") is None


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_what_is_filled_in_is_the_same_in_this_language(language):
    for message in catalogues.read(language):
        if message.id:
            expected = set(PLACEHOLDER.findall(" ".join(strings(message.id))))
            for string in strings(message.string):
                assert set(PLACEHOLDER.findall(string)) <= expected, message.id
                # A plural form may leave the number out ("one day"), a single form nothing.
                assert isinstance(message.id, tuple) or set(PLACEHOLDER.findall(string)) == expected, message.id


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_the_compiled_catalogue_is_made_from_this_one(language):
    assert catalogues.catalogue(language).with_suffix(".mo").read_bytes() == catalogues.compiled(catalogues.read(language))


@pytest.mark.parametrize("file", TEMPLATES, ids=[str(file.relative_to(resources.templates())) for file in TEMPLATES])
def test_no_template_says_anything_that_is_not_marked_for_translation(file):
    assert not unmarked(file.read_text(encoding="utf-8"))


def test_an_unmarked_word_is_found():
    assert unmarked("<h1>Queue</h1>") == ["Queue"]
    assert unmarked('<a aria-label="Go back">{{ _("Back") }}</a>') == ["Go back"]
    assert unmarked("<p>{% trans %}Fine{% endtrans %} <code>{{ code }}</code></p>") == []


def unmarked(source: str) -> list[str]:
    """Words of a template that stand outside `_()` and `{% trans %}`: in its text, and in attributes that are read out."""
    source = re.sub(r"\{%-?\s*trans\b.*?endtrans\s*-?%\}", "", source, flags=re.S)
    text = "".join(
        value if kind == "data" else "\0"
        for _, kind, value in jinja2.Environment().lex(source)
        if kind == "data" or kind.endswith("_end")
    )
    text = REFERENCE.sub("", text)
    text = re.sub(r"<(script|style|code|kbd|pre)\b.*?</\1>", "", text, flags=re.S)
    spoken = [value for value in SPOKEN.findall(text) if "=" not in value and "{" not in value]
    texts = [unescape(part) for part in re.split(r"<[^>]*>|\0", text)] + [part for value in spoken for part in value.split("\0")]
    return [
        part.strip() for part in texts if not ATTRIBUTE.match(part) and any(word not in NAMES for word in LETTERS.findall(part))
    ]
