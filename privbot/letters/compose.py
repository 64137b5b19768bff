"""Name, language and values → a letter. Pure: the same input always gives the same letter.

The structure of a letter stands once (templates/letters/structure), its words once per language (templates/letters/words). The
structure is run once and puts down blocks; text and HTML are made from the same blocks, so that they cannot say different things.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from privbot.letters.catalogue import KINDS, kind_of, refuse_incomplete
from privbot.letters.errors import LetterIncomplete
from privbot.letters.free_text import refuse_unfit
from privbot.letters.model import Block, ComposedLetter, LetterContext
from privbot.letters.own_files import OwnFiles, structure_file
from privbot.letters.own_wording import own_structure, run
from privbot.letters.page import Page
from privbot.letters.plain import plain_text
from privbot.letters.words import DEFAULT_LANGUAGE, environment, languages, notice, words


def compose(name: str, language: str, context: LetterContext, *, own_wording: Path | OwnFiles | None = None) -> ComposedLetter:
    """The letter `name` in the reader's language (a tag such as `de` or `pt-BR`), as text and HTML.

    A language without words gets English, with one line of its own that says so. `own_wording` is a controller's folder with
    `words/<language>.toml` and `structure/<letter>.j2`, or such files before they are saved.
    Raises UnknownLetter, LetterIncomplete, TextRefused, OverrideRefused.
    """
    own = OwnFiles.of(own_wording) if isinstance(own_wording, Path) else own_wording
    kind = kind_of(name)
    refuse_incomplete(kind, context)
    refuse_unfit(context)
    wanted = language.replace("_", "-").partition("-")[0].lower()
    used = wanted if wanted in _languages() else DEFAULT_LANGUAGE
    page = Page(name, words(used, own), context)
    _refuse_unknown_words(page)
    if used != wanted and (line := notice(wanted)):
        page.blocks.append(Block("paragraph", [line], language=wanted))
    if own and (structure := own_structure(name, own)):
        run(structure, page, own.path(structure_file(name)))
    else:
        environment().get_template(f"{name}.j2").render(page.vocabulary())
    subject = page.say(f"{name}.subject")
    text = plain_text(page.blocks, page.words.fragments["list.label_end"])
    html = environment().get_template("page.html.j2").render(language=used, subject=subject, blocks=page.blocks)
    personal = kind.personal or bool(context.attachments)
    return ComposedLetter(name, used, subject, text, html, context.attachments, personal)


def letters() -> tuple[str, ...]:
    """The names of all letters, in the order of a request's life."""
    return tuple(KINDS)


@cache
def _languages() -> frozenset[str]:
    return frozenset(languages())


def _refuse_unknown_words(page: Page) -> None:
    """What a caller names by a key of the words must be there: an operator's slip is one clear sentence."""
    context = page.context
    keys = [("refusals", context.refusal)] if context.refusal else []
    keys += [("details", detail) for detail in context.details_wanted]
    keys += [("information", one.kind) for one in context.information]
    for table, key in keys:
        if f"{table}.{key}" not in page.words.fragments:
            known = [name.removeprefix(f"{table}.") for name in page.words.fragments if name.startswith(f"{table}.")]
            raise LetterIncomplete(f"{table}: {key!r} is not known; known are: {', '.join(known)}.")
