"""When something cannot be done: each case its own clear page, with the way out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from privbot.errors import WrongUse


def page(request: HttpRequest, status: int, title: str, what: str, **more: Any) -> HttpResponse:
    """An error page: what happened, and what to do now."""
    return render(request, "errors/error.html", {"title": title, "what": what, **more}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(
        request,
        400,
        _("That request was not understood"),
        _("Go back and try again; if it happens again, tell your administrator."),
    )


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(
        request, 403, _("Your role does not allow that"), _("Ask a lead or an administrator to do it, or to change your role.")
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(
        request,
        404,
        _("There is nothing here"),
        _("It may have been erased, or belong to a controller that you do not work for."),
    )


def our_fault(request: HttpRequest) -> HttpResponse:
    return page(
        request, 500, _("Something went wrong inside privbot"), _("Nothing was changed. Try again; the fault is in the log.")
    )


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The CSRF token does not fit: the form was open for longer than the session, or came from elsewhere."""
    return page(
        request,
        403,
        _("This form is too old"),
        _("You signed in again since it was opened, or cookies are blocked. Go back, reload the page and send it again."),
    )


def too_many_tries(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
    return page(request, 429, _("Too many tries"), _("Sign-in is locked for 15 minutes. An administrator can unlock it."))


def refused(request: HttpRequest, fault: WrongUse, *, status: int = 409) -> HttpResponse:
    """A step that was refused, where there is no form to show it in."""
    return page(request, status, _("That was not done"), str(fault))
