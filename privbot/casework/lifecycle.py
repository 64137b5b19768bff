"""The life of a request, from open to closed, in the words of the Data Rights Protocol (its `status` and `reason`).

Each step is a function: the request as it is, who takes the step and on which day → the request as it is then, and the letter that tells
of it. A step that is not allowed raises one clear sentence, and nothing is changed. Days are calendar days in the place of the regime.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from privbot.casework import verification as proofs
from privbot.casework.answers import LetterFor, answer_for, challenge_for, refusal_of
from privbot.casework.errors import (
    AlreadyActive,
    FeeForbidden,
    NoDoubt,
    NotAllowed,
    NothingToProve,
    ReasonMissing,
    Unverified,
    UnverifiedAddress,
    WaitsForAccess,
    WrongState,
)
from privbot.casework.verification import NOTHING_SHOWN, Authority, Evidence, Kind, Needs
from privbot.law.clocks import NOTHING_HAPPENED, due, extension
from privbot.law.model import Due, Events, Place, Promise, Verification
from privbot.law.refusals import refusals
from privbot.law.verification import is_free, unverified_as, verification

UNASSIGNED = "unassigned"
"""The queue of what nobody has taken yet; it counts as the leads' own, so that every request has an owner."""
NEED_USER_VERIFICATION = "need_user_verification"
ANSWERED_FIRST, WAITS = "access", "deletion"
"""Categories: of one ticket, a request of the first is answered before one of the second is carried out."""


