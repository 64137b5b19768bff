"""A controller's own wording: taken up, or refused with file and fragment."""

from __future__ import annotations

import os

import pytest
from letter_worlds import WORLDS

from privbot.letters.compose import compose
from privbot.letters.errors import OverrideRefused
from privbot.letters.own_wording import check_own_wording

WORLD = WORLDS["two alike"]


@pytest.fixture
def own(tmp_path):
    """Writes words/<language>.toml and gives the folder."""
    (tmp_path / "words").mkdir()

    def write(toml: str, language: str = "en"):
        (tmp_path / "words" / f"{language}.toml").write_text(toml, encoding="utf-8")
        return tmp_path

    return write


def test_one_fragment_is_changed_and_all_others_stay(own):
    folder = own('[common]\nclosing = "Warm regards from {{ controller }}"\n')
    shipped, made = compose("acknowledgment", "en", WORLD), compose("acknowledgment", "en", WORLD, own_wording=folder)
    assert made.text == shipped.text.replace("Kind regards", "Warm regards from Lumen Atelier")
    assert "Warm regards from Lumen Atelier" in made.html


def test_other_languages_stay_as_they_are(own):
    folder = own('[common]\nclosing = "Warm regards"\n')
    assert compose("acknowledgment", "de", WORLD, own_wording=folder) == compose("acknowledgment", "de", WORLD)


def test_a_changed_file_is_taken_up_without_a_restart(own):
    folder = own('[common]\nclosing = "First"\n')
    assert "\nFirst\n" in compose("acknowledgment", "en", WORLD, own_wording=folder).text
    file = own('[common]\nclosing = "Second"\n') / "words" / "en.toml"
    os.utime(file, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns + 1_000_000))
    assert "\nSecond\n" in compose("acknowledgment", "en", WORLD, own_wording=folder).text


def test_two_controllers_do_not_share_their_wording(own):
    folder = own('[common]\nclosing = "Ours"\n')
    compose("acknowledgment", "en", WORLD, own_wording=folder)
    assert "Ours" not in compose("acknowledgment", "en", WORLD).text


REFUSED = [
    # toml, the fragment named, words of the reason
    ('[common]\nclosng = "x"', "common.closng", "no such fragment"),
    ('[commn]\nclosing = "x"', "commn.closing", "no such fragment"),
    ('[common]\nclosing = "{{ email }}"', "common.closing", "does not know the variable email"),
    # known elsewhere, but not here
    ('[common]\nclosing = "{{ name }}"', "common.closing", "does not know the variable name"),
    ('[regimes.gdpr]\nshort = "{{ reference }}"', "regimes.gdpr.short", "known here are: none"),
    ('[common]\nclosing = "{{ controller"', "common.closing", "is not well written"),
    ('[common]\nclosing = "controller }}"', "common.closing", "single brace"),
    ('[common]\nclosing = "{ controller }"', "common.closing", "single brace"),
    ('[common]\nclosing = "{% if controller %}x{% endif %}"', "common.closing", "only text and"),
    ('[common]\nclosing = "{{ controller.__class__ }}"', "common.closing", "only text and"),
    ("[common]\nclosing = \"{{ 'x' * 999999999 }}\"", "common.closing", "only text and"),
    ('[common]\nclosing = "{{ controller | upper }}"', "common.closing", "only text and"),
    ('[common]\nclosing = " "', "common.closing", "must not be empty"),
    ("[common]\nclosing = 7", "common.closing", "must be a text"),
    ('[common]\nclosing = ["x"]', "common.closing", "must be a text"),
    ('[acknowledgment]\nsubject = "{{ reference }}\\r\\nBcc: x@x.example"', "acknowledgment.subject", "line breaks"),
    ('[common]\nclosing = "x\\u202Ey"', "common.closing", "invisible"),
    # a letter that no longer says what the law wants
    ('[acknowledgment]\nsubject = "Received"', "acknowledgment.subject", "must keep {{ reference }}"),
    ('[requests]\nby_law = "We will answer soon."', "requests.by_law", "must keep {{ due }}"),
    ('[code]\nuntil = "Be quick."', "code.until", "must keep {{ expires }}"),
]


@pytest.mark.parametrize(("toml", "fragment", "why"), REFUSED, ids=[f"{row[1]}: {row[2]}" for row in REFUSED])
def test_a_wrong_wording_is_refused_with_file_and_fragment(own, toml, fragment, why):
    folder = own(toml)
    with pytest.raises(OverrideRefused) as refused:
        compose("acknowledgment", "en", WORLD, own_wording=folder)
    assert refused.value.place == fragment
    assert str(refused.value).startswith(f"{folder / 'words' / 'en.toml'}: {fragment}: ")
    assert why in str(refused.value)


def test_a_file_that_is_not_toml_is_refused_with_its_line(own):
    with pytest.raises(OverrideRefused, match=r"en\.toml: is not TOML: .*\(at line 2, column"):
        compose("acknowledgment", "en", WORLD, own_wording=own("[common]\nclosing = x\n"))


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(OverrideRefused, match="no such folder"):
        compose("acknowledgment", "en", WORLD, own_wording=tmp_path / "nowhere")


def test_all_files_are_checked_at_once(own):
    own('[common]\nclosing = "x"\n')
    folder = own('[common]\nclosing = "y"\n', "ja")
    assert [file.stem for file in check_own_wording(folder)] == ["en", "ja"]


def test_a_file_for_a_language_without_letters_is_refused(own):
    with pytest.raises(OverrideRefused, match=r"no letters are written in 'eo'; known are: en, "):
        check_own_wording(own('[common]\nclosing = "x"\n', "eo"))
