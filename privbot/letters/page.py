"""What a structure may call: each call puts down a block, or gives words. Nothing is printed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from privbot.letters.free_text import tidy
from privbot.letters.model import Block, LetterContext, LetterRequest
from privbot.letters.names import safe_name
from privbot.letters.words import DEFAULT_LANGUAGE, Words, words


class Page:
    """One letter while it is being written."""

    def __init__(self, letter_name: str, in_words: Words, context: LetterContext) -> None:
        self.letter_name = letter_name
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
            "letter": self.context, "letter_name": self.letter_name,
            "name": safe_name(self.context.requester_name), "agent": safe_name(self.context.agent_name),
            "paragraph": self.paragraph, "item": self.item, "fact": self.fact, "code": self.code, "verbatim": self.verbatim,
            "signature": self.signature,
            "say": self.say, "by_law": self.by_law, "law_name": self.law_name, "day": self.day, "number": self.words.number,
            "asks": self.asks, "names": self.names, "basis": self.basis,
        }  # fmt: skip

    # -- blocks -------------------------------------------------------------------------------------------------------

    def paragraph(self, text: str) -> str:
        """One paragraph, or several where an operator wrote several."""
        for line in text.splitlines():
            if line.strip():
                self._put("paragraph", line)
        return ""

    def item(self, text: str) -> str:
        """One point of a list; points that follow each other are one list."""
        return self._put("items", text)

    def fact(self, label: str, value: str) -> str:
        """A label and its value; facts that follow each other are one table."""
        return self._put("facts", value, label)

    def code(self, code: str) -> str:
        """A code to be returned, set apart."""
        return self._put("code", code)

    def verbatim(self, text: str) -> str:
        """A text to be copied or signed exactly as it stands: not a space of it changes, and no line is wrapped."""
        self.blocks.append(Block("verbatim", [text]))
        return ""

    def signature(self, lines: str) -> str:
        """Lines that stay lines."""
        self.blocks.append(Block("signature", [line.strip() for line in lines.strip().splitlines() if line.strip()]))
        return ""

    def _put(self, kind: str, line: str, label: str | None = None) -> str:
        grows = kind in ("items", "facts") and self.blocks and self.blocks[-1].kind == kind
        block = self.blocks[-1] if grows else Block(kind, [])
        block.lines.append(tidy(line))
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

    def by_law(self, table: str, request: LetterRequest, name: str, **values: str) -> str:
        """A fragment that reads differently under each law: `table.<regime>.name`, or `table.other.name` for a law without words."""
        own = f"{table}.{request.regime}.{name}"
        return self.say(own if own in self.words.fragments else f"{table}.other.{name}", **values)

    def law_name(self, request: LetterRequest, form: str) -> str:
        """The law by name: `name`, `short`, `under`, or `data` for what it calls the data."""
        return self.by_law("regimes", request, form, title=request.title or request.regime.upper())

    def day(self, day: date) -> str:
        return self.words.day(day)

    def asks(self, request: LetterRequest) -> str:
        """What is asked for, in the reader's words."""
        return self.say(f"rights.{request.right}.asks", data=self.law_name(request, "data"))

    def names(self, requests: Sequence[LetterRequest]) -> str:
        """The rights by name, each once, as a label; with their laws where the letter speaks of several."""
        series = self.words.series(list(dict.fromkeys(map(self._name, requests))))
        return series[:1].upper() + series[1:]

    def basis(self, requests: Sequence[LetterRequest]) -> str:
        """The laws the requests stand under, with the provisions where the law's file cites them."""
        by_law: dict[str, list[str]] = {}
        for request in requests:
            articles = by_law.setdefault(self.law_name(request, "name"), [])
            if request.article and (article := self.article(request)) not in articles:
                articles.append(article)
        return self.words.series([self._cited(law, articles) for law, articles in by_law.items()])

    def article(self, request: LetterRequest) -> str:
        """The provision without the law's English name, which stands before it in the reader's language: `Art 15` for `Art 15 GDPR`."""
        english = words(DEFAULT_LANGUAGE).fragments.get(f"regimes.{request.regime}.short", request.title)
        return request.article.removesuffix(f" {english}")

    def _cited(self, law: str, articles: list[str]) -> str:
        if not articles:
            return law
        return self.say("list.law_and_articles", law=law, articles=self.words.fragments["list.between"].join(articles))

    def _name(self, request: LetterRequest) -> str:
        name = self.say(f"rights.{request.right}.name")
        if len(self.context.by_regime) == 1:
            return name
        return self.say("list.right_under_law", right=name, short=self.law_name(request, "short"))
