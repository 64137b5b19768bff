"""What the patterns see, and the way back to what was written."""

import pytest

from privbot.reading.fold import fold


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("Löschung", "loschung"),
        ("DONNÉES", "donnees"),
        ("Øresund, łódź", "oresund, lodz"),
        ("ｄｅｌｅｔｅ", "delete"),  # full-width Latin
        ("de\u200blete", "delete"),  # zero width space
        ("de\u00adlete", "delete"),  # soft hyphen
        ("dеlеtе", "delete"),  # Cyrillic е
        ("I’m", "i'm"),
        ("個人情報の開示", "個人情報の開示"),
        ("が", "が"),  # the voicing mark is no accent
        ("удалите", "удалите"),  # a word that is all Cyrillic stays
    ],
)
def test_tricks_accents_and_case_are_undone(written: str, seen: str) -> None:
    assert fold(written).text == seen


def test_a_span_of_the_folded_text_finds_the_characters_that_were_written() -> None:
    written = "please de\u200blete\u200b it"
    folded = fold(written)
    start = folded.text.index("delete")
    first, last = folded.original(start, start + len("delete"))
    assert written[first:last] == "de\u200blete"
