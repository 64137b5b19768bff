"""Who may open which page. Every view is declared with exactly one of these; a test walks all addresses as each role.

    @needs("operator")                             – signed in, with this role or a higher one
    @needs("operator", controller=of_ticket)       – and the ticket named in the address belongs to a controller that they may see
    @needs("viewer", own=True)                     – what the address names is looked for among their own things only
    @needs("viewer", shared=True)                  – what the address names is nobody's: a language, a page of a catalogue
    @open_to_all                                   – before sign-in: the sign-in pages, health for a load balancer
    @for_all_controllers                           – besides: they see every controller, as what is done here concerns all of them
    @recent_sign_in                                – besides: they signed in again in the last ten minutes (exports, keys, erasure)

What belongs to a controller that somebody may not see is not there for them (404); what their role does not allow says so (403).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from privbot.console import desk, kept_forms
from privbot.console.models import Role
from privbot.console.recently import signed_in_lately
from privbot.console.sign_in_events import tell
from privbot.console.team import subject
from privbot.console.views import errors
from privbot.records.cases import ticket_named
from privbot.records.models import IncomingMail, Letter, Review, Ticket
from privbot.records.trouble import owner_of_quarantined
from privbot.worker.controllers import ControllerTakenOut

View = Callable[..., HttpResponse]


Finder = Callable[..., "str | Ticket | None"]


def needs(role: str, *, controller: Finder | None = None, own: bool = False, shared: bool = False) -> Callable[[View], View]:
    """Declare a view: the least role, and – where the address names something – whose that is.

    `controller` gets the view's keyword arguments and returns the controller's id – or the ticket itself, which the view then finds as
    `request.ticket` – or None if there is no such thing. `own` and `shared` are promises of the view, which the walk over all addresses asks for.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
            user = request.user
            if not user.is_authenticated:
                return _sign_in_first(request)
            if controller is not None:
                found = controller(**named)
                request.ticket, owner = (found, found.controller) if isinstance(found, Ticket) else (None, found)
                if owner is None or not user.sees(owner):
                    if owner is not None:
                        _tell_refusal(request)
                    raise Http404
            if not user.may(role):
                _tell_refusal(request)
                raise PermissionDenied
            if (
                controller is not None
                and _is_a_step(role, controller)
                and owner
                and owner not in request.office.config.controllers
            ):
                return errors.refused(request, ControllerTakenOut())
            return view(request, **named)

        guarded.needs_role = Role(role)  # type: ignore[attr-defined]
        guarded.finds_controller = controller  # type: ignore[attr-defined]
        guarded.says_whose = bool(controller or own or shared)  # type: ignore[attr-defined]
        return guarded

    return declare


def _is_a_step(role: str, controller: Finder) -> bool:
    """What operators do to a ticket, a review or a letter; of a mail they only save files, and leads hold and erase what is kept."""
    return role == Role.OPERATOR and controller is not of_mail


def open_to_all(view: View) -> View:
    """Declare a view that needs no sign-in."""

    @wraps(view)
    def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
        return view(request, **named)

    guarded.needs_role = None  # type: ignore[attr-defined]
    guarded.finds_controller = None  # type: ignore[attr-defined]
    guarded.says_whose = True  # type: ignore[attr-defined]
    return guarded


def for_all_controllers(view: View) -> View:
    """Only for those who see every controller. Goes below `needs`."""

    @wraps(view)
    def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
        if not request.user.all_controllers:
            _tell_refusal(request)
            raise PermissionDenied
        return view(request, **named)

    return guarded


def recent_sign_in(view: View) -> View:
    """Ask for the password, a passkey, a code or the account elsewhere again unless that was just done. Goes below `needs`."""

    @wraps(view)
    def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
        return view(request, **named) if signed_in_lately(request) else _sign_in_again(request)

    return guarded


def seen_controllers(request: HttpRequest) -> tuple[str, ...]:
    """The controllers whose things this person may see, as configured now."""
    return tuple(one for one in request.office.config.controllers if request.user.sees(one))


def a_way_back(request: HttpRequest, page: str) -> str:
    """Where `next` leads, if that is within the console; else the page with this name."""
    wanted = request.GET.get("next", "")
    inside = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if inside else reverse(page)


def page_of(request: HttpRequest) -> str:
    """The page that somebody looked at: this one, or the one with the form that was sent."""
    if request.method == "GET" and "HX-Request" not in request.headers:
        return request.get_full_path()
    shown = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    path = shown.removeprefix(f"{request.scheme}://{request.get_host()}")
    return path if path.startswith("/") and not path.startswith("//") else reverse("queue")


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    return _to_a_sign_in(request, resolve_url(settings.LOGIN_URL), "session-ended")


def _sign_in_again(request: HttpRequest) -> HttpResponse:
    methods = get_adapter(request).get_reauthentication_methods(request.user)
    if not methods:
        raise PermissionDenied
    return _to_a_sign_in(request, methods[0]["url"], "asked-again")


def _to_a_sign_in(request: HttpRequest, page: str, cause: kept_forms.Cause) -> HttpResponse:
    """There, and back to where they were; a form that was sent is kept for them, and shown again."""
    back = page_of(request)
    kept = kept_forms.keep(request, back, cause)
    response: HttpResponse = redirect_to_login(reverse("resume") if kept else back, login_url=page)
    if kept:
        kept_forms.remember(response, kept)
    return for_htmx(request, response)


def for_htmx(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A fragment cannot become a sign-in page: the whole page goes there."""
    if "HX-Request" in request.headers:
        response["HX-Redirect"] = response["Location"]
        del response["Location"]
        response.status_code = 200
    return response


def _tell_refusal(request: HttpRequest) -> None:
    page = request.resolver_match.url_name if request.resolver_match else ""
    tell("access refused", subject(request.user), actor=request.user.name_for_audit, page=page)


# -- whose it is -----------------------------------------------------------------------------------------------------------


def of_ticket(*, reference: str, **_: Any) -> Ticket | None:
    """Of the ticket with this reference."""
    return ticket_named(reference)


def of_review(*, review: int, **_: Any) -> str | None:
    """Of a review."""
    return Review.objects.filter(id=review).values_list("controller", flat=True).first()


def of_letter(*, letter: int, **_: Any) -> str | None:
    """Of a letter."""
    return Letter.objects.filter(id=letter).values_list("controller", flat=True).first()


def of_mail(*, mail: int, **_: Any) -> str | None:
    """Of a mail: its ticket's controller, or the one it was written to."""
    found = IncomingMail.objects.filter(id=mail).values_list("ticket__controller", "controller").first()
    return (found[0] or found[1]) if found else None


def of_mailbox(*, mailbox: str, **_: Any) -> str | None:
    """Of a configured mailbox: the first controller whose mail arrives there; its page asks for the others."""
    known = desk.office().config.mailboxes.get(mailbox)
    return known.controllers[0] if known else None


def of_quarantined(*, mail: int, **_: Any) -> str | None:
    """Of a mail in quarantine, which nothing may be known of but its mailbox."""
    return owner_of_quarantined(desk.office().config, mail)


def named(*, controller: str, **_: Any) -> str | None:
    """The controller that the address itself names."""
    return controller
