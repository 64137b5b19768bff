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
from privbot.console.seen import seen_version
from privbot.console.views.decide import offered
from privbot.console.views.errors import status_of
from privbot.console.words import new_ticket, sentence, word
from privbot.errors import PrivbotError, WrongUse
from privbot.records.cases import AlreadyDecided
from privbot.worker import desk
from privbot.worker.controllers import in_the_records
from privbot.worker.grantable import grantable
from privbot.worker.held_mail import HeldMail, held_mail
from privbot.worker.pipeline import Handled
from privbot.worker.proposal import kinds_for
from privbot.worker.split import Asked, split_review
from privbot.worker.undo import Standing, decision_on

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
            another_person="another_person" in told, seen=seen_version(request),
        )  # fmt: skip

    return _decided(request, review, work)


@needs("operator", controller=of_review)
def split(request: HttpRequest, *, review: int) -> HttpResponse:
    """It asks for two things under two laws, or for two people."""
    first, second = ([Asked(right, one["regime"] or None) for right in one["rights"]] for one in _split_told(request))
    people = [first, second] if "another_person" in request.POST else [[*first, *second]]

    def work() -> Handled:
        if not (first and second):
            raise WrongUse(_("Tick for each part what it asks for."))
        seen = seen_version(request)
        known, *others = split_review(request.office, review, people, actor=request.user.name_for_audit, seen=seen)
        for one in others:
            messages.success(request, new_ticket(one.reference or "", one.letter.state if one.letter else ""))
        return known

    return _decided(request, review, work)


@needs("operator", controller=of_review)
def attach(request: HttpRequest, *, review: int) -> HttpResponse:
    """It belongs to a ticket."""
    reference = request.POST.get("other", "").strip() or request.POST.get("ticket", "")
    return _decided(
        request,
        review,
        lambda: desk.attach(
            request.office,
            review,
            reference,
            actor=request.user.name_for_audit,
            seen=seen_version(request),
            sees=request.user.sees,
        ),
    )


@needs("operator", controller=of_review)
def ignore(request: HttpRequest, *, review: int) -> HttpResponse:
    """It asks for nothing."""
    reason = request.POST.get("kind", "")
    return _decided(
        request,
        review,
        lambda: desk.ignore(request.office, review, reason, actor=request.user.name_for_audit, seen=seen_version(request)),
    )


def _decided(request: HttpRequest, review: int, work: Callable[[], Handled]) -> HttpResponse:
    if request.method != "POST":
        return redirect("review", review=review)
    try:
        handled = work()
    except PrivbotError as refused:
        status = 409 if isinstance(refused, AlreadyDecided) else status_of(refused)
        return _page(request, held_mail(request.office, review), refused, status=status)
    if handled.reference:
        messages.success(request, _("Decided. This is its ticket."))
        return redirect("ticket", reference=handled.reference)
    messages.success(request, _("Decided."))
    return redirect("queue")


def _page(request: HttpRequest, held: HeldMail, fault: PrivbotError | None = None, *, status: int = 200) -> HttpResponse:
    return render(
        request, "review/review.html", {**page_context(request, held), "fault": sentence(fault) if fault else ""}, status=status
    )


def page_context(request: HttpRequest, held: HeldMail) -> dict[str, Any]:
    """What the page's template needs: what was typed comes before what was read."""
    told = request.POST
    likeliest = held.laws[0].regime if held.laws else ""
    return {
        "held": held,
        "controller": in_the_records(request.office.config, held.review.controller).name,
        "taken_out": held.review.controller not in request.office.config.controllers,
        "today": request.office.clock().date(),
        "rights": told.getlist("right") if told else held.rights,
        "regime": told.get("regime", likeliest),
        "ticket": told.get("ticket", held.review.ticket.reference if held.review.ticket else ""),
        "other": told.get("other", ""),
        "kind": told.get("kind", held.shown.reading.get("kind") or "" if held.shown else ""),
        "kinds": kinds_for(bool(held.tickets)),
        "categories": grantable(held.laws),
        "ask_another_person": bool(set(held.review.codes) & set(ANOTHER_PERSON)),
        "another_person": "another_person" in told,
        "split": _split_told(request)
        if told
        else [{"regime": likeliest, "rights": list(held.rights)}, {"regime": likeliest, "rights": []}],
        "split_typed": "regime-0" in told,
        "split_another_person": "another_person" in told or not told,
        "said": word("act", "decide"),
        **offered(request, _way_back(request, held)),
    }


def _way_back(request: HttpRequest, held: HeldMail) -> Standing | None:
    """The decision, where it can be undone."""
    decided = held.review.decided_at and request.user.may("operator")
    return decision_on(held.review.id, request.office.clock()) if decided else None


def _split_told(request: HttpRequest) -> list[dict[str, Any]]:
    """What was typed for each of the two parts."""
    told = request.POST
    return [{"regime": told.get(f"regime-{part}", ""), "rights": told.getlist(f"right-{part}")} for part in range(2)]


urlpatterns = [
    path("review/<int:review>", review, name="review"),
    path("review/<int:review>/decide", decide, name="review_decide"),
    path("review/<int:review>/split", split, name="review_split"),
    path("review/<int:review>/attach", attach, name="review_attach"),
    path("review/<int:review>/ignore", ignore, name="review_ignore"),
]
