"""Putting right, on the page of a ticket, what was read wrong: who asks, and what for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _

from privbot.console.access import needs, of_ticket
from privbot.console.seen import by
from privbot.console.views.ticket import ticket_page
from privbot.errors import WrongUse
from privbot.records.versions import ChangedMeanwhile
from privbot.worker.relabel import correct_rights
from privbot.worker.requester import FIELDS, correct_requester


@needs("operator", controller=of_ticket)
def requester(request: HttpRequest, *, reference: str) -> HttpResponse:
    """Who asks. Only what the form holds is changed."""
    told = {field: request.POST[field].replace("\r\n", "\n") for field in FIELDS if field in request.POST}
    typed = {"form": "requester", "values": told}
    return _corrected(request, reference, typed, lambda: correct_requester(request.office, reference, told, by=by(request)))


@needs("operator", controller=of_ticket)
def rights(request: HttpRequest, *, reference: str) -> HttpResponse:
    """What a mail of the ticket asks for."""
    told, mail = request.POST.getlist("right"), request.POST.get("mail", "")
    regime = request.POST.get("regime") or None
    typed = {"form": "rights", "mail": mail, "regime": regime, "rights": told}
    number = int(mail) if mail.isdecimal() and len(mail) < 19 else None
    return _corrected(
        request,
        reference,
        typed,
        lambda: correct_rights(request.office, reference, told, by=by(request), regime=regime, mail=number),
    )


def _corrected(request: HttpRequest, reference: str, typed: dict[str, Any], work: Callable[[], object]) -> HttpResponse:
    if request.method == "POST":
        try:
            work()
        except WrongUse as refused:
            status = 409 if isinstance(refused, ChangedMeanwhile) else 422
            return ticket_page(request, reference, fault=refused, typed=typed, status=status)
        messages.success(request, _("Corrected."))
    return redirect("ticket", reference=reference)


urlpatterns = [
    path("ticket/<str:reference>/requester", requester, name="ticket_requester"),
    path("ticket/<str:reference>/rights", rights, name="ticket_rights"),
]
