"""Name, language and values → a letter. Pure: the same input always gives the same letter.

The structure of a letter stands once (templates/letters/structure), its words once per language (templates/letters/words). The
structure is run once and puts down blocks; text and HTML are made from the same blocks, so that they cannot say different things.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

from privbot import resources
from privbot.letters.errors import LetterIncomplete, UnknownLetter
from privbot.letters.model import Block, ComposedLetter, LetterContext, LetterRequest
from privbot.letters.names import safe_name
from privbot.letters.plain import plain_text
from privbot.letters.words import DEFAULT_LANGUAGE, Words, environment, languages, notice, words


def compose(name: str, language: str, context: LetterContext, *, own_wording: Path | None = None) -> ComposedLetter:
    """The letter `name` in the reader's language (a tag such as `de` or `pt-BR`), as text and HTML.

    A language without words gets English, with one line of its own that says so. `own_wording` is a controller's folder with
    `words/<language>.toml`. Raises UnknownLetter, LetterIncomplete (a code is missing), OverrideRefused.
    """
    if name not in letters():
        raise UnknownLetter(name, letters())
    _refuse_incomplete(name, context)
    wanted = language.replace("_", "-").partition("-")[0].lower()
    used = wanted if wanted in _languages() else DEFAULT_LANGUAGE
    page = _Page(words(used, own_wording), context)
    if used != wanted and (line := notice(wanted)):
        page.blocks.append(Block("paragraph", [line], language=wanted))
    environment().get_template(f"{name}.j2").render(page.vocabulary())
    subject = page.say(f"{name}.subject")
    text = plain_text(page.blocks, page.words.fragments["list.label_end"])
    html = environment().get_template("page.html.j2").render(language=used, subject=subject, blocks=page.blocks)
    return ComposedLetter(name, used, subject, text, html)


@cache
def letters() -> tuple[str, ...]:
    """The names of all letters."""
    folder = resources.templates() / "letters" / "structure"
    return tuple(sorted(file.stem for file in folder.glob("[a-z]*.j2")))


@cache
def _languages() -> frozenset[str]:
    return frozenset(languages())


def _refuse_incomplete(name: str, context: LetterContext) -> None:
    if not context.requests:
        raise LetterIncomplete("A letter needs at least one request to speak of.")
    if (context.challenge_code is None) != (context.challenge_expires is None):
        raise LetterIncomplete("A code and the day it expires go together.")
    if name == "challenge" and context.challenge_code is None:
        raise LetterIncomplete("A challenge needs a code.")


class _Page:
    """What a structure may call: each call puts down a block, or words. Nothing is printed."""

    def __init__(self, in_words: Words, context: LetterContext) -> None:
        self.words = in_words
        self.context = context
        self.blocks: list[Block] = []
        self.everywhere = {
            "reference": context.reference,
            "controller": context.controller_name,
            "received": in_words.day(context.received),
        }

    def vocabulary(self) -> dict[str, object]:
        """The names a structure knows, beside Jinja2's own."""
        return {
            "letter": self.context,
            "name": safe_name(self.context.requester_name),
            "paragraph": self.paragraph, "item": self.item, "fact": self.fact, "code": self.code, "signature": self.signature,
            "say": self.say, "day": self.day, "asks": self.asks, "names": self.names, "number": self.words.number,
        }  # fmt: skip

    # -- blocks -------------------------------------------------------------------------------------------------------

    def paragraph(self, text: str) -> str:
        """One paragraph."""
        return self._put("paragraph", text)

    def item(self, text: str) -> str:
        """One point of a list; points that follow each other are one list."""
        return self._put("items", text)

    def fact(self, label: str, value: str) -> str:
        """A label and its value; facts that follow each other are one table."""
        return self._put("facts", value, label)

    def code(self, code: str) -> str:
        """A code to be returned, set apart."""
        return self._put("code", code)

    def signature(self, lines: str) -> str:
        """Lines that stay lines."""
        self.blocks.append(Block("signature", [line.strip() for line in lines.strip().splitlines() if line.strip()]))
        return ""

    def _put(self, kind: str, line: str, label: str | None = None) -> str:
        grows = kind in ("items", "facts") and self.blocks and self.blocks[-1].kind == kind
        block = self.blocks[-1] if grows else Block(kind, [])
        block.lines.append(line)
        if label is not None:
            block.labels.append(label)
        if not grows:
            self.blocks.append(block)
        return ""

    # -- words --------------------------------------------------------------------------------------------------------

    def say(self, *fragments: str, **values: str) -> str:
        """One fragment with its variables filled in, or several as the language joins sentences."""
        known = self.everywhere | values
        return self.words.fragments["list.sentences"].join(self.words.say(fragment, known) for fragment in fragments)

    def day(self, day: date) -> str:
        return self.words.day(day)

    def asks(self, request: LetterRequest) -> str:
        """What is asked for, in the reader's words."""
        data = self.say(f"regimes.{request.regime}.data")
        return self.say(f"rights.{request.right}.asks", data=data)

    def names(self, requests: Sequence[LetterRequest]) -> str:
        """The rights by name, each once, as a label; with their laws where the letter speaks of several."""
        series = self.words.series(list(dict.fromkeys(map(self._name, requests))))
        return series[:1].upper() + series[1:]

    def _name(self, request: LetterRequest) -> str:
        name = self.say(f"rights.{request.right}.name")
        if len(self.context.by_regime) == 1:
            return name
        return self.say("list.right_under_law", right=name, short=self.say(f"regimes.{request.regime}.short"))
