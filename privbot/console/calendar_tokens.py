"""The secret addresses under which calendar programs read somebody's deadlines: made, used, revoked. Times are UTC.

A program cannot sign in, so the address itself is the key: 256 random bits, shown once, kept as a hash, worth as much as its owner may see
at the moment it is used, and nothing any more once it is revoked or the owner has left.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.db.models import QuerySet

from privbot.console.models import CalendarToken, User
from privbot.errors import WrongUse
from privbot.records.audit import Event, record
from privbot.records.database import writing

BYTES = 32
MOST = 20
"""Addresses of one person; more are forgotten ones."""
USE_NOTED_EVERY = timedelta(minutes=5)


class TooManyTokens(WrongUse):
    """You have 20 calendar addresses; revoke one that you no longer use."""

    code = "too-many-calendar-addresses"


class UnknownToken(WrongUse):
    """You have no calendar address with that number."""

    code = "unknown-calendar-address"


def make(user: User, name: str, now: datetime) -> tuple[CalendarToken, str]:
    """A new token and its secret, which nobody can look up again. Raises TooManyTokens."""
    secret = secrets.token_urlsafe(BYTES)
    with writing():
        if tokens_of(user).count() >= MOST:
            raise TooManyTokens
        token = CalendarToken.objects.create(user=user, name=name, token_hash=_hash(secret), created_at=now)
        _tell("calendar address made", token, user, now)
    return token, secret


def tokens_of(user: User) -> QuerySet[CalendarToken]:
    """Those of one person that still open a calendar, oldest first."""
    return user.calendar_tokens.filter(revoked_at=None).order_by("id")


def owner_of(secret: str, now: datetime) -> User | None:
    """Whose deadlines this secret shows, noting that it was used; None for one that is unknown, revoked, or of somebody who has left."""
    wanted = _hash(secret)
    # What is looked up is a hash of what came in: how long that takes tells nothing of any token.
    token = CalendarToken.objects.filter(token_hash=wanted, revoked_at=None, user__is_active=True).select_related("user").first()
    if token is None or not hmac.compare_digest(token.token_hash, wanted):
        return None
    if token.used_at is None or now - token.used_at >= USE_NOTED_EVERY:
        CalendarToken.objects.filter(id=token.id).update(used_at=now)
    return token.user


def revoke(user: User, number: int, now: datetime) -> None:
    """One of their own is worth nothing any more. Raises UnknownToken."""
    with writing():
        token = tokens_of(user).filter(id=number).first()
        if token is None:
            raise UnknownToken
        CalendarToken.objects.filter(id=token.id).update(revoked_at=now)
        _tell("calendar address revoked", token, user, now)


def revoke_all(user: User, *, actor: str, now: datetime) -> None:
    """All of somebody's are worth nothing any more."""
    with writing():
        for token in tokens_of(user):
            CalendarToken.objects.filter(id=token.id).update(revoked_at=now)
            record([_event("calendar address revoked", token)], actor=actor, now=now)


def _tell(action: str, token: CalendarToken, user: User, now: datetime) -> None:
    record([_event(action, token)], actor=user.name_for_audit, now=now)


def _event(action: str, token: CalendarToken) -> Event:
    return Event(action, f"user:{token.user_id}", {"token": token.id})


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
