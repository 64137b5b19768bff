"""Every variable that words may use: what it holds, and in which fragments. docs/letters.md is checked against this list."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

WORD_TABLES = ("date", "numbers", "list", "rights", "regimes", "categories")
"""Tables of single words and names; every other table holds sentences."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A value that a fragment may name as `{{ name }}`."""

    name: str
    meaning: str
    fragments: tuple[str, ...] = ()
    """The fragments that know it (`*` stands for anything); empty: every sentence."""
    kept: bool = False
    """An own wording must keep it where the shipped sentence has it: the letter would no longer say what it must."""


VARIABLES = (
    Variable("reference", "The ticket's reference.", kept=True),
    Variable("controller", "The controller's name."),
    Variable("received", "The day the mail was received, written out."),
    Variable("name", "The writer's own name.", ("common.salutation",)),
    Variable("law", "Under which law: `regimes.*.under`.", ("requests.understood",), kept=True),
    Variable("asks", "What is asked for: `rights.*.asks`.", ("requests.asked_and_answered",), kept=True),
    Variable(
        "answer", "When it is answered: another sentence of the table `requests`.", ("requests.asked_and_answered",), kept=True
    ),
    Variable(
        "due",
        "The day by which the answer is due, written out.",
        ("requests.by_law", "requests.by_promise", "requests.target", "requests.overdue"),
        kept=True,
    ),
    Variable("statute", "The statutory day where the controller promises an earlier one.", ("requests.by_promise",)),
    Variable(
        "rights", "The names of rights that are verified alike: `rights.*.name`, joined.", ("verification.each",), kept=True
    ),
    Variable("how", "How they are verified: sentences of the table `verification`.", ("verification.each",), kept=True),
    Variable("details", "How many details are compared, in words: `numbers.*`.", ("verification.details",), kept=True),
    Variable("short", "The law's short name: `regimes.*.short`.", ("verification.doubt", "list.right_under_law")),
    Variable("right", "The name of one right: `rights.*.name`.", ("list.right_under_law",), kept=True),
    Variable("expires", "The last day on which the code is accepted, written out.", ("code.until",), kept=True),
    Variable("latest", "The last day of an extended period, written out.", ("acknowledgment.extension",)),
    Variable("data", "What the law calls the data: `regimes.*.data`.", ("rights.*.asks",)),
    Variable("day", "The day's number, without a leading zero.", ("date.form",), kept=True),
    Variable("month", "The month's name: `date.months.*`.", ("date.form",), kept=True),
    Variable("year", "The year, four digits.", ("date.form",), kept=True),
)


def describe() -> tuple[Variable, ...]:
    """Every variable with its meaning, for documentation."""
    return VARIABLES


def allowed(fragment: str) -> frozenset[str]:
    """The variables that a fragment (`table.name`) may use."""
    is_sentence = fragment.partition(".")[0] not in WORD_TABLES
    return frozenset(variable.name for variable in VARIABLES if _knows(fragment, variable, is_sentence))


KEPT = frozenset(variable.name for variable in VARIABLES if variable.kept)


def _knows(fragment: str, variable: Variable, is_sentence: bool) -> bool:
    if not variable.fragments:
        return is_sentence
    return any(fnmatchcase(fragment, pattern) for pattern in variable.fragments)
