"""Signing in and out, passwords, second factors: those pages of the sign-in library that we offer, each declared like our own.

What is not here does not exist: there is no sign-up, no changing of addresses, no sign-in by a mailed code.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as elsewhere
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, register_converter
from django.views.generic import RedirectView

from privbot.console import kept_forms, oidc
from privbot.console.access import a_way_back, needs, open_to_all
from privbot.console.adapters import providers_of


class Base36:
    """How the sign-in library writes a person's id in the link of a forgotten password."""

    regex = "[0-9A-Za-z]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Base36, "base36")
signed_in = needs("viewer")
to_me = signed_in(RedirectView.as_view(pattern_name="me"))


@open_to_all
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session here, and have the browser forget what it showed."""
    response: HttpResponse = account.logout(request)
    if request.method == "POST":
        response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@needs("viewer")
def again_elsewhere(request: HttpRequest) -> HttpResponse:
    """Sign in again with an account at a provider, where there is neither a password nor a second factor here."""
    # Under the name that the library gives it on its own pages.
    back = {"redirect_field_value": a_way_back(request, "me")}
    return render(request, "account/again_elsewhere.html", {"providers": providers_of(request.user), **back})


@needs("viewer")
def second_factor(request: HttpRequest) -> HttpResponse:
    """Where a second factor is a must: how to set one up."""
    return render(request, "account/second_factor.html")


@needs("viewer")
def resume(request: HttpRequest) -> HttpResponse:
    """A form that was not sent because a sign-in came between: shown again, to be sent again by the one who typed it."""
    # Here, not above: the words are made of the other pages' forms.
    from privbot.console import kept_words

    form = kept_forms.take(request, request.user.pk)
    if form is None:
        response: HttpResponse = redirect(a_way_back(request, "queue"))
    else:
        names = {one.id: one.name for one in request.office.config.controller}
        shown = {"form": form, "typed": kept_words.shown(form, names), "button": kept_words.button(form)}
        response = render(request, "account/resume.html", shown)
    kept_forms.forget(response)
    return response


urlpatterns = [
    path("accounts/login/", open_to_all(account.login), name="account_login"),
    path("accounts/logout/", sign_out, name="account_logout"),
    path("accounts/inactive/", open_to_all(account.account_inactive), name="account_inactive"),
    path("accounts/again/", signed_in(account.reauthenticate), name="account_reauthenticate"),
    path("accounts/again/elsewhere/", again_elsewhere, name="again_elsewhere"),
    path("accounts/resume/", resume, name="resume"),
    path("accounts/2fa/first/", second_factor, name="second_factor"),
    # -- passwords
    path("accounts/password/change/", signed_in(account.password_change), name="account_change_password"),
    path("accounts/password/set/", signed_in(account.password_set), name="account_set_password"),
    path("accounts/password/reset/", open_to_all(account.password_reset), name="account_reset_password"),
    path("accounts/password/reset/done/", open_to_all(account.password_reset_done), name="account_reset_password_done"),
    path(
        "accounts/password/reset/key/done/",
        open_to_all(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path(
        "accounts/password/reset/key/<base36:uidb36>-<path:key>/",
        open_to_all(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    # -- second factors
    path("accounts/2fa/", to_me, name="mfa_index"),
    path("accounts/2fa/authenticate/", open_to_all(mfa.authenticate), name="mfa_authenticate"),
    path("accounts/2fa/again/", signed_in(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("accounts/2fa/app/add/", signed_in(totp.activate_totp), name="mfa_activate_totp"),
    path("accounts/2fa/app/remove/", signed_in(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("accounts/2fa/recovery/", signed_in(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("accounts/2fa/recovery/new/", signed_in(recovery_codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("accounts/2fa/passkeys/", to_me, name="mfa_list_webauthn"),
    path("accounts/2fa/passkeys/login/", open_to_all(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("accounts/2fa/passkeys/again/", signed_in(webauthn.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("accounts/2fa/passkeys/add/", signed_in(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path(
        "accounts/2fa/passkeys/<int:pk>/remove/", needs("viewer", own=True)(webauthn.remove_webauthn), name="mfa_remove_webauthn"
    ),
    # -- accounts elsewhere
    path("accounts/elsewhere/", signed_in(elsewhere.connections), name="socialaccount_connections"),
    path("accounts/elsewhere/cancelled/", open_to_all(elsewhere.login_cancelled), name="socialaccount_login_cancelled"),
    path("accounts/elsewhere/error/", open_to_all(elsewhere.login_error), name="socialaccount_login_error"),
    path("accounts/elsewhere/<slug:provider_id>/login/", open_to_all(oidc.login), name="openid_connect_login"),
    path("accounts/elsewhere/<slug:provider_id>/callback/", open_to_all(oidc.callback), name="openid_connect_callback"),
]
