"""What is done at a ticket: steps, notes, corrections, drafts, undo. Each form is checked, calls one plain function, and goes back to the ticket; one
that is refused is shown again with what was typed, and with the reason in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from privbot.console.access import needs, of_letter, of_ticket
from privbot.console.at_the_ticket import about, whole_of
from privbot.console.presence import look_in
from privbot.console.seen import seen_version, shown_letter, shown_ticket
from privbot.console.steps.catalogue import OF_A_REQUEST, OF_A_TICKET
from privbot.console.steps.draft import EditDraft
from privbot.console.views.errors import status_of
from privbot.console.words import new_ticket, sentence, word
from privbot.errors import FaultOfWorld, WrongUse
from privbot.records import cases
from privbot.records.models import Letter, Ticket
from privbot.worker import desk
from privbot.worker.acting import By
from privbot.worker.identity import Compared
from privbot.worker.rehearsal import rehearse
from privbot.worker.stepping import Done
from privbot.worker.undo import standing, undo


@dataclass(frozen=True, slots=True)
class Page:
    """A form on a page of its own: where it stands alone, or was refused."""

    ticket: Ticket
    version: int
    """Of the ticket, read before anything that the form shows."""
    title: str
    form: Any
    danger: bool = False
    draft: Letter | None = None
    writes: bool = False


# -- steps, and what is done to the ticket whole -----------------------------------------------------------------------------


@needs("operator", controller=of_ticket)
def step(request: HttpRequest, *, reference: str, number: int, code: str) -> HttpResponse:
    """A step on one request, by its number."""
    version, ticket = shown_ticket(reference)
    row = ticket.requests.select_related("ticket").filter(id=number).first()
    form_class = OF_A_REQUEST.get(code)
    if row is None or form_class is None:
        raise Http404
    told = (request.POST, request.FILES) if request.method == "POST" else ()
    form = form_class(about(request.office, row, request.user.lifecycle_role), *told)
    title = f"{word('action', code)}: {word('right', row.right)}"
    page = Page(ticket, version, title, form, form.danger, writes=form.writes)
    if form.writes and request.POST.get("then") == "look" and form.is_valid():
        return _looked_at(request, page)
    return _done(request, page)


@needs("operator", controller=of_ticket)
def act(request: HttpRequest, *, reference: str, code: str) -> HttpResponse:
    """A note, a correction, a split, a merge."""
    version, ticket = shown_ticket(reference)
    form_class = OF_A_TICKET.get(code)
    if form_class is None:
        raise Http404
    told = (request.POST,) if request.method == "POST" else ()
    whole = whole_of(request.office, ticket, request.user.lifecycle_role)
    if not form_class.offered(whole):
        raise Http404
    form = form_class(whole, *told)
    return _done(request, Page(ticket, version, word("action", code), form, form.danger))


def _looked_at(request: HttpRequest, page: Page) -> HttpResponse:
    """The letter that the step would write, above the form."""
    try:
        letter = rehearse(request.office, lambda: page.form.take(_by(request)))
    except (WrongUse, FaultOfWorld) as refused:
        return _shown(request, page, fault=sentence(refused), status=status_of(refused))
    return _shown(request, page, letter=letter)


def _done(request: HttpRequest, page: Page) -> HttpResponse:
    if request.method != "POST":
        return _shown(request, page)
    if not page.form.is_valid():
        return _shown(request, page, status=422)
    return _taken(request, page, lambda: page.form.take(_by(request)))


# -- drafts ------------------------------------------------------------------------------------------------------------------


@needs("operator", controller=of_letter)
def edit(request: HttpRequest, *, letter: int) -> HttpResponse:
    """The words of a draft: changed, or changed and approved."""
    version, row = shown_letter(letter)
    told = (request.POST,) if request.method == "POST" else ()
    page = Page(row.ticket, version, _("Change the letter"), EditDraft(request.office, row, *told), draft=row)
    if request.method != "POST":
        return _shown(request, page)
    if not page.form.is_valid():
        return _shown(request, page, status=422)
    return _taken(request, page, lambda: page.form.take(_by(request), approve=request.POST.get("then") == "approve"))


@needs("operator", controller=of_letter)
@require_POST
def approve(request: HttpRequest, *, letter: int) -> HttpResponse:
    """Send a draft as it is."""
    version, row = shown_letter(letter)
    page = Page(row.ticket, version, _("Send the letter"), forms.Form(), draft=row)
    return _taken(
        request, page, lambda: desk.approve(request.office, letter, actor=_by(request).name, seen=seen_version(request))
    )


@needs("operator", controller=of_letter)
@require_POST
def discard(request: HttpRequest, *, letter: int) -> HttpResponse:
    """Never send it."""
    version, row = shown_letter(letter)
    page = Page(row.ticket, version, _("Discard the letter"), forms.Form(), draft=row)
    return _taken(
        request, page, lambda: desk.discard(request.office, letter, actor=_by(request).name, seen=seen_version(request))
    )


# -- undo, and who else is here -------------------------------------------------------------------------------------------------


@needs("operator", controller=of_ticket)
def undo_offers(request: HttpRequest, *, reference: str) -> HttpResponse:
    """What can be undone now, with how long; asked for by the page while a letter waits to leave."""
    ticket = cases.by_reference(reference)
    return render(
        request, "ticket/_undo.html", {"reference": ticket.reference, "offers": standing(ticket), "now": request.office.clock()}
    )


@needs("operator", controller=of_ticket)
@require_POST
def undo_act(request: HttpRequest, *, reference: str, number: int) -> HttpResponse:
    """Take one act on this ticket back."""
    version, ticket = shown_ticket(reference)
    offered = next((one for one in standing(ticket) if one.act == number), None)
    page = Page(ticket, version, _("Undo"), forms.Form())
    if offered is None:
        return _shown(
            request,
            page,
            fault=_("That cannot be undone any more: it is undone already, has left, or something rests on it."),
            status=409,
        )
    try:
        undo(request.office, number, by=By(_by(request).name, request.user.lifecycle_role))
    except WrongUse as refused:
        return _shown(request, page, fault=sentence(refused), status=status_of(refused))
    messages.success(request, _("Undone: %(what)s.") % {"what": word("act", offered.what)})
    if not Ticket.objects.filter(id=ticket.id).exists():
        return redirect("review", review=int(offered.about.removeprefix("review:")))
    return redirect("ticket", reference=ticket.reference)


@needs("viewer", controller=of_ticket)
@require_POST
def presence(request: HttpRequest, *, reference: str) -> HttpResponse:
    """This person looks at the ticket; answers who else does."""
    ticket = cases.by_reference(reference)
    others = look_in(request.user, f"ticket:{ticket.reference}", request.office.clock())
    return render(request, "ticket/_presence.html", {"others": others})


# -- what they share --------------------------------------------------------------------------------------------------------------


def _taken(request: HttpRequest, page: Page, work: Callable[[], Any]) -> HttpResponse:
    try:
        done = work()
    except (WrongUse, FaultOfWorld) as refused:
        return _shown(request, page, fault=sentence(refused), status=status_of(refused))
    messages.success(request, _said(request, done))
    return redirect("ticket", reference=page.ticket.reference)


def _shown(
    request: HttpRequest, page: Page, *, fault: str = "", status: int = 200, letter: dict[str, Any] | None = None
) -> HttpResponse:
    # What was typed was typed over what was shown then: only who is told of a change has seen it.
    seen = page.version if status == 409 else seen_version(request) or page.version
    context = {"page": page, "fault": fault, "changed": status == 409, "version": seen, "letter": letter}
    return render(request, "ticket/act.html", context, status=status)


def _said(request: HttpRequest, done: Any) -> str:
    """What became of it, in a sentence."""
    if isinstance(done, Compared):
        return _("%(matched)s details agree, %(needed)s are needed.") % {"matched": done.matched, "needed": done.needed}
    if isinstance(done, Done) and done.reference != request.resolver_match.kwargs.get("reference", "").upper():
        return format_html("{} {}", _("Done."), new_ticket(done.reference, done.letter.state if done.letter else ""))
    letter = done.letter if isinstance(done, Done) else done if isinstance(done, Letter) else None
    if letter and letter.state == Letter.State.QUEUED:
        seconds = int(request.office.grace.total_seconds())
        return _("Done. The letter leaves in %(seconds)s seconds; until then you can undo it.") % {"seconds": seconds}
    if letter and letter.state == Letter.State.DRAFT:
        return _("Done. Its letter waits as a draft.")
    return _("Done.")


def _by(request: HttpRequest) -> By:
    return By(request.user.name_for_audit, request.user.lifecycle_role, seen_version(request), request.user.sees)


urlpatterns = [
    path("ticket/<str:reference>/step/<int:number>/<slug:code>", step, name="act_step"),
    path("ticket/<str:reference>/do/<slug:code>", act, name="act_ticket"),
    path("ticket/<str:reference>/undo", undo_offers, name="act_undo_offers"),
    path("ticket/<str:reference>/undo/<int:number>", undo_act, name="act_undo"),
    path("ticket/<str:reference>/presence", presence, name="act_presence"),
    path("letter/<int:letter>/edit", edit, name="letter_edit"),
    path("letter/<int:letter>/approve", approve, name="letter_approve"),
    path("letter/<int:letter>/discard", discard, name="letter_discard"),
]
