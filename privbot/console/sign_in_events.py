"""Signing in, and whatever changes how somebody signs in, in the audit trail: by code and the person's id, never by address."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import signals as account
from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.socialaccount import signals as social
from allauth.usersessions.models import UserSession
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest
from django.utils import timezone

from privbot.console import desk
from privbot.console.models import User
from privbot.console.team import subject
from privbot.records import audit
from privbot.records.audit import Event
from privbot.records.database import writing

NOBODY = "console"
"""The actor where nobody is signed in."""
BROWSER_LENGTH = 200
SIGNED_IN_AT = "signed-in-at"
ACTIVE_AT = "active-at"
"""Seconds since 1970, in a session."""


def connect() -> None:
    """Listen to the sign-in libraries."""
    for signal, heard in (
        (user_logged_in, _signed_in), (user_logged_out, _signed_out), (user_login_failed, _failed), (user_locked_out, _locked_out),
        (account.authentication_step_completed, _step_taken), (account.password_changed, _password_changed),
        (account.password_set, _password_changed), (account.password_reset, _password_changed),
        (mfa.authenticator_added, _factor_added), (mfa.authenticator_removed, _factor_removed), (mfa.authenticator_reset, _factor_reset),
        (mfa.authentication_failed, _factor_failed),
        (social.social_account_added, _account_connected), (social.social_account_removed, _account_disconnected),
    ):  # fmt: skip
        signal.connect(heard, dispatch_uid=f"privbot.console.sign_in_events.{heard.__name__}.{id(signal)}")


def tell(action: str, about: str, *, actor: str, **data: Any) -> None:
    """Write one event of the console's own."""
    with writing():
        audit.record([Event(action, about, data)], actor=actor, now=desk.office().clock())


def seen(request: HttpRequest, user: User) -> None:
    """Write down that a session is used, where from and with what: people see it on their page, and can end it."""
    told = {
        "user": user, "ip": request.META.get("REMOTE_ADDR") or "127.0.0.1", "last_seen_at": timezone.now(),
        "user_agent": request.META.get("HTTP_USER_AGENT", "")[:BROWSER_LENGTH],
    }  # fmt: skip
    UserSession.objects.update_or_create(session_key=request.session.session_key, defaults=told)


def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    request.session[SIGNED_IN_AT] = request.session[ACTIVE_AT] = time.time()
    seen(request, user)
    request.session.clear_expired()
    _own("signed in", user, ways=_ways(request, user))


def _signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        _own("signed out", user)


def _failed(credentials: dict[str, Any], **_: Any) -> None:
    _by_address("sign-in failed", credentials.get("email") or credentials.get("username"))


def _locked_out(request: HttpRequest, **_: Any) -> None:
    _by_address("locked out", request.POST.get("login"))


def _by_address(action: str, address: Any) -> None:
    known = User.objects.filter(email=str(address or "").strip().lower()).first()
    tell(action, subject(known) if known else "user:unknown", actor=NOBODY)


def _step_taken(request: HttpRequest, user: User, method: str, reauthenticated: bool = False, **_: Any) -> None:
    if not reauthenticated:
        return  # told as a whole once they are signed in
    _own("signed in again", user, way=method)
    # A new key for the session, as at the first sign-in.
    before = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)


def _password_changed(user: User, **_: Any) -> None:
    _own("password changed", user)


def _factor_added(user: User, authenticator: Any, **_: Any) -> None:
    _own("second factor added", user, kind=authenticator.type)


def _factor_removed(user: User, authenticator: Any, **_: Any) -> None:
    _own("second factor removed", user, kind=authenticator.type)


def _factor_reset(user: User, authenticator: Any, **_: Any) -> None:
    _own("second factor renewed", user, kind=authenticator.type)


def _factor_failed(user: User, authenticator: Any, **_: Any) -> None:
    tell("second factor failed", subject(user), actor=NOBODY, kind=authenticator.type)


def _account_connected(sociallogin: Any, **_: Any) -> None:
    _own("provider connected", sociallogin.user, provider=sociallogin.account.provider)


def _account_disconnected(socialaccount: Any, **_: Any) -> None:
    _own("provider disconnected", socialaccount.user, provider=socialaccount.provider)


def _own(action: str, user: User, **data: Any) -> None:
    tell(action, subject(user), actor=user.name_for_audit, **data)


def _ways(request: HttpRequest, user: User) -> list[str]:
    """Such as password and totp."""
    return [str(one.get("type") or one.get("provider") or one["method"]) for one in get_authentication_records(request, user)]
