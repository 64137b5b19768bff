"""What requesters were asked to show: challenges, what they are checked against, and how they ended.

What a challenge is checked against is emptied as soon as it is decided (11 CCR §7060(d)); how many details matched stays, never which. Every
function that writes expects to be inside `database.writing()`.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from privbot.casework import challenge as codes
from privbot.casework.model import PendingChallenge
from privbot.casework.verification import Evidence, Kind
from privbot.casework.wallet import WalletChallenge, checked_address
from privbot.records.audit import Event
from privbot.records.models import Challenge, Request, Ticket
from privbot.records.sealing import Seals

SEAL = "challenge code"
"""What the boxes in `sealed_code` are."""
CODES = (Kind.MAILBOX, Kind.CONFIRMATION)
"""Kinds that are a code to be returned."""
WALLET_STANDS_FOR = {Kind.MAILBOX, Kind.DETAILS}
"""What a wallet can be asked for instead of."""
AWAITED_AS = {
    Kind.MAILBOX: "code", Kind.CONFIRMATION: "code", Kind.DETAILS: "details", Kind.DECLARATION: "declaration",
    Kind.PERMISSION: "permission", Kind.GUARDIAN: "guardian", Kind.WALLET: "wallet",
}  # fmt: skip
"""What a reminder calls each kind (`letters.model.AWAITED`)."""


# -- asking ------------------------------------------------------------------------------------------------------------------


def ask(ticket: Ticket, kind: Kind, now: datetime, *, recipient_index: str = "") -> Challenge:
    """A challenge of a kind that is checked against nothing of ours. An older one of its kind ends."""
    _supersede(ticket, kind, now)
    return Challenge.objects.create(
        ticket=ticket, kind=kind.value, recipient_index=recipient_index, created_at=now, expires_at=_expiry(now)
    )


def ask_code(
    ticket: Ticket, seals: Seals, now: datetime, *, kind: Kind = Kind.MAILBOX, recipient_index: str = ""
) -> tuple[str, datetime]:
    """A code to be returned, and until when (UTC). `recipient_index`: whose mailbox it goes to, where that is not the ticket's."""
    code = codes.code_from(secrets.token_bytes(codes.CODE_LENGTH))
    challenge = ask(ticket, kind, now, recipient_index=recipient_index)
    _seal(challenge, code, seals)
    return code, challenge.expires_at


def ask_wallet(ticket: Ticket, wallet: str, domain: str, seals: Seals, now: datetime) -> WalletChallenge:
    """A text to be signed with a wallet. Raises NotAWallet."""
    asked = {"wallet": checked_address(wallet), "nonce": secrets.token_hex(8), "domain": domain}
    challenge = ask(ticket, Kind.WALLET, now)
    _seal(challenge, json.dumps(asked), seals)
    return _wallet_challenge(ticket, challenge, asked)


# -- what is pending -----------------------------------------------------------------------------------------------------------


def pending(ticket: Ticket) -> list[Challenge]:
    """What was asked for and has not been decided, newest first."""
    return list(ticket.challenges.filter(state=Challenge.State.PENDING).order_by("-id"))


def still_pending(ticket: Ticket, number: int) -> Challenge | None:
    """What was asked for under a number, locked until the transaction ends; None once it is decided, or another ticket's."""
    return ticket.challenges.select_for_update().filter(id=number, state=Challenge.State.PENDING).first()


def pending_code(ticket: Ticket, challenges: Iterable[Challenge], sender_index: str, seals: Seals) -> PendingChallenge | None:
    """The code that was sent to this sender's mailbox."""
    for one in challenges:
        if Kind(one.kind) in CODES and (one.recipient_index or ticket.sender_index) == sender_index:
            return PendingChallenge(code_of(ticket, one, seals), one.expires_at, one.attempts, Kind(one.kind))
    return None


def pending_wallet(ticket: Ticket, challenges: Iterable[Challenge], seals: Seals) -> WalletChallenge | None:
    """The text that waits to be signed."""
    for one in challenges:
        if one.kind == Kind.WALLET:
            return _wallet_challenge(ticket, one, json.loads(_open(ticket, one, seals)))
    return None


