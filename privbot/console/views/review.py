"""A mail that was held: what it seems to ask, with the words that say so, and the decision about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from privbot.console.access import needs, of_review
from privbot.errors import WrongUse
from privbot.reading.model import KINDS_OF_OTHER, RIGHTS_BY_CATEGORY
from privbot.records.cases import AlreadyDecided
from privbot.worker import desk
from privbot.worker.held_mail import HeldMail, held_mail
from privbot.worker.pipeline import Handled

ANOTHER_PERSON = ("same-address", "same-person", "new-sender-on-ticket", "already-active")
"""Reasons for which the operator is asked whether the mail is from somebody else than it seems."""


@needs("viewer", controller=of_review)
def review(request: HttpRequest, *, review: int) -> HttpResponse:
    """The page."""
    return _page(request, held_mail(request.office, review))


@needs("operator", controller=of_review)
def decide(request: HttpRequest, *, review: int) -> HttpResponse:
    """It is a request for the ticked rights."""
    told = request.POST

    def work() -> Handled:
        if not told.getlist("right"):
            raise WrongUse(_("Tick at least one right that the mail asks for."))
        return desk.open_request(
            request.office, review, told.getlist("right"), regime=told.get("regime") or None, actor=request.user.name_for_audit,
            another_person="another_person" in told,
        )  # fmt: skip

    return _decided(request, review, work)


@needs("operator", controller=of_review)
def attach(request: HttpRequest, *, review: int) -> HttpResponse:
    """It belongs to a ticket."""
    reference = request.POST.get("other", "").strip() or request.POST.get("ticket", "")
    return _decided(request, review, lambda: desk.attach(request.office, review, reference, actor=request.user.name_for_audit))


@needs("operator", controller=of_review)
def ignore(request: HttpRequest, *, review: int) -> HttpResponse:
    """It asks for nothing."""
    reason = request.POST.get("kind", "")
    return _decided(request, review, lambda: desk.ignore(request.office, review, reason, actor=request.user.name_for_audit))


def _decided(request: HttpRequest, review: int, work: Callable[[], Handled]) -> HttpResponse:
    if request.method != "POST":
        return redirect("review", review=review)
    try:
        handled = work()
    except AlreadyDecided as refused:
        return _page(request, held_mail(request.office, review), refused, status=409)
    except WrongUse as refused:
        return _page(request, held_mail(request.office, review), refused, status=422)
    if handled.reference:
        messages.success(request, _("Decided. This is its ticket."))
        return redirect("ticket", reference=handled.reference)
    messages.success(request, _("Decided."))
    return redirect("queue")


def _page(request: HttpRequest, held: HeldMail, fault: WrongUse | None = None, *, status: int = 200) -> HttpResponse:
    return render(request, "review/review.html", {**page_context(request, held), "fault": fault}, status=status)


def page_context(request: HttpRequest, held: HeldMail) -> dict[str, Any]:
    """What the page's template needs: what was typed comes before what was read."""
    told = request.POST
    likeliest = held.regimes[0].regime if held.regimes else ""
    return {
        "held": held,
        "controller": request.office.config.controllers[held.review.controller].name,
        "today": request.office.clock().date(),
        "rights": told.getlist("right") if told else held.rights,
        "regime": told.get("regime", likeliest),
        "ticket": told.get("ticket", held.review.ticket.reference if held.review.ticket else ""),
        "other": told.get("other", ""),
        "kind": told.get("kind", held.shown.reading.get("kind") or "" if held.shown else ""),
        "kinds": KINDS_OF_OTHER,
        "categories": _grantable(held),
        "ask_another_person": bool(set(held.review.codes) & set(ANOTHER_PERSON)),
        "another_person": "another_person" in told,
    }


def _grantable(held: HeldMail) -> dict[str, list[str]]:
    """Category → every right that one of the controller's laws grants."""
    granted = {right for law in held.regimes for rights in law.rights.values() for right in rights}
    sorted_by = {category: [right for right in rights if right in granted] for category, rights in RIGHTS_BY_CATEGORY.items()}
    return {category: rights for category, rights in sorted_by.items() if rights}


urlpatterns = [
    path("review/<int:review>", review, name="review"),
    path("review/<int:review>/decide", decide, name="review_decide"),
    path("review/<int:review>/attach", attach, name="review_attach"),
    path("review/<int:review>/ignore", ignore, name="review_ignore"),
]
