"""A controller's own structure of a letter: taken up, or refused with file and line."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from privbot import resources
from privbot.letters.compose import compose, letters
from privbot.letters.errors import OverrideRefused
from privbot.letters.own_wording import check_own_wording, faults_of_structure
from privbot.letters.sample import sample_context

CLOSED = sample_context("en", "closed")
SHORT = """{% extends "_letter.j2" %}
{% block body %}
{{ paragraph(say("closed.again")) }}
{% include "_remedies.j2" %}
{% endblock %}
"""


@pytest.fixture
def own(tmp_path):
    """Writes structure/<name>.j2 and gives the folder."""
    (tmp_path / "structure").mkdir()

    def write(source: str, name: str = "closed"):
        (tmp_path / "structure" / f"{name}.j2").write_text(source, encoding="utf-8")
        return tmp_path

    return write


def test_a_letter_is_put_together_differently_in_every_language(own):
    folder = own(SHORT)
    for language in ("en", "de", "ja"):
        shipped = compose("closed", language, CLOSED)
        made = compose("closed", language, CLOSED, own_wording=folder)
        assert len(made.text) < len(shipped.text)
        assert made.subject == shipped.subject
    assert "We have therefore closed" not in compose("closed", "en", CLOSED, own_wording=folder).text


def test_other_letters_stay_as_they_are(own):
    other = sample_context("en", "code-expired")
    assert compose("code-expired", "en", other, own_wording=own(SHORT)) == compose("code-expired", "en", other)


def test_a_shipped_letter_can_be_extended(own):
    folder = own(
        '{% extends "closed.j2" %}\n{% block ending %}\n{{ paragraph(say("common.person", "common.equal")) }}\n{% endblock %}\n'
    )
    assert "You can also ask in your reply" in compose("closed", "en", CLOSED, own_wording=folder).text


def test_own_words_are_used_in_an_own_structure(own):
    folder = own(SHORT)
    (folder / "words").mkdir()
    (folder / "words" / "en.toml").write_text('[closed]\nagain = "Write to us whenever you like."\n', encoding="utf-8")
    assert "Write to us whenever you like." in compose("closed", "en", CLOSED, own_wording=folder).text


def test_a_changed_structure_is_taken_up_without_a_restart(own):
    folder = own(SHORT)
    assert "We have therefore closed" not in compose("closed", "en", CLOSED, own_wording=folder).text
    file = own(SHORT.replace('"closed.again"', '"closed.effect"')) / "structure" / "closed.j2"
    os.utime(file, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns + 1_000_000))
    assert "We have therefore closed" in compose("closed", "en", CLOSED, own_wording=folder).text


LOOP = "{% for character in letter.contact %}"
DOUBLED = '{% set a = say("list.law_and_articles", law=a, articles=a) %}'
REFUSED = [
    # source, where, words of the reason
    (SHORT.replace("{% endblock %}", ""), "line 4", "is not well written"),
    (SHORT.replace("paragraph(say", "paragrph(say"), "line 3", "does not know paragrph; known are: agent, asks, "),
    (SHORT.replace('"closed.again"', "requester"), "line 3", "does not know requester"),
    # in a branch that no sample takes, too
    (SHORT + "{% if letter.backlog %}\n{{ nobody }}\n{% endif %}", "line 7", "does not know nobody"),
    (SHORT.replace('say("closed.again")', "letter.email"), "line 3", "the letter has no email"),
    (SHORT.replace("closed.again", "closed.agian"), "line 3", "there is no fragment closed.agian"),
    (SHORT.replace("_remedies", "_remedy"), "line 4", "there is no structure _remedy.j2"),
    (SHORT.replace('say("closed.again")', 'say("asked.until")'), "line 3", "breaks (UndefinedError)"),
    (SHORT.replace('say("closed.again")', "letter.requests[9].right"), "line 3", "breaks (UndefinedError)"),
    # the sandbox
    (SHORT.replace('say("closed.again")', "say.__globals__"), "line 3", "must not look at __globals__"),
    (SHORT.replace('say("closed.again")', '"".__class__.__mro__'), "line 3", "must not look at __class__"),
    (SHORT.replace('say("closed.again")', "letter.requests.__class__"), "line 3", "must not look at __class__"),
    (SHORT.replace('say("closed.again")', 'letter["__class__"]'), "line 3", "breaks ("),
    (
        SHORT.replace('say("closed.again")', "self._TemplateReference__context"),
        "line 3",
        "must not look at _TemplateReference__context",
    ),
    (SHORT.replace('say("closed.again")', "self.body()"), "line 3", "may call nothing but blocks and words"),
    (SHORT.replace('say("closed.again")', '"{0.__class__}".format(letter)'), "line 3", "may call nothing but blocks and words"),
    (
        SHORT.replace('say("closed.again")', '"<b>" | safe'),
        "line 3",
        "must not use the filter safe; known are: capitalize, count, ",
    ),
    (SHORT.replace("{% include", "{% autoescape true %}{% endautoescape %}{% include"), "line 4", "must not use autoescape"),
    (SHORT.replace("{% include", '{% import "_facts.j2" as x %}{% include'), "line 4", "must not use import"),
    (SHORT.replace("{% include", "{% macro x() %}{{ x() }}{{ x() }}{% endmacro %}{% include"), "line 4", "must not use macro"),
    (SHORT.replace('say("closed.again")', "lipsum()"), "line 3", "does not know lipsum"),
    # much out of little
    (SHORT.replace('say("closed.again")', "9 ** 9 ** 9"), "line 3", "must not reckon with **"),
    (SHORT.replace('say("closed.again")', '"x" * 10 ** 9'), "line 3", "must not reckon with *"),
    (SHORT.replace('say("closed.again")', '"%1000000000d" % 1'), "line 3", "must not reckon with %"),
    (SHORT.replace('say("closed.again")', '"x" | center(10000000000)'), "line 3", "must not use the filter center"),
    (SHORT.replace('say("closed.again")', '"x".ljust(10000000000)'), "line 3", "may call nothing but blocks and words"),
    (
        SHORT.replace('say("closed.again")', '["x"] | map("center", 10000000000) | list'),
        "line 3",
        "map takes nothing but attribute=",
    ),
    (SHORT.replace("{% include", "{% for i in range(100000) %}{% endfor %}{% include"), "line 4", "does not know range"),
    (
        SHORT.replace("{% include", '{% set a = "x" ~ "x" %}{% set a = a ~ a %}{% include'),
        "line 4",
        "a variable must not join texts",
    ),
    (SHORT.replace("{% include", "{% set a %}x{% endset %}{% include"), "line 4", "must not use set around text"),
    (
        SHORT.replace("{% include", "{% set f = paragraph %}{{ f('x') }}{% include"),
        "line 4",
        "may call nothing but blocks and words",
    ),
    (
        SHORT.replace("{% include", "{% for a in ['x' ~ 'x'] %}{% endfor %}{% include"),
        "line 4",
        "a loop must not go over texts or lists",
    ),
    (
        SHORT.replace("{% include", f"{LOOP * 4}{'{% endfor %}' * 4}{{% include"),
        "line 4",
        "its loops go round more than 1,000 times",
    ),
    (
        SHORT.replace("{% include", "{% for a in letter.requests recursive %}{{ loop(letter.requests) }}{% endfor %}{% include"),
        "line 4",
        "must not use recursive",
    ),
    (
        SHORT.replace("{% include", f"{{% set a = letter.contact %}}{DOUBLED * 12}{{% include"),
        "line 4",
        "more than 10,000 characters into one piece",
    ),
    (SHORT.replace('say("closed.again")', f"{'(' * 2000}1{')' * 2000}"), None, "is nested too deeply"),
    (SHORT + "{#" + "x" * 10_000 + "#}", None, "is longer than 10,000 characters"),
    (
        "{% extends 'closed.j2' %}{% block body %}{{ super() }}{{ super() }}{{ paragraph(letter.nothing) }}{% endblock %}",
        "line 1",
        "the letter has no nothing",
    ),
    (SHORT.replace("{% endblock %}", "Good luck!\n{% endblock %}"), None, "prints 'Good luck!'"),
    # a letter that no longer says what it must
    ("{{ paragraph(letter.reference) }}", None, "must keep the day of receipt"),
    (SHORT.replace("{% block body %}", "{% block facts %}{% endblock %}\n{% block body %}"), None, "must keep the reference"),
    (SHORT.replace('{% include "_remedies.j2" %}\n', ""), None, "must keep letter.authority"),
    (SHORT + "{% block ending %}{% endblock %}", None, "must keep common.equal"),
]


@pytest.mark.parametrize(("source", "place", "why"), REFUSED, ids=[f"{row[1]}: {row[2]}" for row in REFUSED])
def test_a_wrong_structure_is_refused_with_file_and_line(own, source, place, why):
    folder = own(source)
    for attempt in (lambda: check_own_wording(folder), lambda: compose("closed", "en", CLOSED, own_wording=folder)):
        with pytest.raises(OverrideRefused) as refused:
            attempt()
        assert refused.value.place == place
        assert str(refused.value).startswith(f"{folder / 'structure' / 'closed.j2'}: {f'{place}: ' if place else ''}")
        assert why in str(refused.value)


@pytest.mark.parametrize("letter", letters())
def test_every_shipped_structure_would_pass_as_an_own_one(letter):
    shipped = resources.templates() / "letters" / "structure" / f"{letter}.j2"
    assert list(faults_of_structure(letter, shipped.read_text(encoding="utf-8"))) == []


def test_what_loops_only_where_no_sample_goes_is_stopped_when_a_letter_is_written(own):
    hidden = f'{{% if letter.reference != "{CLOSED.reference}" %}}{LOOP * 4}{"{% endfor %}" * 4}{{% endif %}}'
    folder = own(SHORT.replace("{% include", f"{hidden}{{% include"))
    compose("closed", "en", CLOSED, own_wording=folder)
    with pytest.raises(OverrideRefused, match="its loops go round more than 1,000 times"):
        compose("closed", "en", replace(CLOSED, reference="LUMEN-AAAA-AAAA"), own_wording=folder)


def test_a_date_the_letter_cannot_do_without_must_stay(own):
    source = '{% extends "_letter.j2" %}\n{% block body %}\n{{ paragraph(say("extension.because", reason=letter.reason)) }}\n{% endblock %}'
    with pytest.raises(OverrideRefused, match=r"must keep letter\.new_date"):
        check_own_wording(own(source, "extension"))


def test_a_structure_for_a_letter_that_does_not_exist_is_refused(own):
    with pytest.raises(OverrideRefused, match="there is no letter 'refusals'; known are: acknowledgment, "):
        check_own_wording(own(SHORT, "refusals"))


def test_a_structure_that_is_not_utf8_is_refused(own):
    folder = own(SHORT)
    (folder / "structure" / "closed.j2").write_bytes(b"\xff\xfe")
    with pytest.raises(OverrideRefused, match="is not UTF-8"):
        check_own_wording(folder)


def test_all_files_of_a_folder_are_checked_at_once(own):
    folder = own(SHORT)
    (folder / "words").mkdir()
    (folder / "words" / "de.toml").write_text('[common]\nclosing = "Herzlich"\n', encoding="utf-8")
    assert [file.name for file in check_own_wording(folder)] == ["de.toml", "closed.j2"]
