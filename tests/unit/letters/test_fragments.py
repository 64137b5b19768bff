"""Which fragments a letter is made of."""

from __future__ import annotations

import pytest

from privbot.letters.compose import letters
from privbot.letters.errors import UnknownLetter
from privbot.letters.fragments import fragments_of


@pytest.mark.parametrize("letter", letters())
def test_a_letter_is_made_of_its_own_table_and_of_what_every_letter_says(letter):
    found = fragments_of(letter)
    assert f"{letter}.subject" in found and f"{letter}.opening" in found
    assert "common.closing" in found
    assert len(set(found)) == len(found)


def test_a_fragment_of_another_letter_is_none_of_it():
    assert not [one for one in fragments_of("closed") if one.startswith("refusal.")]


def test_what_no_sample_says_and_stands_in_its_own_table_belongs_to_it():
    assert "acknowledgment.late" in fragments_of("acknowledgment")


def test_a_letter_that_does_not_exist_has_none():
    with pytest.raises(UnknownLetter):
        fragments_of("nothing")
