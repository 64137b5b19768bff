"""Words that make a password easy to guess here: privbot's own, the controllers' and the person's."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from privbot.config import Config

OUR_WORDS = ("privbot", "privacy", "console", "password")
SHORTEST_WORD = 4
LEAST_BESIDE = 8
"""Characters that a password must have besides such words."""


class GuessableWordValidator:
    """Refuses a password that is little more than words everybody here knows (OWASP ASVS 5.0, 6.1.2 and 6.2.11)."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self._words = words

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError where too little is left without the words."""
        own = words_in(getattr(user, "email", ""), getattr(user, "name", ""))
        left = password.casefold()
        for word in sorted({*self._words, *own}, key=len, reverse=True):
            left = left.replace(word, "")
        if left != password.casefold() and len(left) < LEAST_BESIDE:
            raise ValidationError(
                _("This password is mostly a name or word that everybody here knows. Choose one that nobody would guess."),
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        return _("It must not be mostly a name or word that everybody here knows.")


def guessable_words(config: Config) -> tuple[str, ...]:
    """The words of this installation: ours, and those of the controllers' names and addresses."""
    texts = (text for one in config.controller for text in (one.id, one.name, *one.addresses))
    return tuple(sorted({*OUR_WORDS, *words_in(*texts)}))


def words_in(*texts: str) -> set[str]:
    """The words of some texts, folded, without the short ones."""
    return {word for text in texts for word in re.findall(r"\w+", text.casefold()) if len(word) >= SHORTEST_WORD}
