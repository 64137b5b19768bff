"""A ticket whole: its requests and clocks, the conversation with its evidence, who asks, and what can be done next."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from privbot.console.access import needs, of_ticket
from privbot.console.at_the_ticket import desk_of
from privbot.console.numbers import number_in
from privbot.records import cases
from privbot.reports.clock_drawing import clock_drawing
from privbot.worker.controllers import in_the_records
from privbot.worker.conversation import Conversation, MailCame, conversation, conversation_on


@needs("viewer", controller=of_ticket)
def ticket(request: HttpRequest, *, reference: str) -> HttpResponse:
    """The page. `?open=12` opens a mail besides the latest; the reference of a ticket that was merged leads to where it went."""
    if request.ticket.merged_into_id:
        return redirect("ticket", reference=cases.by_reference(reference).reference)
    opened = [number for told in request.GET.getlist("open") if (number := number_in(told)) is not None]
    found = conversation_on(request.office, request.ticket, opened=opened)
    return render(request, "ticket/ticket.html", page_context(request, found))


@needs("viewer", controller=of_ticket)
def mail_of_ticket(request: HttpRequest, *, reference: str, mail: int) -> HttpResponse:
    """One entry of the timeline with its mail open."""
    if number_in(str(mail)) is None:
        raise Http404
    found = conversation(request.office, reference, opened=[mail])
    entry = next((one for one in found.entries if isinstance(one, MailCame) and one.row.id == mail), None)
    if entry is None:
        raise Http404
    told = {"entry": entry, "reference": found.ticket.reference, "relabel": _may_relabel(request, found)}
    return render(request, "ticket/_opened_mail.html", told)


def page_context(request: HttpRequest, found: Conversation) -> dict[str, Any]:
    """What the page's template needs."""
    shown = [one.row.id for one in found.entries if isinstance(one, MailCame) and one.shown]
    return {
        "conversation": found,
        "reference": found.ticket.reference,
        "controller": in_the_records(request.office.config, found.ticket.controller).name,
        "taken_out": found.ticket.controller not in request.office.config.controllers,
        "drawings": {one.row.id: clock_drawing(one.case, one.today) for one in found.standings},
        "opened_mails": shown,
        "desk": desk_of(request.office, found, request.user.lifecycle_role),
        "now": request.office.clock(),
        "relabel": _may_relabel(request, found),
    }


def _may_relabel(request: HttpRequest, found: Conversation) -> bool:
    there = found.ticket.controller in request.office.config.controllers
    return there and bool(request.user.may("operator")) and any(one.case.active for one in found.standings)


urlpatterns = [
    path("ticket/<str:reference>", ticket, name="ticket"),
    path("ticket/<str:reference>/mail/<int:mail>", mail_of_ticket, name="ticket_mail"),
]
