"""Which letter follows from a step, by name, and whether it carries personal data. Structures and words stand in the letters room."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from privbot.casework.verification import Kind


@dataclass(frozen=True, slots=True)
class LetterFor:
    """A letter to be written."""

    name: str
    personal: bool = False
    """It holds personal data beyond the writer's own name: it goes to a verified address only."""


def _personal(name: str) -> LetterFor:
    return LetterFor(name, personal=True)


_GRANTED = {
    "access": _personal("access-answer"),
    "know-specific": _personal("access-answer"),
    "know-categories": _personal("know-categories-answer"),
    "portability": _personal("portability-answer"),
    "third-party-records": _personal("appi-disclosure"),
    "erasure": _personal("erasure-done"),
    "rectification": _personal("rectification-done"),
    "opt-out-of-sale": LetterFor("opt-out-done"),
    "limit-sensitive": LetterFor("opt-out-done"),
    "direct-marketing": LetterFor("objection-upheld"),
    "objection": LetterFor("objection-upheld"),
    "consent-withdrawal": LetterFor("consent-withdrawn"),
    "restriction": _personal("restriction-done"),
    "automated-decision": _personal("automated-decision-reviewed"),
    "stop-use": _personal("appi-stop-use"),
    # To whom the controller disclosed is the same for all its customers (Civ. Code 1798.83(b)(3)): nothing about this one.
    "shine-the-light": LetterFor("shine-the-light-list"),
    "complaint": _personal("complaint-answered"),
}
_GRANTED_UNDER = {
    ("appi", "access"): _personal("appi-disclosure"),
    # California: an opt-out of automated decisions, which needs no proof (§7060(b)) and reviews nothing.
    ("ccpa", "automated-decision"): LetterFor("opt-out-done"),
}
"""Where a law wants its own letter for a right that others grant too."""
_ALTERNATIVE = {"shine-the-light": LetterFor("shine-the-light-alternative")}

RECIPIENTS_TOLD = _personal("recipients-told")
_TELLS_RECIPIENTS = ("erasure-done", "rectification-done", "restriction-done")

_ASKED = {
    Kind.MAILBOX: LetterFor("challenge"),
    Kind.DETAILS: LetterFor("challenge-details"),
    Kind.DECLARATION: LetterFor("challenge-declaration"),
    Kind.WALLET: LetterFor("challenge-wallet"),
    Kind.PERMISSION: LetterFor("agent-paperwork"),
    Kind.CONFIRMATION: LetterFor("agent-confirmation"),
    Kind.GUARDIAN: LetterFor("minor"),
}
_FIRST = (Kind.GUARDIAN, Kind.PERMISSION, Kind.CONFIRMATION, Kind.MAILBOX, Kind.DETAILS, Kind.DECLARATION)
"""Whether somebody may ask at all is settled before who they are. A power of attorney is never asked for."""


def answer_for(regime: str, right: str, *, alternative: bool = False) -> LetterFor:
    """The letter that tells of a right granted; `alternative`: where the law knows two lawful answers, the second."""
    if alternative and right in _ALTERNATIVE:
        return _ALTERNATIVE[right]
    return _GRANTED_UNDER.get((regime, right)) or _GRANTED[right]


def recipients_are_told(letter: LetterFor) -> bool:
    """Whether each recipient of the data is told too (Art 19 GDPR), with RECIPIENTS_TOLD."""
    return letter.name in _TELLS_RECIPIENTS


def refusal_of(right: str, *, on_merits: bool) -> LetterFor:
    """The letter that tells of a right refused; `on_merits`: it was examined, and not turned away before."""
    return _personal("objection-refused") if right == "objection" and on_merits else LetterFor("refusal")


def first_to_ask(missing: Collection[Kind]) -> Kind | None:
    """What comes first among what is missing; None where nothing of it is ever asked for."""
    return next((kind for kind in _FIRST if kind in missing), None)


def challenge_for(missing: Collection[Kind]) -> LetterFor | None:
    """The letter that asks for what comes first among what is missing; None where nothing of it is ever asked for."""
    kind = first_to_ask(missing)
    return _ASKED[kind] if kind else None


def challenge_of(kind: Kind) -> LetterFor:
    """The letter that asks for this kind of proof."""
    return _ASKED[kind]


def asked_in(name: str) -> Kind:
    """What a letter that asks for proof asks for: an acknowledgment, for the code that it holds."""
    return next((kind for kind, letter in _ASKED.items() if letter.name == name), Kind.MAILBOX)
