"""Who may open which page. Every view is declared with exactly one of these; a test walks all addresses as each role.

    @needs("operator")                             – signed in, with this role or a higher one
    @needs("operator", controller=of_ticket)       – and the ticket named in the address belongs to a controller that they may see
    @open_to_all                                   – before sign-in: the sign-in pages, health for a load balancer
    @recent_sign_in                                – besides: they signed in again in the last ten minutes (exports, keys, erasure)

What belongs to a controller that somebody may not see is not there for them (404); what their role does not allow says so (403).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from privbot.console.models import Role
from privbot.records.models import IncomingMail, Letter, Request, Review, Ticket

View = Callable[..., HttpResponse]
Finder = Callable[..., str | None]


def needs(role: str, *, controller: Finder | None = None) -> Callable[[View], View]:
    """Declare a view: the least role, and – where the address names something – how to find whose it is.

    `controller` gets the view's keyword arguments and returns the controller's id, or None if there is no such thing.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
            user = request.user
            if not user.is_authenticated:
                return _sign_in_first(request)
            if controller is not None:
                owner = controller(**named)
                if owner is None or not user.sees(owner):
                    raise Http404
            if not user.may(role):
                raise PermissionDenied
            return view(request, **named)

        guarded.needs_role = Role(role)  # type: ignore[attr-defined]
        guarded.finds_controller = controller  # type: ignore[attr-defined]
        return guarded

    return declare


def open_to_all(view: View) -> View:
    """Declare a view that needs no sign-in."""

    @wraps(view)
    def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
        return view(request, **named)

    guarded.needs_role = None  # type: ignore[attr-defined]
    guarded.finds_controller = None  # type: ignore[attr-defined]
    return guarded


def recent_sign_in(view: View) -> View:
    """Ask for the password, a passkey or a code again unless that was just done. Goes below `needs`."""
    guarded: View = reauthentication_required(view)
    return guarded


def seen_controllers(request: HttpRequest) -> tuple[str, ...]:
    """The controllers whose things this person may see, as configured now."""
    return tuple(one for one in request.office.config.controllers if request.user.sees(one))


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        # A fragment cannot become a sign-in page: the whole page goes there.
        answer = HttpResponse(status=401)
        answer.headers["HX-Refresh"] = "true"
        return answer
    return redirect_to_login(request.get_full_path() if request.method == "GET" else request.META.get("HTTP_REFERER", "/"))


# -- whose it is -----------------------------------------------------------------------------------------------------------


def of_ticket(*, reference: str, **_: Any) -> str | None:
    """Of the ticket with this reference."""
    return Ticket.objects.filter(reference=reference.upper()).values_list("controller", flat=True).first()


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


def of_request(*, request_id: int, **_: Any) -> str | None:
    """Of a request."""
    return Request.objects.filter(id=request_id).values_list("controller", flat=True).first()


def named(*, controller: str, **_: Any) -> str | None:
    """The controller that the address itself names."""
    return controller
