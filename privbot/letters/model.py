"""What goes into a letter and what comes out: values only. All dates are calendar days in the place of the regime."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from privbot.law.model import Due, Verification


@dataclass(frozen=True, slots=True)
class LetterRequest:
    """One right asked for under one regime, as far as a letter speaks of it."""

    right: str
    regime: str
    respond_by: date
    """What the letter calls due."""
    statute: date
    promise: date | None = None
    verification: str = "none"
    """The level: none, on-doubt, mailbox, reasonable, reasonably-high."""
    data_points: int = 0
    """How many details must match; 0 where none are compared."""
    declaration: bool = False
    """A declaration signed under penalty of perjury is needed."""
    free: bool = True
    """False: a fee may be asked for (`law.is_free`)."""
    extended: date | None = None
    """What the due date would be with an extension; None where there is none."""
    internal_target: bool = False
    """The law names no number of days: the date is an aim, not a promise."""

    @classmethod
    def of(cls, regime: str, right: str, due: Due, verification: Verification, *, free: bool) -> LetterRequest:
        """From what the law room says about one request."""
        return cls(
            right, regime, due.respond_by, due.statute, due.promise,
            verification.level, verification.data_points, verification.declaration,
            free, due.extended, due.internal_target,
        )  # fmt: skip

    @property
    def dates(self) -> tuple[date, date, date | None, bool]:
        """What a letter says about the answer; requests with equal dates are answered together."""
        return self.respond_by, self.statute, self.promise, self.internal_target

    @property
    def promised_earlier(self) -> bool:
        """Due earlier than the statute asks for, because the controller's notice says so."""
        return self.promise == self.respond_by and self.respond_by < self.statute

    @property
    def proof(self) -> str:
        """How identity is verified, as a reader would tell it: none, mailbox, details, declaration."""
        if self.verification == "none":
            return "none"
        if self.declaration:
            return "declaration"
        return "details" if self.data_points else "mailbox"


@dataclass(frozen=True, slots=True)
class LetterContext:
    """Everything a letter may know. It holds nothing of the mail it answers, and nothing personal but the writer's name."""

    reference: str
    controller_name: str
    requests: tuple[LetterRequest, ...]
    received: date
    """The day on which our own mail server received the mail."""
    requester_name: str = ""
    """The writer's own name; empty, or one that must not be repeated (`safe_name`), gives a neutral salutation."""
    contact: str = ""
    """The privacy office's signature, several lines; empty gives a plain one."""
    challenge_code: str | None = None
    """Asks for the code's return, and says that every request that needs proof of identity waits for it."""
    challenge_expires: date | None = None
    """The last whole day on which the code is accepted."""
    sender_unconfirmed: bool = False
    """The mail was not authenticated: only then does a letter speak of reasonable doubt (Art 12(6) GDPR)."""
    backlog: bool = False
    """The mail lay unread before the bot went live: the letter apologises for hearing from us late."""
    written: date | None = None
    """The day the letter is written, to tell what is overdue; None: nothing is."""

    @property
    def by_regime(self) -> dict[str, list[LetterRequest]]:
        """The requests under each law, in the order they came."""
        groups: dict[str, list[LetterRequest]] = {}
        for request in self.requests:
            groups.setdefault(request.regime, []).append(request)
        return groups

    @property
    def by_proof(self) -> dict[tuple[str, int], list[LetterRequest]]:
        """The requests that are verified alike: (proof, number of details) → requests."""
        groups: dict[tuple[str, int], list[LetterRequest]] = {}
        for request in self.requests:
            groups.setdefault((request.proof, request.data_points), []).append(request)
        return groups

    @property
    def extended(self) -> list[date]:
        """The different dates that extensions would lead to."""
        return sorted({request.extended for request in self.requests if request.extended})

    @property
    def doubted_regime(self) -> str | None:
        """The regime that lets us ask for more only on reasonable doubt, where that doubt is why the letter asks."""
        if not (self.challenge_code and self.sender_unconfirmed):
            return None
        return next((request.regime for request in self.requests if request.verification == "on-doubt"), None)

    def is_overdue(self, request: LetterRequest) -> bool:
        return self.written is not None and request.respond_by < self.written


@dataclass(frozen=True, slots=True)
class ComposedLetter:
    """A letter ready to be sent. Text and HTML say the same."""

    name: str
    language: str
    """ISO 639-1, of the words really used: `en` where the reader's language has none."""
    subject: str
    text: str
    html: str


@dataclass(slots=True)
class Block:
    """One piece of a letter, in the order in which it is read: paragraph, items, facts, code or signature."""

    kind: str
    lines: list[str]
    labels: list[str] = field(default_factory=list)
    """For facts: what each line is."""
    language: str = ""
    """Where it differs from the letter's."""
