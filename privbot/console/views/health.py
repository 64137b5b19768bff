"""Health: mailboxes, outbox, quarantine, alarms – and what to do about them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import Error as DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from privbot.console import alarms
from privbot.console.access import needs, of_letter, of_quarantined, open_to_all, recent_sign_in, seen_controllers
from privbot.console.views import errors
from privbot.console.words import sentence
from privbot.errors import PrivbotError, WrongUse
from privbot.records import audit, status, trouble
from privbot.worker import desk
from privbot.worker.model_store import ModelStore

LISTED = 50
"""Rows of a list here; what goes beyond it is counted."""
ASKED_SECONDS = 5
"""A load balancer may ask as often as it likes: the records are asked once in so long."""


@needs("viewer")
def health(request: HttpRequest) -> HttpResponse:
    office = request.office
    only = None if request.user.all_controllers else seen_controllers(request)
    now = office.clock()
    state = status.health(office.config, now, only=only)
    return render(
        request,
        "health/health.html",
        {
            "health": state, "alarms": alarms.alarms(state), "now": now,
            "letters": trouble.stuck_letters(only=only, limit=LISTED), "quarantine": trouble.quarantined(office.config, only=only, limit=LISTED),
            "letter_faults": alarms.LETTER_FAULTS, "trail": audit.last_verification(), "reads": _reads(office),
            "may_work": request.user.may("operator"), "listed": LISTED,
        },
    )  # fmt: skip


def _reads(office: Any) -> str:
    """The reading pipeline in use."""
    try:
        return ModelStore(office.config).current().name
    except PrivbotError as fault:
        return sentence(fault)


@needs("operator", controller=of_letter)
@require_POST
def send_again(request: HttpRequest, *, letter: int) -> HttpResponse:
    return _done(
        request, lambda: desk.approve(request.office, letter, actor=request.user.name_for_audit), _("It will be sent again.")
    )


@needs("operator", controller=of_letter)
@require_POST
def discard(request: HttpRequest, *, letter: int) -> HttpResponse:
    return _done(
        request, lambda: desk.discard(request.office, letter, actor=request.user.name_for_audit), _("It will not be sent.")
    )


@needs("operator", controller=of_quarantined)
@require_POST
def retry(request: HttpRequest, *, mail: int) -> HttpResponse:
    return _done(
        request, lambda: desk.retry(request.office, mail, actor=request.user.name_for_audit), _("It will be tried again.")
    )


@needs("operator", controller=of_quarantined)
@recent_sign_in
@require_POST
def raw_mail(request: HttpRequest, *, mail: int) -> HttpResponse:
    """A quarantined mail as it came off the wire: only ever a file, which no browser shows. Others are a lead's to take out, at the mail."""
    if not trouble.is_quarantined(mail):
        raise Http404
    try:
        raw = desk.raw_mail(request.office, mail, actor=request.user.name_for_audit)
    except (WrongUse, PrivbotError) as fault:
        return errors.page(request, 409, _("That mail cannot be opened"), sentence(fault))
    response = HttpResponse(raw, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="mail-{mail}.eml"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _done(request: HttpRequest, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except WrongUse as fault:
        return errors.refused(request, fault)
    messages.success(request, said)
    return redirect("health")


class _LastAnswer:
    """What a load balancer was told last, and when by this process's own clock."""

    told = ""
    at = -float(ASKED_SECONDS)


@open_to_all
def healthz(request: HttpRequest) -> HttpResponse:
    """For a load balancer, without sign-in: "ok", or "alarm" where a person is needed. 503 only where the records cannot be asked: an overdue
    request is no reason to send nobody here."""
    if time.monotonic() - _LastAnswer.at < ASKED_SECONDS:
        return HttpResponse(_LastAnswer.told, content_type="text/plain; charset=utf-8")
    try:
        told = "alarm" if status.health(request.office.config, request.office.clock()).alarms else "ok"
    except (DatabaseError, PrivbotError):
        return HttpResponse("alarm", content_type="text/plain; charset=utf-8", status=503)
    _LastAnswer.told, _LastAnswer.at = told, time.monotonic()
    return HttpResponse(told, content_type="text/plain; charset=utf-8")


urlpatterns = [
    path("health", health, name="health"),
    path("health/letter/<int:letter>/send", send_again, name="health_send_again"),
    path("health/letter/<int:letter>/discard", discard, name="health_discard"),
    path("health/mail/<int:mail>/retry", retry, name="health_retry"),
    path("health/mail/<int:mail>/raw", raw_mail, name="health_raw"),
    path("healthz", healthz, name="healthz"),
]
