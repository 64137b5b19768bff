"""A text of a controller's own wording before it is saved: every fault with its line."""

from __future__ import annotations

import time

import pytest

from privbot.letters.errors import UnknownOwnFile
from privbot.letters.own_faults import faults, own_files
from privbot.letters.words import words

FAULTS = [
    # file, text, (line, fragment, words of the reason) of each fault
    ("words/en.toml", "", []),
    ("words/en.toml", "# nothing yet\n", []),
    ("words/de.toml", '[common]\nclosing = "Herzlich"\n', []),
    ("words/en.toml", "[common]\n\nclosing = x\n", [(3, None, "is not TOML")]),
    # the end of the text has no number in Python's own message
    ("words/en.toml", '[common]\nclosing = "x', [(2, None, "is not TOML")]),
    ("words/en.toml", "a = " + "[" * 5000, [(None, None, "nested too deeply")]),
    ("words/en.toml", "#" * 200_001, [(None, None, "longer than 200,000")]),
    # all faults at once, each where it stands: in tables, dotted, quoted
    (
        "words/en.toml",
        '[common]\n# mine\nclosng = "x"\nclosing = "{{ email }}"\n[requests]\nby_law = "soon"\n',
        [(3, "common.closng", "no such fragment"), (4, "common.closing", "does not know the variable email"), (6, "requests.by_law", "keep")],
    ),
    ("words/en.toml", '\ncommon."closing" = "{"\n', [(2, "common.closing", "single brace")]),
    ("words/en.toml", f'common.closing = "{"x" * 2001}"', [(1, "common.closing", "longer than 2,000 characters")]),
    # a variable that is known there, and that the letter does not give
    ("structure/closed.j2", '{% extends "closed.j2" %}\n', []),
    ("structure/closed.j2", "Dear all", [(None, None, "prints 'Dear all'")]),
    (
        "structure/closed.j2",
        "{{ nobody }}\n{{ letter.email }}",
        [(1, None, "does not know nobody"), (2, None, "the letter has no email")],
    ),
    # nothing of it is reckoned before it is refused
    (
        "structure/closed.j2",
        '{{ nobody }}\n{{ "x" * 10 ** 12 }}\n{{ 1 / 0 }}',
        [(2, None, "must not reckon with *"), (2, None, "must not reckon with **"), (3, None, "must not reckon with /")],
    ),
    ("structure/closed.j2", "{{ nobody", [(1, None, "is not well written")]),
    ("structure/closed.j2", "   ", [(None, None, "must keep the reference")]),
]  # fmt: skip


@pytest.mark.parametrize(("file", "text", "expected"), FAULTS, ids=range(len(FAULTS)))
def test_every_fault_is_told_with_its_line(file, text, expected):
    found = faults(file, text)
    assert [(one.line, one.fragment) for one in found] == [(line, fragment) for line, fragment, _ in expected]
    assert all(why in one.why for one, (_, _, why) in zip(found, expected, strict=True))


@pytest.mark.parametrize("file", ["words/eo.toml", "structure/../../x.j2", "../words/en.toml", "words/en.j2", "/etc/passwd", ""])
def test_no_other_file_can_be_named(file):
    assert file not in own_files()
    with pytest.raises(UnknownOwnFile):
        faults(file, "")


def test_wording_that_only_breaks_when_letters_are_written_is_found(monkeypatch):
    from privbot.letters import words as words_module

    monkeypatch.setattr(words_module, "allowed", lambda fragment: frozenset(("fee",)))
    [fault, *_] = faults("words/en.toml", '[common]\nclosing = "{{ fee }}"\n')
    assert "the letter acknowledgment cannot be written with it" in fault.why


def test_many_faults_in_a_long_text_are_found_quickly():
    text = "[common]\n" + "\n".join(f'x{number} = "{{"' for number in range(10_000))
    before = time.perf_counter()
    assert len(faults("words/en.toml", text)) == 10_000
    assert time.perf_counter() - before < 2


def test_all_shipped_words_would_pass_as_own_ones():
    own = "\n".join(f"{fragment} = {quoted(text)}" for fragment, text in words("ja").fragments.items())
    assert faults("words/ja.toml", own) == []


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
