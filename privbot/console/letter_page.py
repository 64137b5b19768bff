"""What the page of one letter shows, in one controller's wording and one language."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from django.core.cache import cache
from django.http import Http404, HttpRequest
from django.urls import reverse

from privbot.console import letter_words
from privbot.console.models import Role, User
from privbot.console.words import sentence
from privbot.errors import WrongUse
from privbot.letters.catalogue import KINDS
from privbot.letters.differences import Line, differences
from privbot.letters.fragments import commented, fragments_of
from privbot.letters.model import ComposedLetter
from privbot.letters.own_faults import Fault
from privbot.letters.own_files import shipped_text, structure_file, words_file
from privbot.letters.page import Page
from privbot.letters.sample import samples
from privbot.letters.variables import VARIABLES, allowed
from privbot.letters.words import languages, words
from privbot.worker import wording

Part = Literal["words", "structure"]
PREVIEW_SECONDS = 900
"""How long an unsaved letter can be shown in its frame."""
BLOCKS = ("paragraph", "item", "fact", "code", "verbatim", "signature")
CALLS = ("say", "by_law", "law_name", "asks", "names", "basis")


@dataclass(frozen=True, slots=True)
class Address:
    """Which letter, as the address of the page says it."""

    controller: str
    name: str
    language: str
    part: Part = "words"

    @classmethod
    def of(cls, request: HttpRequest, controller: str, name: str, language: str, part: str = "words") -> Address:
        """Raises Http404 for what is not there."""
        known = controller in request.office.config.controllers and name in KINDS and language in languages()
        if not known or part not in ("words", "structure"):
            raise Http404
        return cls(controller, name, language, cast("Part", part))

    @property
    def file(self) -> str:
        return words_file(self.language) if self.part == "words" else structure_file(self.name)

    def url(self, view: str) -> str:
        named = {"controller": self.controller, "name": self.name, "language": self.language}
        return reverse(view, kwargs=named if view in ("letter_wording", "letter_frame") else {**named, "part": self.part})

    def other(self, **changes: str) -> str:
        """The page of the same letter in another language or with its other part."""
        part = changes.get("part", self.part)
        moved = Address(self.controller, self.name, changes.get("language", self.language), cast("Part", part))
        return f"{moved.url('letter_wording')}?part={part}"


@dataclass(frozen=True, slots=True)
class Fragment:
    """One sentence of the letter."""

    name: str
    shipped: str
    own: str
    """Empty where the shipped one holds."""
    variables: Sequence[str]


@dataclass(frozen=True, slots=True)
class Preview:
    """The letter as it would leave, or why it would not."""

    letter: ComposedLetter | None
    faults: Sequence[Fault]
    frame: str
    """Where the HTML lies."""


def shown(
    request: HttpRequest, at: Address, *, typed: str | None = None, version: int | None = None, sample: int = 0
) -> dict[str, Any]:
    """All that the page needs. `typed` and `version` are what somebody had in the form, if they had anything. Raises WrongUse."""
    office = request.office
    opened = wording.open_file(office, at.controller, at.file)
    text = opened.text if typed is None else typed
    own = wording.own_text_of(office, at.controller, at.language)
    shipped = words(at.language).fragments
    names = fragments_of(at.name)
    used = {name for fragment in names for name in allowed(fragment)}
    versions = wording.history(at.controller, at.file, limit=1)
    return {
        "at": at, "kind": KINDS[at.name], "title": letter_words.TITLES[at.name], "when": letter_words.WHEN[at.name],
        "controller_name": office.config.controllers[at.controller].name, "languages": languages(),
        "text": text, "has_own": bool(opened.text), "version": opened.version if version is None else version,
        "latest": versions[0] if versions else None, "faults": (), "may_edit": request.user.may(Role.LEAD),
        "fragments": [Fragment(one, shipped[one], own.get(one, ""), sorted(allowed(one))) for one in names],
        "variables": [(one.name, letter_words.VARIABLES[one.name]) for one in VARIABLES if one.name in used],
        "blocks": _described(BLOCKS), "calls": _described(CALLS),
        "shipped_structure": shipped_text(structure_file(at.name)),
        "to_shipped": differences(shipped_text(at.file), opened.text) if at.part == "structure" and opened.text else [],
        "sample": sample, "samples": len(samples(at.name, at.language)),
        "preview": preview(request, at, None if typed is None else typed, sample), "conflict": None, "theirs": (),
    }  # fmt: skip


def beginning(at: Address) -> str:
    """What somebody begins to change: what ships."""
    return commented(at.name, at.language) if at.part == "words" else shipped_text(at.file)


def preview(request: HttpRequest, at: Address, typed: str | None, sample: int) -> Preview:
    """The letter with what is typed, or as it is saved. What is typed waits for its frame in this process, for who typed it."""
    unsaved: Mapping[str, str] = {} if typed is None else {at.file: typed}
    try:
        letter = wording.preview(request.office, at.controller, at.name, at.language, unsaved=unsaved, sample=sample)
    except wording.WordingRefused as fault:
        return Preview(None, fault.faults, "")
    except WrongUse as fault:
        return Preview(None, [Fault(None, None, sentence(fault))], "")
    frame = f"{at.url('letter_frame')}?sample={sample}"
    return Preview(letter, (), frame if typed is None else f"{frame}&key={_put_aside(request.user, letter.html)}")


def html_of(request: HttpRequest, at: Address, key: str, sample: int) -> str:
    """The HTML for the frame. Raises Http404 for what was not put aside for this person, or too long ago."""
    if not key:
        letter = preview(request, at, None, sample).letter
        if letter is None:
            raise Http404
        return letter.html
    owner, html = cache.get(f"letter-preview:{key}") or (None, "")
    if owner != request.user.pk:
        raise Http404
    return str(html)


def changes_since(at: Address, version: int) -> list[Line]:
    """What others changed since the version that somebody had open."""
    now = wording.history(at.controller, at.file, limit=1)[0].text
    try:
        before = wording.version_of(at.controller, at.file, version).text
    except wording.UnknownVersion:
        before = ""
    return differences(before, now)


def _put_aside(user: User, html: str) -> str:
    key = secrets.token_urlsafe(16)
    cache.set(f"letter-preview:{key}", (user.pk, html), PREVIEW_SECONDS)
    return key


def _described(names: Sequence[str]) -> list[tuple[str, str]]:
    """What a structure may call, as its code says it."""
    return [(name, (getattr(Page, name).__doc__ or "").splitlines()[0]) for name in names]
