"""Accepting an invitation."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from privbot.console import team
from privbot.console.access import open_to_all
from privbot.console.models import Invitation
from privbot.console.views import errors
from privbot.console.words import sentence
from privbot.errors import WrongUse

LINK = "invitation"


class JoiningForm(forms.Form):
    """How colleagues call them, and their password."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=80,
        help_text=gettext_lazy("As colleagues and the audit trail call you."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        help_text=gettext_lazy("At least 12 characters, of any kind; a few words that do not belong together are good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


@open_to_all
@require_GET
def invitation(request: HttpRequest, *, token: str) -> HttpResponse:
    """The link of the mail: the token leaves the address at once, and is kept nowhere."""
    try:
        request.session[LINK] = team.open_invitation(token, request.office.clock()).id
    except team.InvitationOver:
        return _over(request)
    return redirect("join")


@open_to_all
def join(request: HttpRequest) -> HttpResponse:
    """Show whom the invitation is for, and make the account."""
    if request.user.is_authenticated:
        return redirect("queue")
    try:
        invited = team.invitation_by_id(request.session.get(LINK, 0), request.office.clock())
    except team.InvitationOver:
        return _over(request)
    form = JoiningForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (answer := _join(request, invited, form)):
        return answer
    return render(request, "team/join.html", {"form": form, "invited": invited}, status=400 if form.errors else 200)


def _over(request: HttpRequest) -> HttpResponse:
    return errors.page(
        request, 410, _("This invitation is over"),
        _("It was used or withdrawn, or is older than 72 hours. Ask an administrator of your team for a new one."),
    )  # fmt: skip


def _join(request: HttpRequest, invited: Invitation, form: JoiningForm) -> HttpResponse | None:
    """The way on for a new member, or nothing where the form must be shown again."""
    try:
        user = team.join(invited, form.cleaned_data["name"], form.cleaned_data["password"], now=request.office.clock())
    except WrongUse as fault:
        form.add_error("password" if isinstance(fault, team.PasswordWeak) else "name", sentence(fault))
        return None
    del request.session[LINK]
    # They proved the address and chose a password a moment ago; where a second factor is a must, it is set up next.
    messages.success(request, _("Welcome, %(name)s.") % {"name": user.name})
    answer: HttpResponse = perform_password_login(request, {"email": user.email}, Login(user=user))
    return answer


urlpatterns = [
    path("invitation/<str:token>", invitation, name="invitation"),
    path("join", join, name="join"),
]
