"""A controller's own wording of letters, as somebody changes it: looked at before it is saved, checked, kept with its history, taken back.

What letters are written with lies in the controller's folder (`letters.own_files`); the history lies in the records. A file that was
changed by hand is noticed when it is next opened, and joins the history as a version by `(file)`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from privbot.errors import WrongUse
from privbot.letters.catalogue import KINDS, Kind
from privbot.letters.compose import compose
from privbot.letters.errors import UnknownOwnFile
from privbot.letters.fragments import fragments_of
from privbot.letters.model import ComposedLetter
from privbot.letters.own_faults import Fault, faults, own_files
from privbot.letters.own_files import OwnFiles, structure_file, words_file
from privbot.letters.sample import samples
from privbot.letters.words import faults_of_words, languages, own_fragments
from privbot.records.audit import Event, record
from privbot.records.database import writing
from privbot.records.models import WordingVersion
from privbot.worker.office import Office

BY_HAND = "(file)"
"""Who changed a file that did not change here."""


class WordingRefused(WrongUse):
    """The text cannot be used for letters."""

    code = "wording-refused"

    def __init__(self, found: list[Fault]) -> None:
        first = found[0]
        place = f"line {first.line}: " if first.line else ""
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        super().__init__(f"{place}{f'{first.fragment}: ' if first.fragment else ''}{first.why}{more}")
        self.faults = found


class WordingChanged(WrongUse):
    """Somebody else has changed this wording since you opened it; look at their version, and save yours again if it still holds."""

    code = "wording-changed"

    def __init__(self, latest: WordingVersion) -> None:
        super().__init__()
        self.latest = latest


class FolderNotWritable(WrongUse):
    """The folder of the controller's letters cannot be written."""

    code = "folder-not-writable"


class UnknownVersion(WrongUse):
    """This file has no version with that number."""

    code = "unknown-version"


@dataclass(frozen=True, slots=True)
class LetterOverview:
    """One letter of a controller: where its wording is its own."""

    kind: Kind
    own_structure: bool
    own_languages: tuple[str, ...]
    """Languages in which at least one of its fragments reads differently."""


@dataclass(frozen=True, slots=True)
class OpenFile:
    """One file of own wording, opened to be changed."""

    file: str
    text: str
    """Empty where there is none."""
    version: int
    """The number of the latest version; 0: it never had one. Whoever saves says which one they saw."""


def overview(office: Office, controller: str) -> list[LetterOverview]:
    """Every letter, and in which languages its wording is the controller's own. A file that cannot be used counts as none."""
    own = _own(office, controller)
    changed = {language: _fragments(language, own) for language in languages()}
    return [
        LetterOverview(
            kind,
            bool(own.text(structure_file(kind.name))),
            tuple(one for one in changed if not changed[one].keys().isdisjoint(fragments_of(kind.name))),
        )
        for kind in KINDS.values()
    ]


def own_text_of(office: Office, controller: str, language: str) -> Mapping[str, str]:
    """The fragments that read differently at this controller: fragment → text."""
    return _fragments(language, _own(office, controller))


def open_file(office: Office, controller: str, file: str) -> OpenFile:
    """A file as it lies in the folder. A change by hand joins the history. Raises UnknownOwnFile, OverrideRefused when it is not UTF-8."""
    latest, text = _latest_and_on_disk(office, controller, file)
    if text != (latest.text if latest else ""):
        with writing():
            # Looked at once more when nobody saves: a file that is just being saved was not changed by hand.
            latest, text = _latest_and_on_disk(office, controller, file)
            if text != (latest.text if latest else ""):
                latest = _keep(office, controller, file, text, BY_HAND, "wording changed by hand")
    return OpenFile(file, text, latest.id if latest else 0)


def history(controller: str, file: str, *, limit: int = 50) -> list[WordingVersion]:
    """The versions of a file, newest first."""
    return list(WordingVersion.objects.filter(controller=controller, file=file).order_by("-id")[:limit])


def version_of(controller: str, file: str, version: int) -> WordingVersion:
    """One version. Raises UnknownVersion."""
    found = WordingVersion.objects.filter(controller=controller, file=file, id=version).first()
    if found is None:
        raise UnknownVersion
    return found


