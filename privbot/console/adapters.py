"""Where the sign-in library asks us: who may join (nobody without an invitation), and how secrets of second factors are kept."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from privbot.config import IdentityProvider
from privbot.console import boxes, desk, invitations, team
from privbot.console.mail import send_apart
from privbot.console.models import User
from privbot.console.oidc import StrictProvider
from privbot.console.recently import signed_in_lately
from privbot.console.views import errors

SECOND_FACTORS = "second factors"
SITE = {"current_site": {"name": "privbot"}}
"""How the library's mails call us."""


class AccountAdapter(DefaultAccountAdapter):
    """People join by invitation only; links in mails bear the console's own address."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Guessed passwords are axes' part. The library's own limit goes by the address alone: anybody could lock out anybody."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Without keeping the page waiting, so that its time does not tell whether there is an account."""
        send_apart(self.render_mail(template_prefix, email, {**SITE, "request": self.request, "email": email, **context}))

    def get_reset_password_from_key_url(self, key: str) -> str:
        uidb36, _dash, secret = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": secret})
        return invitations.absolute(desk.office().config, path, self.request)

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        return not signed_in_lately(context.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Besides the library's: the account at a provider, for those who have nothing else."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if providers_of(user):
            url = reverse("again_elsewhere")
            methods.append({"id": "elsewhere", "description": _("Use your account elsewhere"), "url": url})
        return methods


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Accounts elsewhere are known by provider and subject. A new one opens an account here only for somebody who was invited."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> StrictProvider:
        return StrictProvider(request, app=self.get_app(request, provider=provider, client_id=client_id))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let somebody join whose address was invited, and is verified by the provider; nobody else who is unknown."""
        if sociallogin.is_existing or sociallogin.state.get("process") == "connect":
            return
        now = desk.office().clock()
        verified = [one.email for one in sociallogin.email_addresses if one.verified]
        invitation = team.invitation_for(verified, now)
        if invitation is None:
            raise ImmediateHttpResponse(
                errors.page(
                    request, 403, _("You are not in the team"),
                    _("Ask an administrator to invite your address; if you have an account here, sign in and connect it on your page."),
                )
            )  # fmt: skip
        name = sociallogin.account.extra_data.get("id_token", {}).get("name") or invitation.email.partition("@")[0]
        sociallogin.connect(request, team.join(invitation, team.free_name(name), None, now=now))

    def get_requests_session(self) -> Any:
        """Redirects are not followed: what a provider says where to ask is taken at its word."""
        session = super().get_requests_session()
        session.max_redirects = 0
        return session


def providers_of(user: User) -> list[IdentityProvider]:
    """The providers that somebody can sign in with."""
    theirs = set(SocialAccount.objects.filter(user=user).values_list("provider", flat=True))
    return [one for one in desk.office().config.console.oidc if one.id in theirs]


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors lie encrypted in the database."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(boxes.seal(SECOND_FACTORS, text.encode())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return boxes.unseal(SECOND_FACTORS, base64.b64decode(encrypted_text)).decode()
