"""What a mail was understood to ask: values only."""

from __future__ import annotations

from dataclasses import dataclass, field

RIGHTS_BY_CATEGORY: dict[str, tuple[str, ...]] = {
    "access": ("access", "know-categories", "know-specific", "portability", "third-party-records"),
    "deletion": ("erasure",),
    "correction": ("rectification",),
    "opt-out": (
        "opt-out-of-sale", "limit-sensitive", "objection", "direct-marketing",
        "consent-withdrawal", "restriction", "automated-decision", "stop-use",
    ),
    "shine-the-light": ("shine-the-light",),
    "complaint": ("complaint",),
    "other": (),
}  # fmt: skip
"""What operators sort by → what the law counts by."""

CATEGORIES = tuple(RIGHTS_BY_CATEGORY)
CATEGORY_OF_RIGHT = {right: category for category, rights in RIGHTS_BY_CATEGORY.items() for right in rights}
RIGHTS = tuple(CATEGORY_OF_RIGHT)
KINDS_OF_OTHER = (
    "follow-up", "verification-reply", "question", "regulator", "legal-claim",
    "security-report", "support", "commercial", "spam",
)  # fmt: skip
ESCALATED = ("regulator", "legal-claim", "security-report")
"""Kinds of other that a person must see soon, whatever else is decided."""
REGIMES = ("gdpr", "uk-gdpr", "ccpa", "shine-the-light", "appi")
LANGUAGES = ("en", "ja", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "fi", "cs")
"""The languages privbot claims to read; in any other a person is asked."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that say so. `start` and `end` count characters of the text that was read (`Reading.text`)."""

    label: str
    """A right, or `request`, `regime:gdpr`, `agent`, `minor`, a kind of other."""
    start: int
    end: int
    text: str
    why: str = ""
    """A sentence for the operator: "asks for erasure", "cites Art. 17 GDPR"."""
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing said about the requester: the value in a normal form, where it stood and how sure the bot is."""

    value: str
    source: str
    """header, label, introduction, signature, body, agent"""
    confidence: float
    start: int = -1
    end: int = -1
    kind: str = ""
    """For ids: customer, account, order, invoice, ticket, contract, patient, employee, device, user, or empty where nothing says; for
    wallets: address or ens. Otherwise empty."""


@dataclass(frozen=True, slots=True)
class Requester:
    """Who is asking: for an agent's mail the consumer, not the agent."""

    name: Detail | None = None
    emails: tuple[Detail, ...] = ()
    phones: tuple[Detail, ...] = ()
    """E.164."""
    addresses: tuple[Detail, ...] = ()
    date_of_birth: Detail | None = None
    """ISO date."""
    ids: tuple[Detail, ...] = ()
    wallets: tuple[Detail, ...] = ()
    """Ethereum addresses (EIP-55 checked) and ENS names."""
    services: tuple[Detail, ...] = ()
    """What the writer has or had of the controller, by name: an app, a newsletter, a club."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """An attachment and what it is for."""

    name: str
    """The file's name; may be empty."""
    part: int
    """Index among the leaf parts of the message (`Attachment.part`)."""
    role: str
    """identity-document, permission, letter, evidence; empty if nothing says what it is."""
    confidence: float


@dataclass(frozen=True, slots=True)
class RegimeGuess:
    """A law this mail may stand under, and why."""

    regime: str
    confidence: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one mail asks: categories, rights, language, requester, regimes, each with confidence and evidence."""

    text: str
    """Subject line, a newline, then the text that was read; all spans point into it."""
    language: str
    """ISO 639-1."""
    language_confidence: float
    categories: dict[str, float]
    """Every category with its calibrated score, 0 to 1."""
    decided: tuple[str, ...]
    """The categories the bot would put on the ticket; never empty (`other` when nothing is asked)."""
    rights: dict[str, float]
    """Rights with any score worth showing."""
    decided_rights: tuple[str, ...]
    review: bool
    """True: a person must look before anything is decided."""
    reasons: tuple[str, ...]
    """Why it goes to review, and what spoke for the decision; sentences for operators."""
    regimes: tuple[RegimeGuess, ...]
    """Most likely first; more than one when the mail leaves it open."""
    requester: Requester
    kind: str | None = None
    """For `other`: one of KINDS_OF_OTHER."""
    agent: str | None = None
    """The declared agent's name (or address) when someone writes for others."""
    principals: tuple[str, ...] = ()
    """The consumers an agent writes for."""
    guardian: str | None = None
    """The parent or guardian (name or address) who writes for a child."""
    minor: bool = False
    oral: bool = False
    """The writer asks for an oral answer."""
    deadline: str | None = None
    """A date the writer sets, ISO; shown, never obeyed."""
    codes: tuple[str, ...] = ()
    """What looks like a returned verification code (`XXXX-XXXX`, letters and digits)."""
    enclosures: tuple[Enclosure, ...] = ()
    """The mail's attachments and what they are for."""
    evidence: tuple[Evidence, ...] = ()
    model: str = ""
    """Name and version of the pipeline that read it."""
    review_codes: tuple[str, ...] = field(default=())
    """The stable codes of the reasons for review: unsure, foreign-language, conflicting-rights, agent, minor, regulator, …"""