def code_of(ticket: Ticket, challenge: Challenge, seals: Seals) -> str:
    """The code of a challenge that waits for one (of CODES)."""
    return _open(ticket, challenge, seals)


def asked_of(row: Request, awaited: Collection[Kind], challenges: Iterable[Challenge]) -> list[Challenge]:
    """Those of its ticket's challenges that are about what a request still awaits: pending, or decided since it came."""
    kinds = {*awaited, *((Kind.WALLET,) if WALLET_STANDS_FOR & set(awaited) else ())}
    return [
        one for one in challenges if Kind(one.kind) in kinds and (one.decided_at is None or one.decided_at >= row.received_at)
    ]


def is_pending(asked: Iterable[Challenge]) -> bool:
    """Whether something that was asked for has not been decided."""
    return any(one.state == Challenge.State.PENDING for one in asked)


def ran_out(asked: Collection[Challenge], at: datetime) -> bool:
    """Whether something was asked for (`asked_of`) that did not come, and the time for all of it is over."""
    pending = [one for one in asked if one.state == Challenge.State.PENDING]
    return all(one.expires_at <= at for one in pending) and (bool(pending) or any(_in_vain(one) for one in asked))


def shown_for(row: Request) -> Evidence:
    """What has been shown for a request, on its ticket."""
    return shown_by(row, row.ticket.challenges.filter(decided_at__gte=row.received_at))


def shown_by(row: Request, challenges: Iterable[Challenge]) -> Evidence:
    """What the challenges of its ticket have shown for a request: with the mail that asked, and since. What somebody showed earlier does not
    vouch for whoever writes now."""
    challenges = [one for one in challenges if one.decided_at and one.decided_at >= row.received_at]
    kinds = {Kind(one.kind) for one in challenges if one.state == Challenge.State.PROVEN}
    details = max((one.matched for one in challenges), default=0)
    return Evidence(frozenset(kinds - {Kind.DETAILS}), details, row.authenticated)


def has_shown(ticket: Ticket) -> bool:
    """Whether anything was shown on a ticket, and held against what is known."""
    return ticket.challenges.filter(state__in=(Challenge.State.PROVEN, Challenge.State.FAILED)).exists()


def was_compared(row: Request) -> bool:
    """Whether somebody held what the requester says of themselves against the controller's records, whatever came of it."""
    held_against = (Kind.DETAILS.value, Kind.WALLET.value)
    decided = (Challenge.State.PROVEN, Challenge.State.FAILED)
    return row.ticket.challenges.filter(kind__in=held_against, state__in=decided, decided_at__gte=row.received_at).exists()


# -- deciding ------------------------------------------------------------------------------------------------------------------


def prove(ticket: Ticket, kind: Kind, *, actor: str, now: datetime, at: datetime | None = None, matched: int = 0) -> Event:
    """Something was shown, asked for or not. `at`: when it arrived, else now; `matched`: how many details agreed."""
    return _decide(ticket, kind, Challenge.State.PROVEN, actor, now, at, matched)


def prove_this(challenge: Challenge, *, actor: str, now: datetime) -> Event:
    """Exactly what this challenge asks for was shown."""
    return _decide_on(challenge, Challenge.State.PROVEN, actor, now, None, 0)


def fail(ticket: Ticket, kind: Kind, *, actor: str, now: datetime, matched: int = 0) -> Event:
    """What was shown does not do."""
    return _decide(ticket, kind, Challenge.State.FAILED, actor, now, None, matched)


def run_out(ticket: Ticket, kind: Kind, *, actor: str, now: datetime) -> Event:
    """What was asked for has not come in the time there was."""
    return _decide(ticket, kind, Challenge.State.EXPIRED, actor, now, None, 0)


