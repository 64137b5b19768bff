"""What every request passes: the language of the person, and the office on the request."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import translation
from django.utils.cache import patch_vary_headers

from privbot.console import desk
from privbot.console.views import errors

Answer = Callable[[HttpRequest], HttpResponse]
METHODS = ("GET", "HEAD", "POST")
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class Language:
    """The console speaks the language that somebody chose, else the one that the browser asks for."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = getattr(request.user, "language", "") or translation.get_language_from_request(request)
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = self._answer(request)
        response.headers.setdefault("Content-Language", chosen)
        patch_vary_headers(response, ("Accept-Language",))
        return response


class AtTheDesk:
    """Puts the office on the request. No page is kept by browsers or proxies: almost all of them hold personal data."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.office = desk.office()
        response = self._answer(request) if request.method in METHODS else HttpResponseNotAllowed(METHODS)
        if response.status_code == 405:
            allowed = response.headers.get("Allow", "")
            response = errors.wrong_method(request)
            response.headers["Allow"] = allowed
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response
