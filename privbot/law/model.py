"""What the law room hands out: values only. All dates are calendar days in the place of the regime."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

RIGHTS = (
    "access", "know-categories", "know-specific", "portability", "third-party-records", "erasure", "rectification",
    "opt-out-of-sale", "limit-sensitive", "objection", "direct-marketing", "consent-withdrawal", "restriction",
    "automated-decision", "stop-use", "shine-the-light", "complaint",
)  # fmt: skip
"""The rights a regime file may name. The rooms `law` and `reading` do not import each other; a test holds their lists equal."""


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
