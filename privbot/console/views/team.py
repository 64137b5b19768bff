"""The team: people, roles, invitations, sessions."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from privbot.console import invitations, team, tries
from privbot.console.access import needs, recent_sign_in
from privbot.console.models import CalendarToken, Invitation, Role, User
from privbot.console.session_limits import living
from privbot.console.team import Access, By
from privbot.console.views import errors
from privbot.console.words import sentence, word
from privbot.errors import WrongUse


class AccessForm(forms.Form):
    """A role, and the controllers that it is for."""

    role = forms.ChoiceField(label=gettext_lazy("Role"))
    all_controllers = forms.BooleanField(label=gettext_lazy("All controllers, also those that come later"), required=False)
    controllers = forms.MultipleChoiceField(
        label=gettext_lazy("Only these controllers"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, request: HttpRequest, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        mine = team.access_of(request.user)
        self.fields["role"].choices = [(one, word("role", one)) for one in Role.values if mine.role.includes(Role(one))]
        self.fields["controllers"].choices = [
            (one.id, one.name) for one in request.office.config.controller if request.user.sees(one.id)
        ]
        if not mine.all_controllers:
            del self.fields["all_controllers"]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if bool(found.get("all_controllers")) == bool(found.get("controllers")):
            raise forms.ValidationError(_("Choose either all controllers, or those that this person works for."))
        return found

    @property
    def access(self) -> Access:
        return Access(Role(self.cleaned_data["role"]), tuple(sorted(self.cleaned_data["controllers"])))


class InvitationForm(AccessForm):
    """Whom to invite, with which role."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    field_order = ("email", "role", "all_controllers", "controllers")


@needs("admin")
def members(request: HttpRequest) -> HttpResponse:
    """Everybody, and who is invited."""
    return _members(request, InvitationForm(request, initial={"role": "operator"}))


@needs("admin")
@recent_sign_in
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody by mail."""
    form = InvitationForm(request, request.POST)
    if not form.is_valid():
        return _members(request, form, status=400)
    try:
        made, token = team.invite(form.cleaned_data["email"], form.access, by=_by(request), now=request.office.clock())
    except WrongUse as fault:
        form.add_error("email", sentence(fault))
        return _members(request, form, status=400)
    return _sent(request, made, token)


@needs("admin")
@require_POST
def withdraw(request: HttpRequest, *, invitation: int) -> HttpResponse:
    """Take an invitation back."""
    found = next((one for one in _invitations(request) if one.id == invitation), None)
    if found is None:
        raise Http404
    team.withdraw(found, by=_by(request), now=request.office.clock())
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("team")


@needs("admin")
def member(request: HttpRequest, *, user: int) -> HttpResponse:
    """One person: role, sessions, second factors, calendar addresses."""
    return _member(request, _found(request, user))


@needs("admin")
@recent_sign_in
@require_POST
def change_access(request: HttpRequest, *, user: int) -> HttpResponse:
    """Give somebody another role or other controllers."""
    found = _found(request, user)
    form = AccessForm(request, request.POST)
    if not form.is_valid():
        return _member(request, found, form, status=400)
    try:
        team.change_access(found, form.access, by=_by(request), now=request.office.clock())
    except WrongUse as fault:
        form.add_error(None, sentence(fault))
        return _member(request, found, form, status=409)
    messages.success(request, _("The role of %(name)s is changed.") % {"name": found.name})
    return redirect("member", user=user)


@needs("admin")
@recent_sign_in
@require_POST
def act(request: HttpRequest, *, user: int, what: str) -> HttpResponse:
    """Disable or enable somebody, end their sessions, unlock their sign-in, or let them start over."""
    found, by, now = _found(request, user), _by(request), request.office.clock()
    try:
        match what:
            case "disable":
                team.disable(found, by=by, now=now)
            case "enable":
                team.enable(found, by=by, now=now)
            case "end-sessions":
                team.end_sessions(found, by=by, now=now)
            case "unlock":
                tries.unlock(found.email)
            case "start-over":
                return _sent(request, *team.start_over(found, by=by, now=now))
            case _:
                raise Http404
    except WrongUse as fault:
        return errors.refused(request, fault)
    messages.success(request, _("Done."))
    return redirect("member", user=user)


def _sent(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    """Send the link; where the mail does not leave, the administrator hands it over."""
    link = invitations.link(request.office.config, token, request)
    if invitations.send(invitation, link):
        messages.success(request, _("The invitation is on its way; it is valid for 72 hours."))
        return redirect("team")
    return render(request, "team/hand_over.html", {"link": link, "invited": invitation})


def _members(request: HttpRequest, form: InvitationForm, status: int = 200) -> HttpResponse:
    secured = set(Authenticator.objects.values_list("user_id", flat=True))
    mine = team.access_of(request.user)
    people = [
        {"user": one, "secured": one.pk in secured}
        for one in User.objects.order_by("-is_active", "name")
        if team.access_of(one).within(mine)
    ]
    return render(
        request,
        "team/team.html",
        {"people": people, "invitations": _invitations(request), "form": form, **_names(request)},
        status=status,
    )


def _member(request: HttpRequest, user: User, form: AccessForm | None = None, status: int = 200) -> HttpResponse:
    given = {"role": user.role, "all_controllers": user.all_controllers, "controllers": user.controllers}
    return render(
        request,
        "team/member.html",
        {
            "member": user,
            "form": form or AccessForm(request, initial=given),
            "sessions": living(user.pk),
            "factors": Authenticator.objects.filter(user=user).order_by("type", "id"),
            "tokens": CalendarToken.objects.filter(user=user, revoked_at=None).order_by("id"),
            **_names(request),
        },
        status=status,
    )


def _names(request: HttpRequest) -> dict[str, Any]:
    return {"controller_names": {one.id: one.name for one in request.office.config.controller}}


def _invitations(request: HttpRequest) -> list[Invitation]:
    mine = team.access_of(request.user)
    return [one for one in team.open_invitations(request.office.clock()) if team.access_given(one).within(mine)]


def _found(request: HttpRequest, user: int) -> User:
    """Somebody whom this administrator looks after; others are not there for them."""
    found = User.objects.filter(pk=user).first()
    if found is None or not team.access_of(found).within(team.access_of(request.user)):
        raise Http404
    return found


def _by(request: HttpRequest) -> By:
    return By(request.user.name_for_audit, team.access_of(request.user))


urlpatterns = [
    path("team", members, name="team"),
    path("team/invite", invite, name="invite"),
    path("team/invitations/<int:invitation>/withdraw", withdraw, name="withdraw_invitation"),
    path("team/<int:user>", member, name="member"),
    path("team/<int:user>/access", change_access, name="change_access"),
    path("team/<int:user>/<slug:what>", act, name="member_act"),
]
