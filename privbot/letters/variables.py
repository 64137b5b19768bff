"""Every variable that words may use: what it holds, and in which fragments. docs/letters.md is checked against this list."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

WORD_TABLES = ("date", "numbers", "list", "rights", "regimes", "categories", "details", "awaited", "information")
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
    # -- what is asked for, and when it is answered
    Variable(
        "law", "The law: `regimes.*.under`; in a list `regimes.*.name`.", ("requests.understood", "list.law_and_articles"), True
    ),
    Variable("articles", "The provisions, as the law's file cites them.", ("list.law_and_articles",), True),
    Variable("asks", "What is asked for: `rights.*.asks`.", ("requests.asked_and_answered",), True),
    Variable("answer", "When it is answered: another sentence of the table `requests`.", ("requests.asked_and_answered",), True),
    Variable(
        "due",
        "The day by which the answer is due, written out.",
        ("requests.by_law", "requests.by_promise", "requests.target", "requests.overdue"),
        True,
    ),
    Variable("statute", "The statutory day where the controller promises an earlier one.", ("requests.by_promise",)),
    Variable("latest", "The last day of an extended period, written out.", ("acknowledgment.extension",)),
    Variable("new_date", "The day by which the answer comes after an extension, written out.", ("extension.until",), True),
    Variable("answer_by", "The last day on which the requester's answer is in time.", ("asked.until", "reminder.until"), True),
    # -- identity
    Variable("rights", "The names of rights that are verified alike: `rights.*.name`, joined.", ("verification.each",), True),
    Variable("how", "How they are verified: sentences of the table `verification`.", ("verification.each",), True),
    Variable("details", "How many details are compared, in words: `numbers.*`.", ("verification.details", "asked.details"), True),
    Variable("expires", "The last day on which the code is accepted, written out.", ("code.until",), True),
    Variable("agent", "The name of whoever says to act for the reader.", ("agent-confirmation.who",), True),
    # -- what an operator says
    Variable(
        "reason",
        "An operator's reasons, whole sentences.",
        ("extension.because", "refusal.because", "objection-refused.because", "fee-announced.because"),
        True,
    ),
    Variable("finding", "What an examination found, whole sentences.", ("*.finding", "automated-decision-reviewed.result"), True),
    Variable("fee", "An amount with its currency.", ("fee-announced.amount", "refusal.fee_offer"), True),
    Variable("again_from", "The first day on which such a request can be made again.", ("refusal.again_from",), True),
    Variable("authority", "The authority to complain to, with its address.", ("remedies.*.authority",), True),
    Variable("what", "Data that are kept.", ("kept.each",), True),
    Variable("why", "Why they are kept.", ("kept.each",), True),
    Variable("category", "A category of information.", ("know-categories-answer.each",), True),
    Variable("sources", "Where a category comes from.", ("know-categories-answer.each",), True),
    Variable("purposes", "What a category is used for.", ("know-categories-answer.each",), True),
    Variable("disclosed_to", "To whom a category was disclosed.", ("know-categories-answer.each",), True),
    Variable("calendar_year", "The year that disclosures are told for.", ("shine-the-light-list.*",), True),
    Variable("recipient", "A recipient's name.", ("list.name_and_address",), True),
    Variable("address", "A recipient's address.", ("list.name_and_address",), True),
    Variable("other_controller", "Who is responsible instead of the controller.", ("not-our-controller.instead",), True),
    # -- names
    Variable("short", "The law's short name: `regimes.*.short`.", ("verification.doubt", "list.right_under_law")),
    Variable("right", "The name of one right: `rights.*.name`.", ("list.right_under_law",), True),
    Variable("title", "The own name of a law that the words do not know.", ("regimes.other.*",), True),
    Variable("data", "What the law calls the data: `regimes.*.data`.", ("rights.*.asks",)),
    Variable("day", "The day's number, without a leading zero.", ("date.form",), True),
    Variable("month", "The month's name: `date.months.*`.", ("date.form",), True),
    Variable("year", "The year, four digits.", ("date.form",), True),
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
