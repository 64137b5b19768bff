"""What casework looks at, and what it decides: values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from privbot.casework.verification import Kind
from privbot.casework.wallet import WalletChallenge
from privbot.law.model import Due, Place, Promise, Verification
from privbot.reading.model import ESCALATED

# -- what is known -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Controller:
    """One company whose data subjects write, as far as casework needs to know it."""

    id: str
    name: str
    addresses: tuple[str, ...]
    regimes: tuple[str, ...]
    """The laws it answers under; the first one is meant where a mail does not tell."""
    challenge: Literal["on-doubt", "always"] = "on-doubt"
    places: Mapping[str, Place] = field(default_factory=dict)
    promises: Mapping[str, Promise] = field(default_factory=dict)
    """What its own notice promises, per regime."""


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A request that is still active."""

    regime: str
    right: str
    respond_by: date


@dataclass(frozen=True, slots=True)
class PendingChallenge:
    """A code that was sent and has not come back."""

    code: str
    expires_at: datetime
    attempts: int
    kind: Kind = Kind.MAILBOX
    """`confirmation` where it was sent to the consumer for whom an agent writes."""


@dataclass(frozen=True, slots=True)
class KnownTicket:
    """A ticket of this controller that the mail may belong to."""

    reference: str
    sender_matches: bool
    """The mail comes from the address that the ticket's letters go to."""
    requests: tuple[OpenRequest, ...]
    challenge: PendingChallenge | None = None
    """A code that was sent to the sender of this mail."""
    wallet: WalletChallenge | None = None
    """A text that was sent to be signed."""
    awaited: tuple[Kind, ...] = ()
    """What else was asked for: details, a declaration, a permission."""
    asking: bool = False
    """A question about what is meant waits for its answer."""
    more_than_mailbox: bool = False
    """Somewhere on it the law asks for more than control of the mailbox."""
    agent: bool = False
    """Somebody wrote it for another person."""
    name: str = ""
    """Of the person whose data it is about, as read; empty where no name was."""


@dataclass(frozen=True, slots=True)
class History:
    """What the records know that matters for one mail."""

    received: datetime
    """When our own server received it, UTC; clocks start here."""
    backlog: bool = False
    """It arrived before go-live."""
    duplicate: bool = False
    """The same mail was handled before (delivered twice, or to two folders)."""
    thread: KnownTicket | None = None
    """The ticket whose unforgeable token the mail carries."""
    tickets: tuple[KnownTicket, ...] = ()
    """Other tickets of the same sender, or of the same person, that have active requests."""
    over_limit: str | None = None
    """Which cap on automatic letters another letter would break: address, domain or controller."""


# -- what is to be done --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A new conversation with this sender."""

    language: str
    authority: str = ""
    """On what ground an agent acts (`verification.Authority`)."""
    another_person: bool = False
    """An operator said that this is somebody else than the person known by the same address."""


@dataclass(frozen=True, slots=True)
class AddRequest:
    """One right under one regime, on the ticket that was opened or attached to before it in the list."""

    regime: str
    right: str
    category: str
    due: Due
    verification: Verification
    doubted: bool = False
    """There is reasonable doubt about who asks."""
    authenticated: bool = False
    """The mail server vouches for the sender of this mail."""


@dataclass(frozen=True, slots=True)
class AttachToTicket:
    """The mail joins a conversation."""

    reference: str
    role: Literal["follow-up", "verification-reply", "same-request", "bounce"]


@dataclass(frozen=True, slots=True)
class ConfirmMailbox:
    """The right code came back from the address it was sent to: the writer holds that mailbox."""

    reference: str
    kind: Kind = Kind.MAILBOX


@dataclass(frozen=True, slots=True)
class ConfirmWallet:
    """The text to be signed came back with the wallet's own signature."""

    reference: str


@dataclass(frozen=True, slots=True)
class CountFailedProof:
    """Something that was asked for came back, and is wrong, late or used up. `why` is a stable code."""

    reference: str
    kind: Kind = Kind.MAILBOX
    why: str = "wrong-code"


@dataclass(frozen=True, slots=True)
class TakeAnswer:
    """The requester answered our question about what is meant."""

    reference: str


@dataclass(frozen=True, slots=True)
class SendLetter:
    """A letter to the sender of the mail; `challenge` adds a code to return."""

    name: str
    language: str
    challenge: bool = False
    approve_first: bool = False
    """Only a draft, whatever the controller's mode: a person decides whether it may go."""


@dataclass(frozen=True, slots=True)
class HoldForReview:
    """A person decides. `codes` are stable, `sentences` say it in words; `due` is the earliest day that would be due."""

    codes: tuple[str, ...]
    sentences: tuple[str, ...]
    due: date
    reference: str | None = None

    @property
    def urgent(self) -> bool:
        """It may be from a regulator, a legal claim or a security report, whatever else is unsure about it."""
        return any(code in ESCALATED for code in self.codes)


@dataclass(frozen=True, slots=True)
class Ignore:
    """Kept, and nothing is done."""

    code: str


@dataclass(frozen=True, slots=True)
class Escalate:
    """A person decides, and soon: a regulator, a legal claim, a security report."""

    code: str
    due: date


Action = (
    OpenTicket | AddRequest | AttachToTicket | ConfirmMailbox | ConfirmWallet | CountFailedProof | TakeAnswer | SendLetter | HoldForReview
    | Ignore | Escalate
)  # fmt: skip