def count_attempt(ticket: Ticket, kind: Kind, why: str, *, actor: str, now: datetime, mail: int | None = None) -> Event:
    """Something wrong, late or used up came back; after too many attempts the challenge has failed."""
    # Locked: a challenge that somebody closes at this moment must not be saved as pending again.
    for one in ticket.challenges.select_for_update().filter(state=Challenge.State.PENDING, kind=kind.value):
        one.attempts += 1
        if one.attempts >= codes.MAX_ATTEMPTS:
            _close(one, Challenge.State.FAILED, actor, now)
        one.save()
    return Event("proof refused", f"ticket:{ticket.reference}", {"kind": kind.value, "why": why, "mail": mail})


def close_all(ticket: Ticket, *, actor: str, now: datetime) -> None:
    """Nothing is waited for any more: the ticket's last request is closed."""
    close(ticket, list(Kind), actor=actor, now=now)


def close(ticket: Ticket, kinds: Collection[Kind], *, actor: str, now: datetime) -> None:
    """What is pending of these kinds is not waited for any more."""
    for one in ticket.challenges.filter(state=Challenge.State.PENDING, kind__in=kinds):
        _close(one, Challenge.State.EXPIRED, actor, now)
        one.save()


def _in_vain(challenge: Challenge) -> bool:
    """Whether a challenge ended because the requester's time was over, or their attempts were used up."""
    if challenge.state == Challenge.State.EXPIRED:
        # Else it ended before its time: it was asked for anew, or its letter never left.
        return bool(challenge.decided_at and challenge.decided_at >= challenge.expires_at)
    # Else it was met, or a comparison failed, for which nobody need have asked.
    return bool(challenge.state == Challenge.State.FAILED and challenge.attempts >= codes.MAX_ATTEMPTS)


def _wallet_challenge(ticket: Ticket, challenge: Challenge, asked: Mapping[str, str]) -> WalletChallenge:
    used_up = challenge.attempts >= codes.MAX_ATTEMPTS
    return WalletChallenge(asked["wallet"], asked["nonce"], ticket.reference, asked["domain"], challenge.expires_at, used_up)


def _decide(ticket: Ticket, kind: Kind, state: str, actor: str, now: datetime, at: datetime | None, matched: int) -> Event:
    challenge = ticket.challenges.filter(state=Challenge.State.PENDING, kind=kind.value).order_by("-id").first()
    challenge = challenge or Challenge(ticket=ticket, kind=kind.value, created_at=at or now, expires_at=_expiry(now))
    return _decide_on(challenge, state, actor, now, at, matched)


def _decide_on(challenge: Challenge, state: str, actor: str, now: datetime, at: datetime | None, matched: int) -> Event:
    ticket, kind = challenge.ticket, Kind(challenge.kind)
    challenge.matched = matched
    # Our clock and the mail server's may differ a little: what people note is never older than the mail it is about.
    _close(challenge, state, actor, at or max(now, ticket.last_contact))
    challenge.save()
    told = {"kind": kind.value, "outcome": str(state), "challenge": challenge.id}
    return Event("proof decided", f"ticket:{ticket.reference}", told | ({"matched": matched} if kind is Kind.DETAILS else {}))


def _supersede(ticket: Ticket, kind: Kind, now: datetime) -> None:
    for one in ticket.challenges.filter(state=Challenge.State.PENDING, kind=kind.value):
        _close(one, Challenge.State.EXPIRED, "", now)
        one.save()


def _close(challenge: Challenge, state: str, actor: str, at: datetime) -> None:
    challenge.state, challenge.decided_at, challenge.decided_by, challenge.sealed_code = state, at, actor, b""


def _expiry(now: datetime) -> datetime:
    return now + timedelta(days=codes.VALID_DAYS)


def _seal(challenge: Challenge, content: str, seals: Seals) -> None:
    challenge.sealed_code = seals.seal(challenge.ticket.key, SEAL, content.encode())
    challenge.save(update_fields=["sealed_code"])


def _open(ticket: Ticket, challenge: Challenge, seals: Seals) -> str:
    return seals.open(ticket.key, SEAL, challenge.sealed_code).decode()
