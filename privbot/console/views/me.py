"""One's own page: language, shortcuts, second factors, sessions, calendar addresses."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from privbot.console import calendar_tokens, team
from privbot.console.access import needs, recent_sign_in
from privbot.console.models import User
from privbot.console.session_limits import living
from privbot.console.sign_in_events import tell


class SettingsForm(forms.ModelForm):
    """How the console behaves for one person."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    shortcuts = forms.BooleanField(label=gettext_lazy("Single keys act (press ? to see them)"), required=False)

    class Meta:
        model = User
        fields = ("language", "shortcuts")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["language"].choices = [("", _("As the browser asks")), *settings.LANGUAGES]


@needs("viewer")
def me(request: HttpRequest) -> HttpResponse:
    """Show, and change what needs no second look."""
    user = User.objects.get(pk=request.user.pk)
    form = SettingsForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("me")
    factors = Authenticator.objects.filter(user=user).order_by("id")
    connected = list(SocialAccount.objects.filter(user=user).order_by("provider"))
    return render(
        request,
        "team/me.html",
        {
            "form": form,
            "app": [one for one in factors if one.type == Authenticator.Type.TOTP],
            "passkeys": [one.wrap() for one in factors if one.type == Authenticator.Type.WEBAUTHN],
            "has_factor": any(one.type != Authenticator.Type.RECOVERY_CODES for one in factors),
            "connected": connected,
            "providers": [one for one in request.office.config.console.oidc if one.id not in {it.provider for it in connected}],
            "sessions": living(user.pk),
            "this_session": request.session.session_key,
            "tokens": calendar_tokens.tokens_of(user),
            "controller_names": {one.id: one.name for one in request.office.config.controller},
        },
        status=400 if form.errors else 200,
    )


@needs("viewer", own=True)
@recent_sign_in
@require_POST
def end_session(request: HttpRequest, *, session: int) -> HttpResponse:
    """End one of one's own sessions."""
    found = UserSession.objects.filter(user=request.user, pk=session).first()
    if found is None:
        raise Http404
    found.end()
    tell("session ended", team.subject(request.user), actor=request.user.name_for_audit)
    messages.success(request, _("The session is ended."))
    return redirect("me")


@needs("viewer")
@recent_sign_in
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere else."""
    for one in UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key):
        one.end()
    tell("sessions ended", team.subject(request.user), actor=request.user.name_for_audit)
    messages.success(request, _("Every other session is ended."))
    return redirect("me")


@needs("viewer", own=True)
@require_POST
def revoke_token(request: HttpRequest, *, token: int) -> HttpResponse:
    """A calendar address of one's own is worth nothing any more."""
    try:
        calendar_tokens.revoke(request.user, token, request.office.clock())
    except calendar_tokens.UnknownToken:
        raise Http404 from None
    messages.success(request, _("The calendar address is revoked."))
    return redirect("me")


urlpatterns = [
    path("me", me, name="me"),
    path("me/sessions/<int:session>/end", end_session, name="end_session"),
    path("me/sessions/end", end_other_sessions, name="end_other_sessions"),
    path("me/calendars/<int:token>/revoke", revoke_token, name="revoke_own_token"),
]
