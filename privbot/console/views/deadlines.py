"""Deadlines: the agenda, the month, and the calendar that a program subscribes to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from privbot.casework.lifecycle import UNASSIGNED
from privbot.console import calendar_tokens, team
from privbot.console.access import needs, open_to_all, recent_sign_in, seen_controllers
from privbot.console.deadline_form import Wanted, month_of, place_of, written
from privbot.console.numbers import number_in
from privbot.console.words import sentence
from privbot.errors import WrongUse
from privbot.reports.agenda import KINDS, Deadline, agenda, days_of, weeks_of
from privbot.reports.calendar import calendar

PAGE = 50
SOON = timedelta(days=7)
FEED_TRIES = 60
FEED_TRIES_SECONDS = 300
"""Of one address on the network: a calendar program asks a few times an hour."""


@needs("viewer")
@require_safe
def deadlines(request: HttpRequest) -> HttpResponse:
    """All days to keep, overdue first."""
    return render(request, "deadlines/deadlines.html", _agenda(request))


@needs("viewer")
@require_safe
def month(request: HttpRequest) -> HttpResponse:
    """How many days to keep fall on each day of a month."""
    seen, people, now = seen_controllers(request), _people(request), request.office.clock()
    wanted = replace(Wanted.of(request.GET, seen, people), first=None, last=None)
    first = month_of(request.GET.get("month", ""), now.date())
    weeks = weeks_of(first)
    counts = days_of(replace(wanted.scope(seen, people), first=weeks[0][0], last=weeks[-1][-1]), now=now)
    shown = {
        "weeks": weeks, "counts": counts, "first": first, "today": now.date(), "before": first - timedelta(days=1),
        "after": first + timedelta(days=31), **_filters(request, wanted, people),
    }  # fmt: skip
    return render(request, "deadlines/month.html", shown)


@needs("viewer")
@recent_sign_in
@require_POST
def subscribe(request: HttpRequest) -> HttpResponse:
    """Make a calendar address. The answer is the page itself, not a redirect: it is the only time that the secret is shown."""
    name = request.POST.get("name", "").strip()[:60]
    try:
        _token, secret = calendar_tokens.make(request.user, name or _("Calendar"), request.office.clock())
    except WrongUse as fault:
        return render(
            request, "deadlines/deadlines.html", {**_agenda(request), "fault": sentence(fault), "name": name}, status=400
        )
    address = request.build_absolute_uri(reverse("calendar_feed", kwargs={"token": secret}))
    return render(request, "deadlines/deadlines.html", {**_agenda(request), "address": address})


@needs("viewer")
@require_POST
def unsubscribe(request: HttpRequest) -> HttpResponse:
    """Revoke one of one's own calendar addresses."""
    number = number_in(request.POST.get("token", ""))
    try:
        calendar_tokens.revoke(request.user, number or 0, request.office.clock())
    except calendar_tokens.UnknownToken:
        raise Http404 from None
    messages.success(request, _("The calendar address is revoked; programs that use it get nothing any more."))
    return redirect("deadlines")


@open_to_all
@require_safe
def calendar_feed(request: HttpRequest, *, token: str) -> HttpResponse:
    """What is due, for a calendar program that has the address. References only; whoever has no such address learns nothing."""
    if _asks_too_often(request):
        return HttpResponse(status=429, headers={"Retry-After": str(FEED_TRIES_SECONDS), **UNKNOWN_TO_OTHERS})
    owner = calendar_tokens.owner_of(token, request.office.clock())
    if owner is None:
        return HttpResponse(status=404, headers=UNKNOWN_TO_OTHERS)
    config = request.office.config
    made = calendar(config, [one for one in sorted(config.controllers) if owner.sees(one)], request.office.clock())
    headers = {"Content-Disposition": 'attachment; filename="deadlines.ics"', **UNKNOWN_TO_OTHERS}
    return HttpResponse(made, content_type="text/calendar; charset=utf-8", headers=headers)


UNKNOWN_TO_OTHERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
}
"""The address is a secret: nothing keeps the answer, and no link from it tells where it came from."""


def _asks_too_often(request: HttpRequest) -> bool:
    key = f"calendar-feed:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, FEED_TRIES_SECONDS)
    try:
        return int(cache.incr(key)) > FEED_TRIES
    except ValueError:  # it ran out between the two
        return False


def _agenda(request: HttpRequest) -> dict[str, Any]:
    seen, people, now = seen_controllers(request), _people(request), request.office.clock()
    wanted = Wanted.of(request.GET, seen, people)
    found = agenda(wanted.scope(seen, people), now=now, after=place_of(request.GET.get("after", "")), limit=PAGE + 1)
    page, more = found[:PAGE], len(found) > PAGE
    return {
        "parts": [(title, list(part)) for title, part in groupby(page, key=lambda one: _part(one, now.date()))],
        "today": now.date(),
        "after": wanted.query(after=written(page[-1].place)) if more else "",
        "tokens": list(calendar_tokens.tokens_of(request.user)),
        "address": "",
        "fault": "",
        "name": "",
        **_filters(request, wanted, people),
    }


def _part(one: Deadline, today: date) -> str:
    """The heading that a day stands under."""
    if one.day < today:
        return _("Overdue")
    if one.day == today:
        return _("Today")
    return _("In the next seven days") if one.day <= today + SOON else _("Later")


def _people(request: HttpRequest) -> dict[str, str]:
    """Number → name of whoever works for the controllers that they may see, and what nobody has taken yet."""
    return {UNASSIGNED: UNASSIGNED, **{str(one.pk): one.name for one in team.workers(seen_controllers(request))}}


def _filters(request: HttpRequest, wanted: Wanted, people: dict[str, str]) -> dict[str, Any]:
    controllers = {one: request.office.config.controllers[one].name for one in seen_controllers(request)}
    return {"wanted": wanted, "controllers": controllers, "kinds": KINDS, "people": people}


urlpatterns = [
    path("deadlines", deadlines, name="deadlines"),
    path("deadlines/month", month, name="deadlines_month"),
    path("deadlines/subscribe", subscribe, name="calendar_subscribe"),
    path("deadlines/unsubscribe", unsubscribe, name="calendar_unsubscribe"),
    path("calendar/<str:token>.ics", calendar_feed, name="calendar_feed"),
]
