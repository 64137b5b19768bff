"""Which fragments a letter is made of: what somebody who rewords it can change."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from privbot.letters.catalogue import kind_of
from privbot.letters.page import Page
from privbot.letters.sample import samples
from privbot.letters.words import DEFAULT_LANGUAGE, Words, environment, words


class _Heard(Words):
    """Words that remember what was said with them."""

    def __init__(self, language: str, fragments: Mapping[str, str]) -> None:
        super().__init__(language, fragments)
        self.said: set[str] = set()

    def say(self, fragment: str, values: Mapping[str, str]) -> str:
        self.said.add(fragment)
        return super().say(fragment, values)


@cache
def fragments_of(letter: str) -> tuple[str, ...]:
    """The fragments of its own table, then those others that the shipped letter says in its samples; each in the order of the words' file.

    Raises UnknownLetter.
    """
    kind_of(letter)
    every = words(DEFAULT_LANGUAGE).fragments
    heard = _Heard(DEFAULT_LANGUAGE, every)
    for sample in samples(letter, DEFAULT_LANGUAGE):
        environment().get_template(f"{letter}.j2").render(Page(letter, heard, sample).vocabulary())
    own = [one for one in every if one.startswith(f"{letter}.")]
    return (*own, *(one for one in every if one in heard.said and one not in own))


def commented(letter: str, language: str) -> str:
    """The letter's fragments as a file of own words to begin with: each behind a `#`. Raises UnknownLetter."""
    shipped = words(language).fragments
    return "".join(f"# {one} = {_quoted(shipped[one])}\n" for one in fragments_of(letter))


def _quoted(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
