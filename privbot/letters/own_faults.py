"""All that is wrong with a text of a controller's own wording, before it is saved: for whoever is writing it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from privbot.letters.catalogue import KINDS
from privbot.letters.compose import compose
from privbot.letters.errors import OverrideRefused, UnknownOwnFile
from privbot.letters.own_files import OwnFiles, structure_file, words_file
from privbot.letters.own_wording import faults_of_structure
from privbot.letters.sample import samples
from privbot.letters.words import faults_of_words, languages

NOWHERE = Path("own-wording")
"""The text is looked at by itself, whatever else lies in the controller's folder."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to change."""

    line: int | None
    """Where known; the first is 1."""
    fragment: str | None
    """Of a wording."""
    why: str


def own_files() -> tuple[str, ...]:
    """Every file that a controller's folder may hold."""
    return (*map(words_file, languages()), *map(structure_file, KINDS))


def faults(file: str, text: str) -> list[Fault]:
    """What has to change before `text` can be used as this file; nothing when it can. Raises UnknownOwnFile."""
    if file not in own_files():
        raise UnknownOwnFile(file)
    subject = PurePosixPath(file).stem
    if file == structure_file(subject):
        return [Fault(line, None, why) for line, why in faults_of_structure(subject, text)]
    found = [Fault(*one) for one in faults_of_words(subject, text)]
    return found or list(_faults_in_letters(subject, file, text))


def _faults_in_letters(language: str, file: str, text: str) -> Iterator[Fault]:
    """What only shows when letters are written: each of them, in each way it can turn out."""
    from jinja2 import UndefinedError

    own = OwnFiles(NOWHERE, {file: text})
    for letter in KINDS:
        for sample in samples(letter, language):
            try:
                compose(letter, language, sample, own_wording=own)
            except (UndefinedError, OverrideRefused) as fault:
                yield Fault(None, None, f"the letter {letter} cannot be written with it: {fault}")
                break
