"""What a controller's own structure may use, and how much of it: enough to put any letter together, too little to run for ever.

A structure decides, repeats and calls blocks. Whatever could make much out of little – arithmetic, macros, the other filters and methods,
joining inside of a variable or a list that is repeated – is refused when it is read; what still adds up while it runs is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from privbot.letters.free_text import LONGEST

if TYPE_CHECKING:
    from jinja2 import nodes

LONGEST_STRUCTURE = 10_000
"""Characters; the longest shipped one has a tenth of them."""
MOST_ROUNDS = 1_000
"""Of all its loops together; a long letter has fifty."""
MOST_CHARACTERS = 500_000
"""That go through its calls, in and out."""
LONGEST_WORDS = 5 * LONGEST
"""Of one call: a few sentences around what an operator wrote."""

NODES = frozenset((
    "Template", "Extends", "Include", "Block", "Output", "TemplateData", "If", "For", "Assign", "CondExpr", "Call", "Keyword", "Filter", "Test",
    "Name", "Const", "List", "Tuple", "Dict", "Pair", "Getattr", "Getitem", "Compare", "Operand", "And", "Or", "Not", "Concat", "Add", "Scope",
))  # fmt: skip
MAKING_LONGER = ("Concat", "Add", "List", "Tuple", "Dict")
FILTERS = frozenset((
    "capitalize", "count", "default", "first", "last", "length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "select",
    "selectattr", "sort", "string", "trim", "unique", "upper",
))  # fmt: skip
METHODS = frozenset(("items", "is_overdue"))
SIGNS = {"Mul": "*", "Div": "/", "FloorDiv": "//", "Mod": "%", "Pow": "**", "Sub": "-", "Neg": "-", "Pos": "+"}
TAGS = {
    "AssignBlock": "set around text", "FilterBlock": "filter", "CallBlock": "call", "FromImport": "import", "ScopedEvalContextModifier": "autoescape",
}  # fmt: skip


class TooMuch(Exception):
    """It does more than a letter needs."""


class Allowance:
    """What one run of a structure may use up."""

    def __init__(self) -> None:
        self.rounds = MOST_ROUNDS
        self.characters = MOST_CHARACTERS

    def over(self, vocabulary: Mapping[str, object]) -> dict[str, object]:
        """The vocabulary with every call counted, and with the name by which loops are counted."""
        counted = {name: self._counted(one) if callable(one) else one for name, one in vocabulary.items()}
        return {**counted, EACH: self._each}

    def _each(self, things: Iterable[Any]) -> Iterator[Any]:
        for thing in things:
            self.rounds -= 1
            if self.rounds < 0:
                raise TooMuch(f"its loops go round more than {MOST_ROUNDS:,} times")
            yield thing

    def _counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any, **named: Any) -> Any:
            self._spend(sum(len(one) for one in (*given, *named.values()) if isinstance(one, str)))
            result = call(*given, **named)
            if isinstance(result, str):
                self._spend(len(result))
                if len(result) > LONGEST_WORDS:
                    raise TooMuch(f"it puts more than {LONGEST_WORDS:,} characters into one piece of text")
            return result

        return counted

    def _spend(self, characters: int) -> None:
        self.characters -= characters
        if self.characters < 0:
            raise TooMuch(f"it writes more than {MOST_CHARACTERS:,} characters")


EACH = "__each"
"""No name that a structure may write: it is not of the vocabulary."""


def forbidden(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """What a structure must not use, with its line."""
    from jinja2 import nodes

    bound = set(_bound(tree))
    for node in tree.find_all(nodes.Node):
        if why := _why_not(node, bound):
            yield node.lineno, why


def count_loops(tree: nodes.Template) -> nodes.Template:
    """The same structure, each of its loops under the allowance."""
    from jinja2 import nodes

    for loop in tree.find_all(nodes.For):
        each = nodes.Name(EACH, "load", lineno=loop.lineno)
        loop.iter = nodes.Call(each, [loop.iter], [], None, None, lineno=loop.lineno)
    return tree.set_environment(tree.environment)  # type: ignore[return-value,arg-type]


def _why_not(node: nodes.Node, bound: set[str]) -> str | None:
    from jinja2 import nodes

    kind = type(node).__name__
    match node:
        case _ if kind in SIGNS:
            return f"must not reckon with {SIGNS[kind]}"
        case _ if kind not in NODES:
            return f"must not use {TAGS.get(kind, kind.lower())}"
        case nodes.Call(node=called) if not _may_call(called, bound):
            return "may call nothing but blocks and words"
        case nodes.Filter(name=name) if name not in FILTERS:
            return f"must not use the filter {name}; known are: {', '.join(sorted(FILTERS))}"
        case nodes.Filter(name="map", args=[_, *_]):
            return "map takes nothing but attribute="
        case nodes.Getattr(attr=attribute) if attribute.startswith("_"):
            return f"must not look at {attribute}"
        case nodes.For(recursive=True):
            return "must not use recursive"
        case nodes.Assign(node=value) if _makes_longer(value):
            return "a variable must not join texts or hold a list"
        case nodes.For(iter=things) if _makes_longer(things):
            return "a loop must not go over texts or lists that it joins itself"
    return None


def _bound(tree: nodes.Template) -> Iterator[str]:
    """Names that the structure gives itself."""
    from jinja2 import nodes

    for name in tree.find_all(nodes.Name):
        if name.ctx == "store":
            yield name.name


def _may_call(called: nodes.Node, bound: set[str]) -> bool:
    from jinja2 import nodes

    if isinstance(called, nodes.Name):
        return called.name not in bound
    return isinstance(called, nodes.Getattr) and called.attr in METHODS


def _makes_longer(value: nodes.Node) -> bool:
    from jinja2 import nodes

    return any(type(node).__name__ in MAKING_LONGER for node in (value, *value.find_all(nodes.Node)))
