"""Where one sentence ends and the next begins."""

import pytest

from privbot.reading.fold import fold
from privbot.reading.sentences import split


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Hello. Please delete it!", ["hello.", "please delete it!"]),
        ("data under Art. 15 GDPR. Thanks", ["data under art. 15 gdpr.", "thanks"]),  # an abbreviation ends nothing
        ("開示してください。よろしく。", ["開示してください。", "よろしく。"]),
        ("- my name\n- my address", ["- my name", "- my address"]),
        ("hi\nplease delete me\nBo", ["hi", "please delete me", "bo"]),  # short lines were meant as lines
        (
            "I would like to receive a copy of all the personal data\nthat you hold about me.",
            ["i would like to receive a copy of all the personal data that you hold about me."],  # a wrapped line goes on
        ),
        ("...\n!!!", []),
    ],
)
def test_sentences_are_found(text: str, sentences: list[str]) -> None:
    assert [sentence.text for sentence in split(fold(text))] == sentences


def test_the_subject_line_is_a_sentence_of_its_own() -> None:
    first, second = split(fold("My data\nDelete it."), subject_length=8)
    assert first.subject
    assert not second.subject
