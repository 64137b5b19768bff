"""The words of the letters: one TOML file per language, and a controller's own wording over it.

A file is tables of *fragments*: sentences and names, addressed as `table.name`. A fragment holds text and `{{ variables }}`,
nothing else: whatever decides stands in the structure, so that a translator cannot break a letter's logic.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from privbot import resources
from privbot.letters.errors import OverrideRefused, WordMissing
from privbot.letters.variables import KEPT, WORD_TABLES, allowed

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment

DEFAULT_LANGUAGE = "en"


class Words:
    """The fragments of one language, compiled when first used."""

    def __init__(self, language: str, fragments: Mapping[str, str]) -> None:
        self.language = language
        self.fragments = fragments
        self._compiled: dict[str, Template] = {}

    def say(self, fragment: str, values: Mapping[str, str]) -> str:
        """The fragment with its variables filled in. Raises WordMissing."""
        source = self.fragments.get(fragment)
        if source is None:
            raise WordMissing(self.language, fragment)
        if "{" not in source:
            return source
        template = self._compiled.get(fragment)
        if template is None:
            template = self._compiled[fragment] = environment().from_string(source)
        return template.render(values)

    def day(self, day: date) -> str:
        """7 April 2026, 7. April 2026, 2026年4月7日."""
        month = self.say(f"date.months.{day.month}", {})
        return self.say("date.form", {"day": str(day.day), "month": month, "year": str(day.year)})

    def number(self, number: int) -> str:
        """Small numbers in words, others in digits."""
        return self.fragments.get(f"numbers.{number}", str(number))

    def series(self, names: list[str]) -> str:
        """one, two and three."""
        first, last = names[:-1], names[-1]
        between, before_last = self.fragments["list.between"], self.fragments["list.last"]
        return between.join(first) + before_last + last if first else last


def languages() -> list[str]:
    """The languages that have words, English first."""
    found = sorted(file.stem for file in _folder().glob("[a-z]*.toml"))
    return sorted(found, key=lambda language: language != DEFAULT_LANGUAGE)


def notice(language: str) -> str | None:
    """For a language without words: "we answer in English; you may go on writing in your language", in that language."""
    return _notices().get(language)


def words(language: str, own_wording: Path | None = None) -> Words:
    """The words of a language that has some, with a controller's own wording over them. Raises OverrideRefused."""
    if own_wording is None:
        return _words(language, None, 0)
    if not own_wording.is_dir():
        raise OverrideRefused(own_wording, None, "there is no such folder; make it, or take the setting `letters` out")
    file = own_wording / "words" / f"{language}.toml"
    return _words(language, file, file.stat().st_mtime_ns) if file.is_file() else _words(language, None, 0)


@cache
def environment() -> SandboxedEnvironment:
    """The one Jinja2 environment: words are plain text, the structure prints nothing, and only the HTML page escapes."""
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(
        loader=FileSystemLoader([resources.templates() / "letters", resources.templates() / "letters" / "structure"]),
        autoescape=lambda name: name == "page.html.j2",
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def _folder() -> Path:
    return resources.templates() / "letters" / "words"


@cache
def _notices() -> dict[str, str]:
    notices: dict[str, str] = tomllib.loads((_folder() / "_notice.toml").read_text(encoding="utf-8"))
    return notices


@lru_cache(maxsize=256)
def _words(language: str, own_file: Path | None, _changed: int) -> Words:
    """`_changed` is the file's time of change: an edited file is read again."""
    shipped = dict(_flat(tomllib.loads((_folder() / f"{language}.toml").read_text(encoding="utf-8"))))
    return Words(language, shipped | _own(own_file, shipped) if own_file else shipped)


def _own(file: Path, shipped: Mapping[str, str]) -> dict[str, str]:
    """A controller's fragments, each checked."""
    try:
        own = dict(_flat(tomllib.loads(file.read_text(encoding="utf-8"))))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise OverrideRefused(file, None, f"is not TOML: {fault}") from fault
    for fragment, text in own.items():
        if fragment not in shipped:
            raise OverrideRefused(file, fragment, "there is no such fragment")
        if why := what_is_wrong(fragment, text, shipped[fragment]):
            raise OverrideRefused(file, fragment, why)
    return own


def what_is_wrong(fragment: str, text: object, shipped: str) -> str | None:
    """Why a text cannot stand for a fragment; None when it can."""
    from jinja2 import TemplateSyntaxError

    if not isinstance(text, str):
        return "must be a text in quotes"
    if not text.strip() and fragment.partition(".")[0] not in WORD_TABLES:
        return "must not be empty"
    if "  " in text:
        return "must not hold double spaces"
    if any(unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") for character in text):
        return "must not hold line breaks, control or invisible characters"
    try:
        used, wanted = set(_variables(text)), set(_variables(shipped))
    except (TemplateSyntaxError, ValueError) as fault:
        return f"is not well written: {fault}"
    if unknown := sorted(used - allowed(fragment)):
        return f"does not know the variable {unknown[0]}; known here are: {', '.join(sorted(allowed(fragment))) or 'none'}"
    if lost := sorted((wanted & KEPT) - used):
        return f"must keep {{{{ {lost[0]} }}}}"
    return None


def _variables(text: str) -> Iterator[str]:
    """The variables a fragment names. Raises ValueError for anything beside them, TemplateSyntaxError for open braces."""
    from jinja2 import nodes

    for output in environment().parse(text).body:
        if not isinstance(output, nodes.Output):
            raise ValueError("only text and {{ variables }} may stand here")
        for node in output.nodes:
            if isinstance(node, nodes.Name):
                yield node.name
            elif not isinstance(node, nodes.TemplateData):
                raise ValueError("only text and {{ variables }} may stand here")
            elif any(brace in node.data for brace in "{}"):
                raise ValueError("a single brace stands in the text")


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
