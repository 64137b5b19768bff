"""What an operator writes: taken as it stands, or refused in one sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from privbot.letters.compose import compose
from privbot.letters.errors import TextRefused
from privbot.letters.free_text import LONGEST
from privbot.letters.model import Kept, Recipient
from privbot.letters.sample import sample_context

EXTENSION = sample_context("en", "extension")


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"reason": "x" * (LONGEST + 1)}, "reason: the text is longer than 2000 characters"),
        # a bidirectional override shows another text than it holds
        ({"reason": "invoice \u202etxt.exe"}, "reason: the text holds control or invisible characters"),
        ({"reason": "zero\u200bwidth"}, "reason: the text holds control"),
        ({"reason": "bell\x07"}, "reason: the text holds control"),
        # also deep inside a list
        ({"kept": (Kept("Invoices", "x" * 3000),)}, "kept: the text is longer"),
        ({"recipients": (Recipient("A\x00"),)}, "recipients: the text holds control"),
        ({"measures": ("x" * 3000,)}, "measures: the text is longer"),
    ],
)
def test_a_text_that_is_not_fit_for_a_letter_is_refused(values, why):
    with pytest.raises(TextRefused, match=why):
        compose("extension", "en", replace(EXTENSION, **values))


def test_a_refused_text_is_not_repeated_in_the_refusal():
    with pytest.raises(TextRefused) as refused:
        compose("extension", "en", replace(EXTENSION, reason="Mina's illness\x00"))
    assert "Mina" not in str(refused.value)


def test_the_longest_text_is_taken():
    assert "x" * LONGEST in compose("extension", "en", replace(EXTENSION, reason="x" * LONGEST)).text


def test_a_text_is_never_read_as_a_template():
    made = compose("extension", "en", replace(EXTENSION, reason="{{ reference.__class__ }} {% for x in y %} ${HOME}"))
    assert "{{ reference.__class__ }} {% for x in y %} ${HOME}" in made.text.replace("\n", " ")


def test_a_text_is_escaped_in_the_html():
    made = compose("extension", "en", replace(EXTENSION, reason="<script>alert(1)</script> & <img src=x>"))
    assert "<script>" not in made.html and "<img" not in made.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;img src=x&gt;" in made.html


def test_several_paragraphs_stay_several():
    text = compose("extension", "en", replace(EXTENSION, reason="First.\r\n\r\n  Second   one.  \n")).text
    assert "\n\nThe reason is: First.\n\nSecond one.\n\n" in text


def test_a_space_that_does_not_break_stays():
    reason = "Motif\u00a0: " + "x " * 33 + "fin\u202f!"
    made = compose("extension", "en", replace(EXTENSION, reason=reason))
    assert "Motif\u00a0:" in made.text and "fin\u202f!" in made.text
