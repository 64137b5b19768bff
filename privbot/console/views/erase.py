"""Erasing a ticket for good, and holding it back from being erased."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from privbot.console.access import needs, of_ticket, recent_sign_in
from privbot.console.views import errors
from privbot.console.words import sentence
from privbot.errors import WrongUse
from privbot.records import retention
from privbot.records.models import Ticket


class ReasonForm(forms.Form):
    """Why, in one word, so that it can stand in the audit trail."""

    reason = forms.CharField(
        label=gettext_lazy("Why, in one word"),
        max_length=40,
        help_text=gettext_lazy(
            "Such as requester, mistake, litigation, authority. It names nobody: it stands in the audit trail."
        ),
    )


@needs("lead", controller=of_ticket)
@recent_sign_in
def erase(request: HttpRequest, *, reference: str) -> HttpResponse:
    """Erase a ticket with all its mails: their keys are destroyed."""
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            retention.erase(
                reference.upper(), request.office.seals, reason=form.cleaned_data["reason"],
                actor=request.user.name_for_audit, now=request.office.clock(),
            )  # fmt: skip
        except WrongUse as fault:
            form.add_error("reason", sentence(fault))
        else:
            messages.success(request, _("%(ticket)s is erased; the audit trail keeps the proof.") % {"ticket": reference.upper()})
            return redirect("queue")
    return _page(request, reference, form)


@needs("lead", controller=of_ticket)
@recent_sign_in
@require_POST
def hold(request: HttpRequest, *, reference: str) -> HttpResponse:
    """Put a ticket under a legal hold."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, reference, ReasonForm(), form)
    try:
        retention.hold(
            reference.upper(), reason=form.cleaned_data["reason"], actor=request.user.name_for_audit, now=request.office.clock()
        )
    except WrongUse as fault:
        form.add_error("reason", sentence(fault))
        return _page(request, reference, ReasonForm(), form)
    messages.success(request, _("Nothing of this ticket is erased until the hold is released."))
    return redirect("ticket_erase", reference=reference)


@needs("lead", controller=of_ticket)
@recent_sign_in
@require_POST
def release(request: HttpRequest, *, reference: str) -> HttpResponse:
    """Let retention run again."""
    try:
        retention.release(reference.upper(), actor=request.user.name_for_audit, now=request.office.clock())
    except WrongUse as fault:
        return errors.refused(request, fault)
    messages.success(request, _("The hold is released."))
    return redirect("ticket_erase", reference=reference)


def _page(request: HttpRequest, reference: str, form: ReasonForm, hold_form: ReasonForm | None = None) -> HttpResponse:
    ticket = Ticket.objects.get(reference=reference.upper())
    wrong = form.errors or (hold_form is not None and hold_form.errors)
    return render(
        request,
        "ticket/erase.html",
        {"ticket": ticket, "form": form, "hold_form": hold_form or ReasonForm(prefix=None, auto_id="hold_%s")},
        status=400 if wrong else 200,
    )


urlpatterns = [
    path("ticket/<str:reference>/erase", erase, name="ticket_erase"),
    path("ticket/<str:reference>/hold", hold, name="ticket_hold"),
    path("ticket/<str:reference>/release", release, name="ticket_release"),
]