class State(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    FULFILLED = "fulfilled"
    DENIED = "denied"
    REVOKED = "revoked"
    EXPIRED = "expired"


ACTIVE = (State.OPEN, State.IN_PROGRESS)


class Denial(StrEnum):
    """Why a request is denied."""

    SUSPECTED_FRAUD = "suspected_fraud"
    INSUF_VERIFICATION = "insuf_verification"
    NO_MATCH = "no_match"
    CLAIM_NOT_COVERED = "claim_not_covered"
    OUTSIDE_JURISDICTION = "outside_jurisdiction"
    TOO_MANY_REQUESTS = "too_many_requests"
    OTHER = "other"


class Dropped(StrEnum):
    """Why a request ends without a word to the requester: it never was one of its own. Reports do not count it."""

    MISREAD = "misread"
    """Something else was asked for, and that is open in its place."""
    DUPLICATE = "duplicate"
    """The same request stands with an earlier date."""


class Role(StrEnum):
    """Who takes a step."""

    BOT = "bot"
    OPERATOR = "operator"
    LEAD = "lead"


class Step(StrEnum):
    """What can happen to a request."""

    ASK_IDENTITY = "ask-identity"
    PROVEN = "proven"
    NOT_PROVEN = "not-proven"
    ASK = "ask"
    ANSWERED = "answered"
    EXTEND = "extend"
    FEE = "fee"
    FEE_PAID = "fee-paid"
    FULFIL = "fulfil"
    DENY = "deny"
    REVOKE = "revoke"
    EXPIRE = "expire"
    DROP = "drop"
    REOPEN = "reopen"
    ASSIGN = "assign"


CLOSING = (Step.FULFIL, Step.DENY, Step.REVOKE, Step.EXPIRE, Step.DROP)
"""Steps that end a request."""
NOBODY: frozenset[Role] = frozenset()
PEOPLE = frozenset({Role.OPERATOR, Role.LEAD})
ANYONE = PEOPLE | {Role.BOT}
LEADS = frozenset({Role.LEAD})


def _row(*roles: frozenset[Role]) -> Mapping[State, frozenset[Role]]:
    return dict(zip(State, roles, strict=True))


MAY: Mapping[Step, Mapping[State, frozenset[Role]]] = {
    #                          open    in_progress fulfilled denied  revoked expired
    Step.ASK_IDENTITY:    _row(ANYONE, ANYONE,     NOBODY,   NOBODY, NOBODY, NOBODY),
    Step.PROVEN:          _row(ANYONE, ANYONE,     NOBODY,   NOBODY, NOBODY, NOBODY),
    Step.NOT_PROVEN:      _row(NOBODY, ANYONE,     NOBODY,   NOBODY, NOBODY, NOBODY),
    Step.ASK:             _row(PEOPLE, PEOPLE,     NOBODY,   NOBODY, NOBODY, NOBODY),
    Step.ANSWERED:        _row(NOBODY, ANYONE,     NOBODY,   NOBODY, NOBODY, NOBODY),
    Step.EXTEND:          _row(PEOPLE, PEOPLE,     NOBODY,   NOBODY, NOBODY, NOBODY),
    Step.FEE:             _row(PEOPLE, PEOPLE,     NOBODY,   NOBODY, NOBODY, NOBODY),
    Step.FEE_PAID:        _row(NOBODY, PEOPLE,     NOBODY,   NOBODY, NOBODY, NOBODY),
    Step.FULFIL:          _row(PEOPLE, PEOPLE,     NOBODY,   NOBODY, NOBODY, NOBODY),
    Step.DENY:            _row(PEOPLE, PEOPLE,     NOBODY,   NOBODY, NOBODY, NOBODY),
    Step.REVOKE:          _row(PEOPLE, PEOPLE,     NOBODY,   NOBODY, NOBODY, NOBODY),
    Step.EXPIRE:          _row(NOBODY, ANYONE,     NOBODY,   NOBODY, NOBODY, NOBODY),
    Step.DROP:            _row(PEOPLE, PEOPLE,     NOBODY,   NOBODY, NOBODY, NOBODY),
    Step.REOPEN:          _row(NOBODY, NOBODY,     LEADS,    LEADS,  PEOPLE, PEOPLE),
    Step.ASSIGN:          _row(PEOPLE, PEOPLE,     PEOPLE,   PEOPLE, PEOPLE, PEOPLE),
}  # fmt: skip
"""Who may take which step in which state. docs/lifecycle.md shows the same table, and a test holds the two equal."""

DECIDES: Mapping[Denial, frozenset[Role]] = {
    Denial.SUSPECTED_FRAUD: LEADS,  # an accusation
    Denial.INSUF_VERIFICATION: PEOPLE,
    Denial.NO_MATCH: PEOPLE,
    Denial.CLAIM_NOT_COVERED: PEOPLE,
    Denial.OUTSIDE_JURISDICTION: PEOPLE,
    Denial.TOO_MANY_REQUESTS: PEOPLE,
    Denial.OTHER: LEADS,  # manifestly unfounded or excessive among them: the controller bears the burden of showing it
}
"""Who may deny for which reason."""


@dataclass(frozen=True, slots=True)
class Case:
    """One request as its life sees it."""

    controller: str
    person: str
    """Who asks: any key by which equal persons are found, never an address."""
    regime: str
    right: str
    category: str
    received: datetime
    """When our own server received it, UTC."""
    rule: Verification
    """How sure the law wants us to be."""
    place: Place | None = None
    promise: Promise | None = None
    ticket: str = ""
    doubt: bool = False
    """There is reasonable doubt about who asks."""
    agent: Authority | None = None
    minor: bool = False
    evidence: Evidence = NOTHING_SHOWN
    events: Events = NOTHING_HAPPENED
    state: State = State.OPEN
    reason: str = ""
    """NEED_USER_VERIFICATION, or why it was denied; else empty."""
    asking: bool = False
    """A question about what is meant waits for its answer."""
    part: bool = False
    """Fulfilled in part only."""
    owner: str = UNASSIGNED

    @property
    def active(self) -> bool:
        return self.state in ACTIVE

    @property
    def needs(self) -> Needs:
        return proofs.needs(self.rule, doubt=self.doubt, agent=self.agent, minor=self.minor)

    @property
    def missing(self) -> tuple[Kind, ...]:
        """What the law wants the requester to show before this is granted, and is not here yet."""
        return proofs.missing(self.needs, self.evidence)

    @property
    def awaited(self) -> tuple[Kind, ...]:
        """What may be asked for: what is missing, or the address's own proof where the answer holds personal data."""
        if self.missing or self.evidence.address_is_theirs or not answer_for(self.regime, self.right).personal:
            return self.missing
        return (Kind.MAILBOX,)

    @property
    def clocks(self) -> Due:
        """Its dates, as everything that happened moves them."""
        return due(
            self.regime, self.right, self.received, place=self.place, promise=self.promise, events=self.events
        )  # fmt: skip

    def is_the_same_as(self, other: Case) -> bool:
        """Whether both ask one controller for one person's one right."""
        return (self.controller, self.person, self.right) == (other.controller, other.person, other.right)


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken: the request as it is now, and the letter that tells of it, if any."""

    case: Case
    letter: LetterFor | None = None


def joined_to(new: Case, others: Collection[Case]) -> Case | None:
    """The active request that a new one is joined to, because it is the same person's, right and controller."""
    return next((other for other in others if other.active and other.is_the_same_as(new)), None)


def waits_for_access(case: Case, siblings: Collection[Case]) -> bool:
    """Whether an erasure must wait: an access request of the same ticket is unanswered."""
    return case.category == WAITS and any(other.active and other.category == ANSWERED_FIRST for other in siblings)


# -- identity --------------------------------------------------------------------------------------------------------------


def ask_identity(case: Case, who: Role, day: date, *, doubt: str = "") -> Taken:
    """Ask the requester for what is missing. `doubt`: what the reasonable doubt is, where the law asks for one.

    Raises WrongState, NotAllowed, NothingToProve, NoDoubt, and (as every step that moves a clock) law's EventsContradict.
    """
    _permit(case, Step.ASK_IDENTITY, who)
    if case.rule.level == "on-doubt" and doubt.strip():
        case = replace(case, doubt=True)
    if not case.awaited:
        raise NoDoubt if case.rule.level == "on-doubt" and not case.needs.kinds else NothingToProve
    case = _moved(case, identity_asked=case.events.identity_asked or day)
    case = replace(case, state=State.IN_PROGRESS, reason=NEED_USER_VERIFICATION)
    return Taken(case, challenge_for(case.awaited))


def proven(case: Case, who: Role, day: date, shown: Evidence) -> Taken:
    """The requester has shown something. Once nothing is awaited, identity is proven as of `day`. Raises WrongState, NotAllowed."""
    _permit(case, Step.PROVEN, who)
    case = replace(case, evidence=case.evidence | shown, state=State.IN_PROGRESS)
    if case.reason == NEED_USER_VERIFICATION and not case.awaited:
        case = replace(_moved(case, identity_proven=day), reason="")
    return Taken(case)


def not_proven(case: Case, who: Role, *, lesser: bool = False, others: Collection[Case] = ()) -> Taken:
    """What was shown does not do. The request stays open, and the requester is told – never which detail was wrong.

    `lesser`: from now on it is the lesser right that the law makes of it (specific pieces become categories, 11 CCR §7024); `others`: the
    person's other requests. Raises WrongState, NotAllowed, AlreadyActive.
    """
    _permit(case, Step.NOT_PROVEN, who)
    _must_wait_for_identity(case)
    return Taken(_as_lesser(case, others) if lesser else case, LetterFor("identity-not-proven"))


def _as_lesser(case: Case, others: Collection[Case]) -> Case:
    right = unverified_as(case.regime, case.right)
    if right is None:
        raise WrongState(f"{case.regime} makes no lesser right of {case.right} where identity is not proven.")
    case = replace(case, right=right, rule=verification(case.regime, right))
    if joined_to(case, others):
        raise AlreadyActive
    return case if case.awaited else replace(case, reason="")


def expire(case: Case, who: Role) -> Taken:
    """Nobody has proven who they are in the time they had. Raises WrongState, NotAllowed."""
    _permit(case, Step.EXPIRE, who)
    _must_wait_for_identity(case)
    return Taken(replace(case, state=State.EXPIRED, reason="", asking=False), LetterFor("closed"))


# -- what is meant ---------------------------------------------------------------------------------------------------------


def ask(case: Case, who: Role, day: date, question: str) -> Taken:
    """Ask back what is meant. Raises WrongState, NotAllowed, ReasonMissing."""
    _permit(case, Step.ASK, who)
    _must_say(question, "Say what you ask the requester.")
    if case.asking:
        raise WrongState("A question is waiting for its answer already.")
    # One pause is counted, the first: a second question moves no date, so that the date worked to is never too late.
    case = _moved(case, clarification_asked=case.events.clarification_asked or day)
    return Taken(replace(case, state=State.IN_PROGRESS, asking=True), LetterFor("clarification"))


def answered(case: Case, who: Role, day: date) -> Taken:
    """The answer to our question is here. Raises WrongState, NotAllowed."""
    _permit(case, Step.ANSWERED, who)
    if not case.asking:
        raise WrongState("No question is waiting for an answer.")
    case = _moved(case, clarification_answered=case.events.clarification_answered or day)
    return Taken(replace(case, asking=False))


# -- time ------------------------------------------------------------------------------------------------------------------


def extend(case: Case, who: Role, day: date, reason: str, *, override: str = "") -> Taken:
    """Announce that the answer takes longer, and why. Too late, only a lead may, and says why in `override`.

    Raises WrongState, NotAllowed, ReasonMissing, and law's LateExtension and NoExtension.
    """
    _permit(case, Step.EXTEND, who)
    _must_say(reason, "Say why the answer takes longer; the requester is told.")
    if case.events.extended:
        raise WrongState("The request is extended already, and the law knows no second extension.")
    announced = extension(
        case.regime, case.right, case.received, day, place=case.place, events=case.events, override=override
    )  # fmt: skip
    if announced.override and who is not Role.LEAD:
        raise NotAllowed("Only a lead may extend after the last day.")
    return Taken(_moved(case, extended=True), LetterFor("extension"))


def extended_to(case: Case) -> date:
    """The day on which the answer would be due if it were extended: the one that the letter tells. Raises law's NoExtension."""
    return _moved(case, extended=True).clocks.respond_by


# -- money -----------------------------------------------------------------------------------------------------------------


def announce_fee(case: Case, who: Role, reason: str) -> Taken:
    """Announce a fee before anything is charged. Raises WrongState, NotAllowed, ReasonMissing, FeeForbidden."""
    _permit(case, Step.FEE, who)
    _must_say(reason, "Say why a fee is asked for; the requester is told.")
    instead = any(one.fee_instead for one in refusals(case.regime, case.right).values())
    if is_free(case.regime, case.right) and not instead:
        raise FeeForbidden
    return Taken(replace(case, state=State.IN_PROGRESS), LetterFor("fee-announced"))


def fee_paid(case: Case, who: Role, day: date) -> Taken:
    """The fee is here. Raises WrongState, NotAllowed."""
    _permit(case, Step.FEE_PAID, who)
    return Taken(_moved(case, fee_paid=day))


# -- outcomes --------------------------------------------------------------------------------------------------------------


def fulfil(case: Case, who: Role, *, siblings: Collection[Case] = (), part: bool = False, alternative: bool = False) -> Taken:
    """Grant the request, whole or in part. `siblings`: the other requests of its ticket; `alternative`: by the other lawful answer.

    Raises WrongState, NotAllowed, Unverified, UnverifiedAddress, WaitsForAccess.
    """
    _permit(case, Step.FULFIL, who)
    _refuse_unverified(case)
    if waits_for_access(case, siblings):
        raise WaitsForAccess
    letter = answer_for(case.regime, case.right, alternative=alternative)
    _refuse_unverified_address(case, letter)
    return Taken(replace(case, state=State.FULFILLED, reason="", part=part, asking=False), letter)


def deny(case: Case, who: Role, why: Denial, *, others: Collection[Case] = ()) -> Taken:
    """Refuse the request. `others`: the person's other requests. Raises WrongState, NotAllowed."""
    _permit(case, Step.DENY, who)
    if who not in DECIDES[why]:
        raise NotAllowed(f"Only a lead may deny a request as {why}.")
    if why is Denial.INSUF_VERIFICATION and not case.missing:
        raise WrongState("Nothing is missing that the law asks for: the request cannot be denied as insuf_verification.")
    if why is Denial.INSUF_VERIFICATION:
        _refuse_denial_of_the_lesser(case, others)
    on_merits = why in (Denial.CLAIM_NOT_COVERED, Denial.OTHER) and case.evidence.address_is_theirs
    denied = replace(case, state=State.DENIED, reason=why.value, asking=False)
    return Taken(denied, refusal_of(case.right, on_merits=on_merits))


def revoke(case: Case, who: Role) -> Taken:
    """The requester takes the request back. Raises WrongState, NotAllowed."""
    _permit(case, Step.REVOKE, who)
    return Taken(replace(case, state=State.REVOKED, reason="", asking=False), LetterFor("request-withdrawn"))


def drop(case: Case, who: Role, why: Dropped) -> Taken:
    """End what never was a request of its own, without a letter. Raises WrongState, NotAllowed."""
    _permit(case, Step.DROP, who)
    return Taken(replace(case, state=State.REVOKED, reason=why.value, asking=False))


def reopen(case: Case, who: Role, *, others: Collection[Case] = ()) -> Taken:
    """Take up a closed request again, with the dates it always had. `others`: the person's other requests.

    Raises WrongState, NotAllowed, AlreadyActive.
    """
    _permit(case, Step.REOPEN, who)
    if joined_to(case, others):
        raise AlreadyActive
    reason = NEED_USER_VERIFICATION if case.state is State.EXPIRED and case.awaited else ""
    return Taken(replace(case, state=State.IN_PROGRESS, reason=reason, part=False))


def assign(case: Case, who: Role, owner: str) -> Taken:
    """Somebody takes charge; UNASSIGNED gives it back to the leads. Raises NotAllowed, ReasonMissing."""
    _permit(case, Step.ASSIGN, who)
    _must_say(owner, "Say who takes charge.")
    return Taken(replace(case, owner=owner.strip()))


def _moved(case: Case, **event: Any) -> Case:
    """The request after one more event of its clocks. Raises law's EventsContradict rather than leave it without dates."""
    moved = replace(case, events=replace(case.events, **event))
    _ = moved.clocks
    return moved


# -- what is refused -------------------------------------------------------------------------------------------------------


def _permit(case: Case, step: Step, who: Role) -> None:
    roles = MAY[step][case.state]
    if not roles:
        allowed = " or ".join(state for state in State if MAY[step][state])
        raise WrongState(f"The step {step} is for a request that is {allowed}; this one is {case.state}.")
    if who not in roles:
        raise NotAllowed(
            f"The step {step} is for the {' or the '.join(sorted(roles))} where a request is {case.state}, not for the {who}."
        )


def _must_wait_for_identity(case: Case) -> None:
    if case.reason != NEED_USER_VERIFICATION:
        raise WrongState("The requester was not asked for proof of identity, or has given it.")


def _must_say(words: str, sentence: str) -> None:
    if not words.strip():
        raise ReasonMissing(sentence)


def _refuse_unverified(case: Case) -> None:
    if case.missing:
        raise Unverified(f"The law asks for proof first ({case.rule.source}); still missing: {', '.join(case.missing)}.")


def _refuse_denial_of_the_lesser(case: Case, others: Collection[Case]) -> None:
    """What the law treats as a lesser right where identity is not proven is not denied for that (11 CCR §7024), unless it is asked already."""
    lesser = unverified_as(case.regime, case.right)
    if lesser and not joined_to(replace(case, right=lesser), others):
        raise WrongState(
            f"Unproven, {case.right} is not denied but treated as {lesser}: say instead that the proof is not enough."
        )


def _refuse_unverified_address(case: Case, letter: LetterFor) -> None:
    if letter.personal and not case.evidence.address_is_theirs:
        raise UnverifiedAddress
