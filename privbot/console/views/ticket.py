"""A ticket whole: its requests and clocks, the conversation with its evidence, who asks, and what can be done next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from privbot.console.access import needs, of_ticket
from privbot.errors import WrongUse
from privbot.reports.clock_drawing import clock_drawing
from privbot.worker.conversation import Conversation, MailCame, conversation
from privbot.worker.grantable import grantable, laws
from privbot.worker.requester import FIELDS, SEVERAL, said


@needs("viewer", controller=of_ticket)
def ticket(request: HttpRequest, *, reference: str) -> HttpResponse:
    """The page. `?open=12` opens a mail besides the latest. A ticket that was merged into another is looked for there."""
    return ticket_page(request, reference)


@needs("viewer", controller=of_ticket)
def mail_of_ticket(request: HttpRequest, *, reference: str, mail: int) -> HttpResponse:
    """One entry of the timeline with its mail open."""
    found = conversation(request.office, reference, opened=[mail])
    entry = next((one for one in found.entries if isinstance(one, MailCame) and one.row.id == mail), None)
    if entry is None:
        raise Http404
    return render(request, "ticket/_opened_mail.html", {**page_context(request, found), "entry": entry})


def ticket_page(
    request: HttpRequest, reference: str, *, fault: WrongUse | None = None, typed: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:  # fmt: skip
    """The page; with the sentence why a form on it was refused, and what was typed there."""
    found = conversation(request.office, reference, opened=_numbers(request.GET.getlist("open")))
    if found.ticket.reference != reference.upper() and not fault:
        return redirect("ticket", reference=found.ticket.reference)
    return render(request, "ticket/ticket.html", {**page_context(request, found, typed), "fault": fault}, status=status)


def page_context(request: HttpRequest, found: Conversation, typed: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What the page's templates need. `typed`: what was typed in a form that was refused; `form` says in which."""
    controller = found.ticket.controller
    under = laws(request.office, controller)
    return {
        "conversation": found,
        "reference": found.ticket.reference,
        "controller": request.office.config.controllers[controller].name,
        "drawings": {one.row.id: clock_drawing(one.case, one.today) for one in found.standings},
        "opened_mails": [one.row.id for one in found.entries if isinstance(one, MailCame) and one.shown],
        "typed": typed,
        "laws": under,
        "categories": grantable(under),
        "asking": _asking(found) if request.user.may("operator") else {},
        "correctable": _correctable(request, found, typed) if request.user.may("operator") else {},
        "several": SEVERAL,
    }


def _asking(found: Conversation) -> dict[int, dict[str, Any]]:
    """Each mail that asks for something still open, with law and rights as they stand."""
    asking: dict[int, dict[str, Any]] = {}
    for row in (one.row for one in found.standings if one.case.active):
        asking.setdefault(row.mail_id, {"regime": row.regime, "rights": []})["rights"].append(row.right)
    return asking


def _correctable(request: HttpRequest, found: Conversation, typed: Mapping[str, Any] | None) -> dict[str, str]:
    """The details that this person may put right, as they stand or as they were typed."""
    if found.requester is None:
        return {}
    told = typed["values"] if typed and typed["form"] == "requester" else {}
    known = asdict(found.requester)
    fields = [field for field in FIELDS if field != "address" or request.user.may("lead")]
    return {field: told.get(field, said(known, field)) for field in fields}


def _numbers(told: list[str]) -> list[int]:
    return [int(one) for one in told if one.isdecimal() and len(one) < 19]


urlpatterns = [
    path("ticket/<str:reference>", ticket, name="ticket"),
    path("ticket/<str:reference>/mail/<int:mail>", mail_of_ticket, name="ticket_mail"),
]
