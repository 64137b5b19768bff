"""When a session ends by itself, and what comes before everything else in one: a second factor."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils import timezone

from privbot.console import desk, kept_forms
from privbot.console.access import for_htmx
from privbot.console.sign_in_events import ACTIVE_AT, SIGNED_IN_AT, seen

Answer = Callable[[HttpRequest], HttpResponse]
SELDOM_SECONDS = 30
"""How often at most the last use is written down."""
AUTOMATIC = "X-Automatic"
"""The header of a request that a page makes by itself, such as counts that refresh: it does not keep a session alive."""
SETTING_UP = frozenset(
    {
        "mfa_activate_totp", "mfa_add_webauthn", "mfa_index", "mfa_list_webauthn", "mfa_view_recovery_codes", "second_factor",
        "account_reauthenticate", "again_elsewhere", "account_logout", "set_language", "openid_connect_login", "openid_connect_callback",
    }
)  # fmt: skip
"""Pages that somebody without a second factor may open where one is a must."""


class SessionLimits:
    """Ends a session that was not used for `[console] idle_minutes`, or is older than `session_hours`, on the server (NIST SP 800-63B, 4.1.3).

    Whoever is signed in is also remembered in the browser, so that a form sent too late is kept for them alone.
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = time.time()
        if request.user.is_authenticated:
            if _is_over(request, now):
                request.session.flush()
                request.user = AnonymousUser()
            elif AUTOMATIC not in request.headers and now - request.session[ACTIVE_AT] >= SELDOM_SECONDS:
                request.session[ACTIVE_AT] = now
                seen(request, request.user)
        response = self._answer(request)
        user = request.user
        if user.is_authenticated and kept_forms.last_person(request) != user.pk:
            kept_forms.remember_person(response, user.pk)
        return response


class SecondFactorFirst:
    """Leads whoever has no second factor to set one up, before anything else; `[console] require_mfa` turns that off."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            request.user.is_authenticated
            and desk.office().config.console.require_mfa
            and _name(request) not in SETTING_UP
            and not request.user.has_second_factor
        ):
            response: HttpResponse = redirect("second_factor")
            return for_htmx(request, response)
        return self._answer(request)


def living(person: int) -> QuerySet[UserSession]:
    """Somebody's sessions that are neither too old nor unused for too long, the latest first."""
    console, now = desk.office().config.console, timezone.now()
    used, since = now - timedelta(minutes=console.idle_minutes), now - timedelta(hours=console.session_hours)
    return UserSession.objects.filter(user_id=person, last_seen_at__gte=used, created_at__gte=since).order_by("-last_seen_at")


def _is_over(request: HttpRequest, now: float) -> bool:
    console = desk.office().config.console
    since, used = request.session.get(SIGNED_IN_AT), request.session.get(ACTIVE_AT)
    if since is None or used is None:
        return True
    return now - used > console.idle_minutes * 60 or now - since > console.session_hours * 3600


def _name(request: HttpRequest) -> str | None:
    try:
        return resolve(request.path_info).url_name
    except Resolver404:
        return None
