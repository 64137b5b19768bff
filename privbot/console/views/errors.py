"""When something cannot be done: each case its own clear page, with the way out."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from privbot.casework.errors import NotAllowed
from privbot.console import kept_forms
from privbot.console.words import sentence
from privbot.errors import FaultOfWorld, PrivbotError, WrongUse
from privbot.records.versions import ChangedMeanwhile


def page(
    request: HttpRequest, status: int, title: str, what: str, *, way: tuple[str, str] | None = None, **more: Any
) -> HttpResponse:
    """An error page: what happened, and what to do now. `way`: the words and the address of the button; left out: to the queue."""
    way = way or (_("Go to the queue"), reverse("queue"))
    return render(request, "errors/error.html", {"title": title, "what": what, "way": way, **more}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return page(request, 413, _("That is too large"), _("Go back and send less, or smaller files."))
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


def wrong_method(request: HttpRequest) -> HttpResponse:
    """An address that only takes forms was opened, or a form was sent where none is taken."""
    return page(
        request,
        405,
        _("There is no page at this address"),
        _("Something is done here when a form is sent. Nothing was changed; go to the page with the form, and send it again."),
    )


def our_fault(request: HttpRequest) -> HttpResponse:
    number = getattr(request, "fault", "")
    return page(
        request,
        500,
        _("Something went wrong inside privbot"),
        _(
            "Nothing was changed. Try again; if it happens again, tell your administrator this number: %(number)s. The log has it, too."
        )
        % {"number": number or "–"},
    )


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The CSRF token does not fit: the form was open for longer than the session, or came from elsewhere. What was typed is kept."""
    # Here, not above: the declarations of access are made of these pages, too.
    from privbot.console.access import page_of

    kept = kept_forms.keep(request, page_of(request), "older-form")
    if kept is None:
        return page(
            request,
            403,
            _("This form is too old"),
            _("You signed in again since it was opened, or cookies are blocked. Go back, reload the page and send it again."),
        )
    response = page(
        request,
        403,
        _("This form is too old"),
        _("You signed in again since it was opened. Nothing is lost: look it over, and send it again."),
        way=(_("Show it again"), reverse("resume")),
    )
    kept_forms.remember(response, kept)
    return response


def too_often(request: HttpRequest) -> HttpResponse:
    """Somebody asks for the same thing again and again."""
    return page(request, 429, _("That was too often"), _("Wait a minute, and try again."))


def too_many_tries(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
    return page(
        request,
        429,
        _("Too many tries"),
        _("Sign-in is locked for 15 minutes for this address, from where you are. An administrator can unlock it."),
        way=(_("Back to sign-in"), reverse("account_login")),
    )


def status_of(fault: PrivbotError) -> int:
    """The status of a page that tells of a refusal: the world's fault, somebody was faster, the role is not enough, or what was typed."""
    if isinstance(fault, FaultOfWorld):
        return 503
    return 409 if isinstance(fault, ChangedMeanwhile) else 403 if isinstance(fault, NotAllowed) else 422


def refused(request: HttpRequest, fault: WrongUse, *, status: int = 409) -> HttpResponse:
    """A step that was refused, where there is no form to show it in."""
    return page(request, status, _("That was not done"), sentence(fault))
