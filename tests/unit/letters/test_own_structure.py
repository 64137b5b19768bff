"""A controller's own structure of a letter: taken up, or refused with file and line."""

from __future__ import annotations

import os

import pytest

from privbot.letters.compose import compose
from privbot.letters.errors import OverrideRefused
from privbot.letters.own_wording import check_own_wording
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
    (SHORT.replace('say("closed.again")', "1 / 0"), "line 3", "breaks (ZeroDivisionError)"),
    # the sandbox
    (SHORT.replace('say("closed.again")', "say.__globals__"), "line 3", "breaks (SecurityError)"),
    (SHORT.replace('say("closed.again")', '"".__class__.__mro__'), "line 3", "breaks (SecurityError)"),
    (SHORT.replace('say("closed.again")', "letter.requests.__class__"), "line 3", "breaks (SecurityError)"),
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
