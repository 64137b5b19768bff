"""Every letter: when it is sent, what it cannot be written without, and whether it holds personal data.

How a letter reads stands in templates/letters; this table is what `privbot letter --list` and docs/letters.md show.
"""

from __future__ import annotations

from dataclasses import dataclass

from privbot.letters.errors import LetterIncomplete, UnknownLetter
from privbot.letters.model import AWAITED, LetterContext


@dataclass(frozen=True, slots=True)
class Kind:
    """A letter, before it is written to anybody."""

    name: str
    when: str
    needs: tuple[str, ...] = ()
    """Fields of the LetterContext that must not be empty."""
    personal: bool = False
    """It always tells more about a person than the name; any letter with an attachment does too."""


KINDS = {
    kind.name: kind
    for kind in (
        Kind("acknowledgment", "the first answer; with a code to return where a challenge is needed"),
        Kind("challenge", "the code alone, later", ("challenge_code",)),
        Kind("challenge-details", "two or three details, to be compared with the controller's records", ("details_wanted",)),
        Kind("challenge-declaration", "a declaration signed under penalty of perjury"),
        Kind("challenge-wallet", "a text to be signed with a wallet", ("wallet_message",)),
        Kind("reminder", "what we asked for has not come back", ("awaited",)),
        Kind("clarification", "we ask what is meant", ("question",)),
        Kind("identity-not-proven", "what came back was not enough", ("authority",)),
        Kind("extension", "we need more time", ("reason", "new_date", "authority")),
        Kind(
            "access-answer", "a copy of the data, with what is told about them", ("attachments", "information", "authority"), True
        ),
        Kind("portability-answer", "the data as files for machines", ("attachments",), True),
        Kind("know-categories-answer", "the categories of information collected", ("categories",), True),
        Kind("erasure-done", "data were deleted; what is kept and why, and who was told", personal=True),
        Kind("rectification-done", "data were corrected, and who was told", ("corrected",), True),
        Kind("opt-out-done", "an opt-out, or a limit on sensitive information, is in force"),
        Kind("restriction-done", "the use of data is restricted, and who was told", personal=True),
        Kind("objection-upheld", "an objection is followed; to direct marketing always"),
        Kind("objection-refused", "an objection is not followed", ("reason", "authority"), True),
        Kind("automated-decision-reviewed", "a person reviewed an automated decision", ("finding", "authority"), True),
        Kind("consent-withdrawn", "a consent is withdrawn"),
        Kind("shine-the-light-list", "what was disclosed for direct marketing, and to whom", ("calendar_year",)),
        Kind("shine-the-light-alternative", "the cost-free opt-out in place of that list"),
        Kind("appi-disclosure", "disclosure of data, purposes or records of provision, without delay", personal=True),
        Kind("appi-stop-use", "use or provision has stopped, without delay", ("measures",), True),
        Kind("access-before-erasure", "the access is answered first, the erasure waits for it"),
        Kind("refusal", "a request is not carried out, with reasons and remedies", ("refusal", "authority")),
        Kind("fee-announced", "a fee, before anything is charged", ("fee", "reason", "authority")),
        Kind("complaint-received", "a complaint will be examined", ("authority",)),
        Kind("complaint-answered", "what a complaint led to", ("finding", "authority"), True),
        Kind("agent-paperwork", "to an agent: a signed permission is needed"),
        Kind("agent-confirmation", "to the consumer: does this agent act for you?", ("challenge_code",)),
        Kind("minor", "the data are a child's: a guardian writes, or shows that they may"),
        Kind("not-our-controller", "the writer means somebody else"),
        Kind("oral-offered", "an oral answer, once identity is proven by other means"),
        Kind("recipients-told", "to a recipient: what was corrected, deleted or restricted (Art 19)", ("person",), True),
        Kind("request-withdrawn", "the requester does not pursue the request"),
        Kind("code-expired", "a code ran out unused"),
        Kind("closed", "a request ended because what we needed never came", ("authority",)),
    )
}

REASONED = frozenset({"manifestly-unfounded", "excessive", "not-covered", "other"})
"""Refusals whose reasons differ from case to case: the standard sentence alone would give none (Art 12(4) GDPR)."""

WANTED = {
    "attachments": "at least one attached file",
    "authority": "the authority to complain to, for each of its requests",
    "awaited": "what is still awaited",
    "calendar_year": "the calendar year it tells about",
    "categories": "at least one category",
    "challenge_code": "a code",
    "corrected": "what was corrected",
    "details_wanted": "the details to choose from",
    "fee": "the amount of the fee",
    "finding": "what was found",
    "information": "what is told about the data",
    "measures": "what was done",
    "new_date": "the new date",
    "person": "whom it is about",
    "question": "the question",
    "reason": "the reasons",
    "recipients": "to whom data were disclosed",
    "refusal": "the kind of refusal",
    "wallet_message": "the text to be signed",
}
"""What a field stands for, in the sentence that says it is missing."""


def kind_of(name: str) -> Kind:
    """Raises UnknownLetter."""
    try:
        return KINDS[name]
    except KeyError:
        raise UnknownLetter(name, tuple(KINDS)) from None


def refuse_incomplete(kind: Kind, context: LetterContext) -> None:
    """Raises LetterIncomplete, in one sentence, for the first thing the letter cannot do without."""
    if not context.requests:
        raise LetterIncomplete("A letter needs at least one request to speak of.")
    if (context.challenge_code is None) != (context.challenge_expires is None):
        raise LetterIncomplete("A code and the day it expires go together.")
    for one in context.awaited:
        if one not in AWAITED:
            raise LetterIncomplete(f"awaited: {one!r} is not known; known are: {', '.join(AWAITED)}.")
    for field in (*kind.needs, *_needed_here(kind, context)):
        if _is_missing(field, context):
            raise LetterIncomplete(f"The letter {kind.name} needs {WANTED[field]}.")


def _needed_here(kind: Kind, context: LetterContext) -> list[str]:
    """What this letter needs because of what else it says."""
    needed = []
    if kind.name == "appi-disclosure" and not context.information:
        needed.append("attachments")
    if kind.name == "refusal" and context.refusal in REASONED:
        needed.append("reason")
    if kind.name == "shine-the-light-list" and context.categories:
        needed.append("recipients")
    if kind.name == "recipients-told" and "rectification" in context.rights:
        needed.append("corrected")
    if kind.name in ("erasure-done", "appi-stop-use") and context.kept:
        needed.append("authority")
    return needed


def _is_missing(field: str, context: LetterContext) -> bool:
    if field == "authority":
        return not all(request.authority.strip() for request in context.requests)
    value = getattr(context, field)
    return not (value.strip() if isinstance(value, str) else value)
