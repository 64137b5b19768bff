"""What the law room hands out: values only. All dates are calendar days in the place of the regime."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

RIGHTS = (
    "access", "know-categories", "know-specific", "portability", "third-party-records", "erasure", "rectification",
    "opt-out-of-sale", "limit-sensitive", "objection", "direct-marketing", "consent-withdrawal", "restriction",
    "automated-decision", "stop-use", "shine-the-light", "complaint",
)  # fmt: skip
"""The rights a regime file may name. The rooms `law` and `reading` do not import each other; a test holds their lists equal."""

REFUSALS = (
    "manifestly-unfounded", "excessive", "too-many-requests", "duplicate", "retention-expired", "no-match", "not-covered",
    "outside-jurisdiction", "insufficient-verification", "suspected-fraud",
)  # fmt: skip
"""Why a request may be refused: the codes a regime file may give reasons for, and letters have words for."""

Outcome = Literal[
    "suspected_fraud", "insuf_verification", "no_match", "claim_not_covered", "outside_jurisdiction", "too_many_requests", "other"
]
"""Why a request is denied, in the Data Rights Protocol's vocabulary, so that agents understand it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where days are counted: an IANA time zone, and the holidays of a country and (optionally) its part (`holidays` codes)."""

    zone: str
    country: str
    subdivision: str | None = None


@dataclass(frozen=True, slots=True)
class Events:
    """What happened to a request after it arrived, as far as it moves its clocks. Days in the regime's place."""

    extended: bool = False
    clarification_asked: date | None = None
    clarification_answered: date | None = None
    identity_proven: date | None = None
    fee_paid: date | None = None
    identity_asked: date | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """What a controller's own notice promises for one regime: calendar days after the day of receipt, never rolled."""

    days: int
    source: str
    extended_days: int | None = None
    """Days promised where the answer needs more time; None: the promise falls away once the statute's extension is announced."""
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Due:
    """The clocks of one request. None where the regime knows no such clock.

    `statute` is the statutory date as things stand: once extended, the extended one.
    `respond_by` is what console and letters call *due*: the earlier of `statute` and `promise`; after an extension, the
    extended statute date (and its cautious reading where that is earlier, `cautious`).
    """

    acknowledge_by: date | None
    statute: date
    promise: date | None
    respond_by: date
    alarm: date
    """When to ring at the latest: a reminder by house rule, not a legal date."""
    extend_by: date | None
    """Last day on which an extension may still be announced."""
    extended: date | None
    """What the statute date is or would be with the extension."""
    cautious: date | None
    """The extended date by the cautious reading, where readings differ."""
    sources: tuple[str, ...]
    explanation: tuple[str, ...]
    """Sentences: "due 7 April 2026 because …"."""
    confirmed: bool
    """False when a figure behind these dates is unconfirmed."""
    internal_target: bool = False
    """True: the law names no number of days; `statute` is a target the house sets itself, and must be shown as such."""
    suspended: date | None = None
    """The statute date by the other reading, in which waiting for asked proof of identity suspends the clock; shown beside
    `statute`, never worked to. None where the regime knows no such reading, nothing was asked, or no day of waiting is known."""


@dataclass(frozen=True, slots=True)
class Verification:
    """How sure one must be who is asking, before a right is granted."""

    level: str
    """none, on-doubt, mailbox, reasonable, reasonably-high"""
    data_points: int
    """How many must match, at least; 0 where the law names no number."""
    declaration: bool
    """A declaration signed under penalty of perjury is needed."""
    source: str
    note: str = ""
    """A sentence for the operator."""
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Announcement:
    """An extension announced to the requester."""

    announced: date
    extend_by: date
    """The last day on which it could be announced."""
    extended: date
    """The statute date it leads to; where a cautious reading ends earlier, that one."""
    override: str = ""
    """Why it counts although it came late; empty when it was in time."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How often a right must be answered."""

    name: str
    rights: tuple[str, ...]
    """Counted together."""
    answers: int
    since: date
    """The first day of the time looked back on, in the regime's place."""
    source: str
    note: str = ""
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason for which a regime lets a request be refused."""

    code: str
    """One of REFUSALS."""
    outcome: Outcome
    why: str
    """A sentence."""
    operator_decides: bool
    """Never refused for this reason without a person."""
    fee_instead: bool
    """A reasonable fee may be asked for instead of refusing."""
    source: str
    note: str = ""
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Remedies:
    """Where a requester may turn who is refused: the authority to complain to, and the courts."""

    authority: str
    address: str
    url: str
    authority_note: str
    court: str
    """A sentence."""
    sources: tuple[str, ...]
    confirmed: bool


@dataclass(frozen=True, slots=True)
class AcknowledgmentDuty:
    """What a letter that confirms receipt must say."""

    says: tuple[str, ...]
    source: str
    note: str = ""
    confirmed: bool = True


DateName = Literal["acknowledge_by", "respond_by", "extend_by", "alarm"]


@dataclass(frozen=True, slots=True)
class Reminder:
    """A day on which the house looks at a date: before it a reminder, after it an escalation. House rule, never a legal date."""

    day: date
    what: DateName
    date: date
    """The date it is about."""
    escalation: bool