def save(office: Office, controller: str, file: str, text: str, *, actor: str, version: int) -> WordingVersion | None:
    """Use this text from the next letter on. `version` is the number of the version that was shown. None: nothing changed.

    Raises UnknownOwnFile, WordingRefused with all that is wrong, WordingChanged, FolderNotWritable.
    """
    text = _tidy(text)
    if not text:
        return take_back(office, controller, file, actor=actor, version=version)
    if found := faults(file, text):
        raise WordingRefused(found)
    return _change(office, controller, file, text, actor, version, "wording saved")


def take_back(office: Office, controller: str, file: str, *, actor: str, version: int) -> WordingVersion | None:
    """The shipped wording holds again. Raises UnknownOwnFile, WordingChanged, FolderNotWritable."""
    return _change(office, controller, file, "", actor, version, "wording taken back")


def restore(office: Office, controller: str, file: str, old: int, *, actor: str, version: int) -> WordingVersion | None:
    """Use an old version again. Raises UnknownVersion, and as `save`: what was fine then may be refused now."""
    return save(office, controller, file, version_of(controller, file, old).text, actor=actor, version=version)


def preview(
    office: Office, controller: str, letter: str, language: str, *, unsaved: Mapping[str, str] | None = None, sample: int = 0
) -> ComposedLetter:
    """The letter in the controller's name with invented values, from texts that are not saved (file → text) over those that are.

    Raises UnknownLetter, UnknownOwnFile, WordingRefused.
    """
    texts = {file: _tidy(text) for file, text in (unsaved or {}).items()}
    for file, text in texts.items():
        if found := _quick_faults(file, text):
            raise WordingRefused(found)
    settings = office.config.named_controller(controller)
    every = samples(letter, language)
    context = replace(
        every[min(sample, len(every) - 1)],
        controller_name=settings.name,
        contact=settings.contact or f"{settings.name}\n{settings.addresses[0]}",
    )
    return compose(letter, language, context, own_wording=replace(_own(office, controller), unsaved=texts))


def _quick_faults(file: str, text: str) -> list[Fault]:
    """For words without writing all letters: the one that is looked at is written anyway."""
    language = Path(file).stem
    if text and file == words_file(language) and file in own_files():
        return [Fault(*one) for one in faults_of_words(language, text)]
    return faults(file, text) if text else []


def _change(
    office: Office, controller: str, file: str, text: str, actor: str, version: int, action: str
) -> WordingVersion | None:
    now = open_file(office, controller, file)
    with writing():
        latest = history(controller, file, limit=1)
        if latest and latest[0].id != version:
            raise WordingChanged(latest[0])
        if text == now.text:
            return None
        kept = _keep(office, controller, file, text, actor, action)
        _put(office.config.letters_folder(office.config.named_controller(controller)) / file, text)
        return kept


def _keep(office: Office, controller: str, file: str, text: str, actor: str, action: str) -> WordingVersion:
    kept = WordingVersion.objects.create(controller=controller, file=file, at=office.clock(), actor=actor, text=text)
    data = {"file": file, "version": kept.id, "characters": len(text)}
    record([Event(action, f"controller:{controller}", data)], actor=actor, now=office.clock())
    return kept


def _put(path: Path, text: str) -> None:
    """In one go: a letter that is written meanwhile sees the old file or the new one. Raises FolderNotWritable."""
    try:
        if not text:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f".{path.name}.new")
        with new.open("w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        new.replace(path)
    except OSError as fault:
        raise FolderNotWritable(
            f"{path.parent} cannot be written ({fault.strerror}); give privbot's account the right to, or name another folder in `letters`."
        ) from None


def _latest_and_on_disk(office: Office, controller: str, file: str) -> tuple[WordingVersion | None, str]:
    """The latest version, and then what lies in the folder: what somebody saves in between is not taken for what was shown."""
    latest = next(iter(history(controller, file, limit=1)), None)
    return latest, _on_disk(office, controller, file)


def _on_disk(office: Office, controller: str, file: str) -> str:
    if file not in own_files():
        raise UnknownOwnFile(file)
    return _own(office, controller).text(file) or ""


def _own(office: Office, controller: str) -> OwnFiles:
    return OwnFiles(office.config.letters_folder(office.config.named_controller(controller)))


def _fragments(language: str, own: OwnFiles) -> dict[str, str]:
    try:
        text = own.text(words_file(language))
        return own_fragments(language, text, own.path(words_file(language))) if text else {}
    except WrongUse:
        return {}


def _tidy(text: str) -> str:
    """As files on this machine end their lines; nothing but spaces is nothing."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return f"{lines.rstrip()}\n" if lines.strip() else ""
