"""The words of the letters: one TOML file per language, and a controller's own wording over it.

A file is tables of *fragments*: sentences and names, addressed as `table.name`. A fragment holds text and `{{ variables }}`,
nothing else: whatever decides stands in the structure, so that a translator cannot break a letter's logic.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from privbot import resources
from privbot.letters.errors import OverrideRefused, WordMissing
from privbot.letters.free_text import LONGEST
from privbot.letters.own_files import OwnFiles, words_file
from privbot.letters.variables import KEPT, WORD_TABLES, allowed

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment

DEFAULT_LANGUAGE = "en"
LONGEST_FILE = 200_000
"""Characters of a controller's own words; all that ships in one language has 40,000."""


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


def words(language: str, own: OwnFiles | None = None) -> Words:
    """The words of a language that has some, with a controller's own wording over them. Raises OverrideRefused."""
    text = own.text(words_file(language)) if own else None
    return _words(language, text, own.path(words_file(language)) if own and text else None)


@cache
def environment() -> SandboxedEnvironment:
    """The one Jinja2 environment: words are plain text, the structure prints nothing, and only the HTML page escapes."""
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    made = SandboxedEnvironment(
        loader=FileSystemLoader([resources.templates() / "letters", resources.templates() / "letters" / "structure"]),
        autoescape=lambda name: name == "page.html.j2",
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.clear()  # range, namespace, …: no letter needs them, and a structure could run for ever with them
    return made


def _folder() -> Path:
    return resources.templates() / "letters" / "words"


@cache
def _notices() -> dict[str, str]:
    notices: dict[str, str] = tomllib.loads((_folder() / "_notice.toml").read_text(encoding="utf-8"))
    return notices


@lru_cache(maxsize=256)
def _words(language: str, own: str | None, file: Path | None) -> Words:
    return Words(language, _shipped(language) | own_fragments(language, own, file) if own and file else _shipped(language))


@cache
def _shipped(language: str) -> dict[str, str]:
    return dict(_flat(tomllib.loads((_folder() / f"{language}.toml").read_text(encoding="utf-8"))))


def own_fragments(language: str, text: str, file: Path) -> dict[str, str]:
    """A controller's fragments, each checked. Raises OverrideRefused, naming the file, for the first that is wrong."""
    for line, fragment, why in faults_of_words(language, text):
        raise OverrideRefused(file, fragment, why, line)
    return dict(_flat(tomllib.loads(text)))


def faults_of_words(language: str, text: str) -> Iterator[tuple[int | None, str | None, str]]:
    """All that is wrong with a controller's own words: line, fragment, and why."""
    if len(text) > LONGEST_FILE:
        yield None, None, f"is longer than {LONGEST_FILE:,} characters"
        return
    try:
        own = dict(_flat(tomllib.loads(text)))
    except tomllib.TOMLDecodeError as fault:
        at_line = re.search(r"at line (\d+)", str(fault))
        yield int(at_line[1]) if at_line else text.count("\n") + 1, None, f"is not TOML: {fault}"
        return
    except RecursionError:
        yield None, None, "is nested too deeply"
        return
    lines = _lines(text)
    shipped = _shipped(language)
    for fragment, own_text in own.items():
        why = what_is_wrong(fragment, own_text, shipped[fragment]) if fragment in shipped else "there is no such fragment"
        if why:
            yield lines.get(fragment), fragment, why


def _lines(text: str) -> dict[str, int]:
    """Where a TOML file gives each key its value, as people write such files."""
    found, table = {}, ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[([^\[\]]+)\]", line):
            table = f"{header[1]}."
        elif key := re.match(r"\s*([\w.\-\"' ]+?)\s*=", line):
            found[_plain(f"{table}{key[1]}")] = number
    return found


def _plain(key: str) -> str:
    """`"common" . closing` → `common.closing`."""
    return re.sub(r"[\s\"']", "", key)


def what_is_wrong(fragment: str, text: object, shipped: str) -> str | None:
    """Why a text cannot stand for a fragment; None when it can."""
    from jinja2 import TemplateSyntaxError

    if not isinstance(text, str):
        return "must be a text in quotes"
    if not text.strip() and fragment.partition(".")[0] not in WORD_TABLES:
        return "must not be empty"
    if "  " in text:
        return "must not hold double spaces"
    if len(text) > LONGEST:
        return f"must not be longer than {LONGEST:,} characters"
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
