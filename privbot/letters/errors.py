"""What the letters room refuses, and why."""

from __future__ import annotations

from pathlib import Path

from privbot.errors import PrivbotError, WrongUse


class UnknownLetter(WrongUse):
    """There is no letter of that name."""

    code = "unknown-letter"

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(f"there is no letter {name!r}; known are: {', '.join(known)}")
        self.name = name
        self.known = known


class LetterIncomplete(WrongUse):
    """The letter cannot be written: something it must say is not known."""

    code = "letter-incomplete"


class TextRefused(WrongUse):
    """A text written for a letter cannot stand in it."""

    code = "text-refused"


class AttachmentRefused(WrongUse):
    """A file cannot go with a letter."""

    code = "attachment-refused"


class OverrideRefused(WrongUse):
    """A controller's own wording or structure cannot be used."""

    code = "override-refused"

    def __init__(self, file: Path, place: str | None, why: str, line: int | None = None) -> None:
        super().__init__(f"{file}: {f'{place}: ' if place else ''}{why}")
        self.file = file
        self.place = place
        """The fragment of a wording, or the line of a structure."""
        self.why = why
        self.line = line
        """Where known; the first is 1."""


class UnknownOwnFile(WrongUse):
    """A controller's own wording has no file of that name."""

    code = "unknown-own-file"

    def __init__(self, file: str) -> None:
        super().__init__(f"own wording has no file {file!r}: it is words/<language>.toml, or structure/<letter>.j2")


class WordMissing(PrivbotError):
    """A language lacks a fragment that a letter asks for."""

    code = "word-missing"

    def __init__(self, language: str, fragment: str) -> None:
        super().__init__(f"the words in {language!r} lack {fragment}")
        self.language = language
        self.fragment = fragment
