"""What goes into a letter and what comes out: values only. All dates are calendar days in the place of the regime."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from privbot.law.model import Due, Verification
from privbot.letters.errors import AttachmentRefused

NOTE = re.compile(r"; | \(|, or ")
"""What parts a citation from the note behind it: `Art 17 GDPR; each recipient is told, Art 19`."""
MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")
AWAITED = ("code", "details", "declaration", "permission", "guardian", "wallet", "answer", "fee")
"""What a reminder can remind of."""


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
    title: str = ""
    """The law's own name for itself, for a law whose name the words do not know."""
    article: str = ""
    """The provision, as the law's file cites it: `Art 15 GDPR`."""
    authority: str = ""
    """Where to complain: the authority's name, and how it is reached."""

    @classmethod
    def of(
        cls, regime: str, right: str, due: Due, verification: Verification, *,
        free: bool, title: str = "", article: str = "", authority: str = "",
    ) -> LetterRequest:  # fmt: skip
        """From what the law room says about one request. Notes for operators that follow a citation are left out."""
        return cls(
            right, regime, due.respond_by, due.statute, due.promise,
            verification.level, verification.data_points, verification.declaration,
            free, due.extended, due.internal_target, title, NOTE.split(article)[0], authority,
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
class Kept:
    """Data that stay although deletion was asked for."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who received the data."""

    name: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Category:
    """A category of data that was collected or disclosed."""

    name: str
    sources: str = ""
    purposes: str = ""
    disclosed_to: str = ""


@dataclass(frozen=True, slots=True)
class Information:
    """One thing that an answer tells about the data. `kind` is a key of the words' table `information`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class LetterContext:
    """Everything a letter may know. What a letter cannot do without stands in privbot.letters.catalogue.

    It holds nothing of the mail it answers. What an operator writes is plain text in the reader's language: it is never read as a
    template, and checked before it is used (`privbot.letters.free_text`).
    """

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
    erasure_waits: bool = False
    """An access request of the same person is answered before this erasure is carried out."""
    written: date | None = None
    """The day the letter is written, to tell what is overdue; None: nothing is."""
    details_wanted: tuple[str, ...] = ()
    """The details a requester can choose from: keys of the words' table `details`."""
    wallet_message: str = ""
    """The exact text to be signed with a wallet; line breaks count."""
    awaited: tuple[str, ...] = ()
    """What a reminder reminds of: of AWAITED."""
    answer_by: date | None = None
    """The last day on which the requester's answer is in time."""
    question: str = ""
    """What an operator asks back."""
    clock_paused: bool = False
    """The law does not count the days between a question and its answer (UK: DPA 2018 s.54(3C))."""
    answered_as_categories: bool = False
    """The identity is not proven, and the request is treated as one for categories (11 CCR §7024)."""
    reason: str = ""
    """An operator's reasons: for an extension, a refusal, a fee."""
    finding: str = ""
    """What an examination found: of a complaint, of an automated decision."""
    measures: tuple[str, ...] = ()
    """What was done about it."""
    new_date: date | None = None
    """The day by which the answer comes after an extension."""
    refusal: str = ""
    """Why a request is not carried out: a key of the words' table `refusals`."""
    again_from: date | None = None
    """The first day on which such a request can be made again."""
    fee: str = ""
    """An amount with its currency, as the reader writes it."""
    attachments: tuple[str, ...] = ()
    """The names of the files attached."""
    information: tuple[Information, ...] = ()
    """What is told about the data beside the data themselves (Art 15(1), (2) GDPR)."""
    categories: tuple[Category, ...] = ()
    """Categories of data collected, or disclosed for direct marketing."""
    calendar_year: int | None = None
    """The year that disclosures for direct marketing are told for: the one before the request."""
    kept: tuple[Kept, ...] = ()
    """What is kept, or goes on being used, and why."""
    recipients: tuple[Recipient, ...] = ()
    """Who else has been told, or to whom data were disclosed."""
    corrected: tuple[str, ...] = ()
    """What was corrected; to a recipient: with the new values."""
    person: tuple[str, ...] = ()
    """By what a recipient recognises the person concerned."""
    agent_name: str = ""
    """Who says to act for the reader; one that must not be repeated (`safe_name`) is left out."""
    other_controller: str = ""
    """Who is responsible instead of us, where known."""
    data_protection_officer: str = ""
    """Name and how to reach them, in one line."""
    representatives: tuple[str, ...] = ()
    """The controller's representatives under the laws of the requests, each in one line."""

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
    def rights(self) -> frozenset[str]:
        """The rights the letter speaks of."""
        return frozenset(request.right for request in self.requests)

    @property
    def data_points(self) -> int:
        """How many details must match, for the request that needs most."""
        return max(request.data_points for request in self.requests)

    @property
    def declared(self) -> LetterRequest:
        """The request that a declaration is signed for."""
        return next((request for request in self.requests if request.declaration), self.requests[0])

    @property
    def extended(self) -> list[date]:
        """The different dates that extensions would lead to."""
        return sorted({request.extended for request in self.requests if request.extended})

    @property
    def doubted(self) -> LetterRequest | None:
        """The request whose law lets us ask for more only on reasonable doubt, where that doubt is why the letter asks."""
        if not (self.challenge_code and self.sender_unconfirmed):
            return None
        return next((request for request in self.requests if request.verification == "on-doubt"), None)

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
    attachments: tuple[str, ...] = ()
    """The names of the files that it says are attached."""
    personal: bool = False
    """It tells more about a person than the name: sent to a verified address only, and never twice without an operator."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter. Raises AttachmentRefused for a name or type that no mail program would take."""

    name: str
    type: str
    """The media type, such as `application/json`."""
    content: bytes

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.name.isprintable() or set(self.name) & set('/\\"'):
            raise AttachmentRefused("A file's name must be printable, without slashes and quotes.")
        if not MEDIA_TYPE.fullmatch(self.type):
            raise AttachmentRefused(f"{self.type!r} is not a media type such as application/json.")


@dataclass(slots=True)
class Block:
    """One piece of a letter, in the order in which it is read: paragraph, items, facts, code, verbatim or signature."""

    kind: str
    lines: list[str]
    labels: list[str] = field(default_factory=list)
    """For facts: what each line is."""
    language: str = ""
    """Where it differs from the letter's."""
