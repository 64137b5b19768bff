"""How sure one must be who is asking, what has been proven, and what is still missing.

The level and the number of details per right come from the law's files. What is added here is who writes: an agent shows the consumer's
signed permission and the consumer confirms it (11 CCR §7063(a)), except with a power of attorney (§7063(b)); for an opt-out the signed
permission is enough (§7026(j)); whoever writes for a child shows that they may.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from privbot.law.model import Verification

NOT_VERIFIED = ("none", "on-doubt")
"""Levels at which the law lets a request be answered without any proof, unless there is doubt."""


class Kind(StrEnum):
    """What a requester can be asked for. Never an identity document."""

    MAILBOX = "mailbox"
    """A code sent to the address and returned from it."""
    DETAILS = "details"
    """Details that are compared with the controller's own records."""
    DECLARATION = "declaration"
    """A declaration signed under penalty of perjury."""
    WALLET = "wallet"
    """A text signed with an Ethereum wallet that the controller has on file."""
    PERMISSION = "permission"
    """The consumer's signed permission to the agent."""
    CONFIRMATION = "confirmation"
    """The consumer's own word that the agent may."""
    POWER_OF_ATTORNEY = "power-of-attorney"
    """Shown by the agent of their own accord; never demanded."""
    GUARDIAN = "guardian"
    """Authority over the child concerned."""


class Authority(StrEnum):
    """On what ground an agent acts."""

    PERMISSION = "permission"
    POWER_OF_ATTORNEY = "power-of-attorney"


@dataclass(frozen=True, slots=True)
class Needs:
    """What must be shown before a request is granted."""

    kinds: frozenset[Kind] = frozenset()
    details: int = 0
    """How many details must match, where details are compared."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What has been shown. It says how many details matched, never which."""

    kinds: frozenset[Kind] = frozenset()
    details: int = 0
    authenticated: bool = False
    """The mail server vouches for the sender of the request (RFC 8601): the address is theirs."""

    def __or__(self, other: Evidence) -> Evidence:
        return Evidence(self.kinds | other.kinds, max(self.details, other.details), self.authenticated or other.authenticated)

    @property
    def address_is_theirs(self) -> bool:
        """Somebody at this address has asked: what is personal may go there."""
        return self.authenticated or bool(self.kinds & {Kind.MAILBOX, Kind.WALLET})


NOTHING_SHOWN = Evidence()


def doubted(*, authenticated: bool, on_file: bool | None, policy: Literal["on-doubt", "always"]) -> bool:
    """Whether there is reasonable doubt about who asks (Art 12(6) GDPR). `on_file`: the controller knows the address; None: nobody looked."""
    return policy == "always" or not authenticated or on_file is False


def needs(rule: Verification, *, doubt: bool, agent: Authority | None = None, minor: bool = False) -> Needs:
    """What must be shown before a right under this rule is granted."""
    kinds, details = _of_the_person(rule, doubt)
    match agent:
        case Authority.PERMISSION:
            asked_of_consumer = {Kind.CONFIRMATION} if rule.level != "none" else set()
            kinds = kinds - {Kind.MAILBOX} | {Kind.PERMISSION} | asked_of_consumer
        case Authority.POWER_OF_ATTORNEY:
            kinds = kinds - {Kind.MAILBOX, Kind.DECLARATION} | {Kind.POWER_OF_ATTORNEY}
    if minor:
        kinds = kinds | {Kind.GUARDIAN}
    return Needs(kinds, details)


def missing(needed: Needs, shown: Evidence) -> tuple[Kind, ...]:
    """What has not been shown yet, in the order in which it is asked for."""
    got = set(shown.kinds) - {Kind.DETAILS}
    if Kind.WALLET in got:
        # The text to sign was sent to the address and came back from it: that is the mailbox, and one thing the records hold.
        got |= {Kind.MAILBOX}
    if details_shown(shown) >= needed.details:
        got |= {Kind.DETAILS}
    return tuple(kind for kind in Kind if kind in needed.kinds and kind not in got)


def details_shown(shown: Evidence) -> int:
    """How many details count: those that matched, and a proven wallet as one more."""
    return shown.details + (1 if Kind.WALLET in shown.kinds else 0)


def level_reached(rule: Verification, needed: Needs, shown: Evidence) -> str:
    """The level that is proven: the rule's own once nothing is missing, else what the mailbox alone gives."""
    if needed.kinds and not missing(needed, shown):
        return "mailbox" if rule.level in NOT_VERIFIED else rule.level
    return "mailbox" if shown.kinds & {Kind.MAILBOX, Kind.WALLET} else "none"


def _of_the_person(rule: Verification, doubt: bool) -> tuple[frozenset[Kind], int]:
    if rule.level == "none" or (rule.level == "on-doubt" and not doubt):
        return frozenset(), 0
    kinds = {Kind.MAILBOX}
    if rule.data_points:
        kinds.add(Kind.DETAILS)
    if rule.declaration:
        kinds.add(Kind.DECLARATION)
    return frozenset(kinds), rule.data_points
