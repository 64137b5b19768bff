"""A controller's own wording: `words/<language>.toml` with single fragments, `structure/<letter>.j2` for a whole letter's structure.

A structure is checked before it is used: what it names must exist, it must run with the letter's sample, and it must still say what the
letter cannot do without. It runs in the same sandbox as the shipped ones, by stricter rules (`structure_rules`), and may extend or include those.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from privbot.letters.catalogue import KINDS, kind_of
from privbot.letters.errors import OverrideRefused
from privbot.letters.model import LetterContext
from privbot.letters.own_files import OwnFiles, structure_file
from privbot.letters.page import Page
from privbot.letters.sample import samples
from privbot.letters.structure_rules import LONGEST_STRUCTURE, Allowance, TooMuch, count_loops, forbidden
from privbot.letters.words import DEFAULT_LANGUAGE, environment, languages, words

if TYPE_CHECKING:
    from jinja2 import Template, nodes


def check_own_wording(folder: Path) -> list[Path]:
    """Every file of a controller's own wording, each read and found usable. Raises OverrideRefused for the first that is not."""
    own = OwnFiles(folder)
    wordings = sorted((folder / "words").glob("*.toml"))
    for file in wordings:
        if file.stem not in languages():
            raise OverrideRefused(file, None, f"no letters are written in {file.stem!r}; known are: {', '.join(languages())}")
        words(file.stem, own)
    structures = sorted((folder / "structure").glob("*.j2"))
    for file in structures:
        if file.stem not in KINDS:
            raise OverrideRefused(file, None, f"there is no letter {file.stem!r}; known are: {', '.join(KINDS)}")
        own_structure(file.stem, own)
    return wordings + structures


def own_structure(name: str, own: OwnFiles) -> Template | None:
    """A controller's own structure for this letter, checked; None where there is none. Raises OverrideRefused."""
    file = structure_file(name)
    source = own.text(file)
    return None if source is None else _checked(name, source, own.path(file))


def run(template: Template, page: Page, file: Path) -> str:
    """Let a controller's own structure put down its blocks; returns what it printed, which should be nothing.

    Raises OverrideRefused with the line where it breaks. What broke is named by its kind alone: more words might quote the letter.
    """
    try:
        return template.render(Allowance().over(page.vocabulary()))
    except TooMuch as fault:
        raise _refused_at(_line_of(fault, file), file, str(fault)) from None
    except Exception as fault:  # anything can break in a template that somebody else wrote
        raise _refused_at(_line_of(fault, file), file, f"breaks ({type(fault).__name__})") from None


def faults_of_structure(name: str, source: str) -> Iterator[tuple[int | None, str]]:
    """All that is wrong with a structure for this letter, as far as reading it can tell; else the first thing that running it does."""
    faults = list(_faults_in_reading(source))
    if not faults:
        try:
            _checked(name, source, Path(structure_file(name)))
        except OverrideRefused as fault:
            faults = [(fault.line, fault.why)]
    yield from faults


@lru_cache(maxsize=256)
def _checked(name: str, source: str, file: Path) -> Template:
    for line, why in _faults_in_reading(source):
        raise _refused_at(line, file, why)
    template = _compiled(source, file)
    for sample in samples(name, DEFAULT_LANGUAGE):
        page = Page(name, words(DEFAULT_LANGUAGE), sample)
        if printed := run(template, page, file).strip():
            raise OverrideRefused(file, None, f"prints {printed.splitlines()[0]!r}; put it into a fragment, and call a block")
        said = _said(page)
        for what, value in _must_say(name, sample):
            if value not in said:
                raise OverrideRefused(file, None, f"must keep {what}")
    return template


def _faults_in_reading(source: str) -> Iterator[tuple[int | None, str]]:
    """What a structure must not be, use or name, line by line."""
    from jinja2 import TemplateSyntaxError

    if len(source) > LONGEST_STRUCTURE:
        yield None, f"is longer than {LONGEST_STRUCTURE:,} characters"
        return
    try:
        tree = environment().parse(source)
        # Looking for unknown names and compiling reckon constants out, of whatever size: only what is not forbidden gets there.
        faults = sorted(set(forbidden(tree))) or sorted(set(_unknown_names(tree)))
        yield from faults
        if not faults:
            environment().compile(tree)
    except TemplateSyntaxError as fault:
        yield fault.lineno, f"is not well written: {fault.message}"
    except RecursionError:
        yield None, "is nested too deeply"


def _compiled(source: str, file: Path) -> Template:
    """With the file's own name, so that a traceback tells its lines from those of other structures."""
    code = environment().compile(count_loops(environment().parse(source)), file.name, str(file))
    return environment().template_class.from_code(environment(), code, environment().make_globals(None))


def _unknown_names(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """What a structure names and nobody knows, with its line: variables, fields of the letter, fragments, other structures."""
    from jinja2 import meta, nodes

    sample = samples("acknowledgment", DEFAULT_LANGUAGE)[0]
    vocabulary = Page("acknowledgment", words(DEFAULT_LANGUAGE), sample).vocabulary()
    fragments = words(DEFAULT_LANGUAGE).fragments
    strangers = meta.find_undeclared_variables(tree) - set(vocabulary)
    for name in tree.find_all(nodes.Name):
        if name.name in strangers:
            yield name.lineno, f"does not know {name.name}; known are: {', '.join(sorted(vocabulary))}"
    for field in tree.find_all(nodes.Getattr):
        if isinstance(field.node, nodes.Name) and field.node.name == "letter" and not hasattr(LetterContext, field.attr):
            yield field.lineno, f"the letter has no {field.attr}"
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "say":
            for argument in call.args:
                if isinstance(argument, nodes.Const) and argument.value not in fragments:
                    yield call.lineno, f"there is no fragment {argument.value}"
    for used in (*tree.find_all(nodes.Extends), *tree.find_all(nodes.Include)):
        other = next(used.iter_child_nodes(only=("template",)))
        if isinstance(other, nodes.Const) and other.value not in environment().list_templates():
            yield used.lineno, f"there is no structure {other.value}"


def _must_say(name: str, context: LetterContext) -> Iterator[tuple[str, str]]:
    """What no structure may leave out where the shipped one says it: (what it is, as the letter writes it)."""
    shipped = Page(name, words(DEFAULT_LANGUAGE), context)
    environment().get_template(f"{name}.j2").render(shipped.vocabulary())
    said = _said(shipped)
    yield from ((what, value) for what, value in _indispensable(shipped) if value in said)


def _indispensable(page: Page) -> Iterator[tuple[str, str]]:
    context = page.context
    yield "the reference", context.reference
    yield "the day of receipt", page.day(context.received)
    yield "the legal basis", page.law_name(context.requests[0], "name")
    yield "common.equal", page.say("common.equal")  # Civ. Code 1798.125; said to every requester
    for field in kind_of(page.letter_name).needs:
        value = context.requests[0].authority if field == "authority" else getattr(context, field)
        if isinstance(value, date):
            yield f"letter.{field}", page.day(value)
        elif isinstance(value, str) and field != "refusal":
            yield f"letter.{field}", value


def _said(page: Page) -> str:
    return "\n".join(line for block in page.blocks for line in block.lines)


def _refused_at(line: int | None, file: Path, why: str) -> OverrideRefused:
    return OverrideRefused(file, f"line {line}" if line else None, why, line)


def _line_of(fault: Exception, file: Path) -> int | None:
    lines = [frame.lineno for frame in traceback.extract_tb(fault.__traceback__) if frame.filename == str(file)]
    return lines[-1] if lines else None
