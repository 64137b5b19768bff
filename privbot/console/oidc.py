"""Signing in with an account at a provider (OpenID Connect Core 1.0), stricter than the library's own way.

Only an ID token that the provider signed counts: for us, from this issuer, now, and for the sign-in that this browser began (nonce, 3.1.3.7).
"""

from __future__ import annotations

import secrets
import time
from typing import Any

import jwt
from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Public keys only: with "none" or a shared secret anybody could write a token."""
ENDPOINTS = {"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"}
NONCE = "oidc-nonce"
BEGUN = "oidc-begun"
LEEWAY_SECONDS = 30


class StrictAdapter(OpenIDConnectOAuth2Adapter):
    """The library's adapter, with the checks that it leaves out."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """The provider's metadata; they must name the issuer that was configured (OpenID Connect Discovery 1.0, 4.3)."""
        found: dict[str, Any] = super().openid_config
        if found.get("issuer") != self.get_provider().app.settings["issuer"]:
            raise OAuth2Error("the metadata name another issuer")
        if missing := ENDPOINTS - found.keys():
            raise OAuth2Error(f"the metadata lack {', '.join(sorted(missing))}")
        return found

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> Any:
        """Who it is. Raises OAuth2Error for a token that is not theirs, not for us, or not of this sign-in."""
        claims = self._decode_id_token(app, kwargs["response"].get("id_token") or "")
        data = {"id_token": claims}
        if "email" not in claims:
            # Some providers tell the address only here; it counts if it is about the same person (5.3.2).
            userinfo = self._fetch_user_info(token.token)
            if userinfo.get("sub") != claims["sub"]:
                raise OAuth2Error("the user info are about somebody else")
            data["userinfo"] = userinfo
        return self.get_provider().sociallogin_from_response(request, data)

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        nonce, begun = self.request.session.pop(NONCE, None), self.request.session.pop(BEGUN, None)
        try:
            key = self._key(jwt.get_unverified_header(id_token))
            claims: dict[str, Any] = jwt.decode(
                id_token, key, algorithms=list(ALGORITHMS), audience=app.client_id, issuer=self.openid_config["issuer"],
                leeway=LEEWAY_SECONDS, options={"require": ["exp", "iat", "sub", "aud", "iss"]},
            )  # fmt: skip
        except jwt.PyJWTError as fault:
            raise OAuth2Error("the ID token is not valid") from fault
        if nonce is None or not secrets.compare_digest(str(claims.get("nonce", "")), nonce):
            raise OAuth2Error("the ID token belongs to another sign-in")
        if claims.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("the ID token was issued to another client")
        if self.request.user.is_authenticated and not _is_fresh(claims, begun):
            raise OAuth2Error("the provider did not ask who it is again")
        return claims

    def _key(self, header: dict[str, Any]) -> jwt.PyJWK:
        """The provider's key that the token names; without a name, its only one."""
        with self._session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        fitting = [one for one in keys if header.get("kid") in (None, one.key_id)]
        if len(fitting) != 1:
            raise OAuth2Error("the ID token names no key of the provider")
        return fitting[0]

    def _session(self) -> Any:
        from allauth.socialaccount.adapter import get_adapter

        return get_adapter().get_requests_session()


class StrictProvider(OpenIDConnectProvider):
    """A provider of the configuration."""

    oauth2_adapter_class = StrictAdapter

    def get_default_scope(self) -> list[str]:
        return ["openid", "email", "profile"]

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """Nobody adds to the scope by a link."""
        return self.get_scope()

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        """A nonce for this sign-in. Whoever is signed in here proves it anew: the provider asks although they are signed in there."""
        request.session[NONCE] = nonce = secrets.token_urlsafe(24)
        request.session[BEGUN] = time.time()
        return {"nonce": nonce, **({"prompt": "login", "max_age": "0"} if request.user.is_authenticated else {})}


def _is_fresh(claims: dict[str, Any], begun: float | None) -> bool:
    """Whether the provider authenticated them after this sign-in was begun (OpenID Connect Core 1.0, 2 and 3.1.2.1: `auth_time`, seconds)."""
    at = claims.get("auth_time")
    return begun is not None and isinstance(at, int | float) and at >= begun - LEEWAY_SECONDS


@require_POST
def login(request: HttpRequest, *, provider_id: str) -> HttpResponse:
    """Begin: off to the provider. By POST only, so that no link of another site starts a sign-in."""
    return _answer(OAuth2LoginView, request, provider_id)


@require_GET
def callback(request: HttpRequest, *, provider_id: str) -> HttpResponse:
    """Back from the provider."""
    return _answer(OAuth2CallbackView, request, provider_id)


def _answer(kind: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        answer: HttpResponse = kind.adapter_view(StrictAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except (OAuth2Error, RequestException):
        # Before the way to the provider, where the library does not look for faults.
        answer = render(request, "socialaccount/authentication_error.html", status=502)
    return answer
