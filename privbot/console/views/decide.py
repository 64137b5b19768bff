"""A decision in the queue, one row at a time: a small panel asks for a confirmation, and what was decided can be undone.

With htmx the panel stands in the page and the row goes; without it each is a page of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from privbot.console.access import needs, of_letter, of_review, page_of
from privbot.console.seen import seen_version, shown_letter
from privbot.console.views.errors import status_of
from privbot.console.words import sentence, word
from privbot.errors import PrivbotError, WrongUse
from privbot.letters import outbox
from privbot.records.models import Undoable
from privbot.worker import desk
from privbot.worker import undo as undoing
from privbot.worker.acting import By
from privbot.worker.foresight import foresee
from privbot.worker.proposal import Proposal, propose


@needs("operator", controller=of_review)
def decide(request: HttpRequest, *, review: int, category: str) -> HttpResponse:
    """What the mail asks for: propose the rights of a category, then open the request – or, for `other`, file the mail."""
    told = request.POST
    try:
        proposal = propose(request.office, review, category, told.get("regime") or request.GET.get("regime"))
    except WrongUse as wrong:
        return _refused(request, wrong, "queue/_refused.html", {})
    if request.method != "POST":
        # The panel asks anew what comes of it when a right is ticked.
        chosen = request.GET.getlist("right") if "ticked" in request.GET else proposal.chosen
        return _panel(request, "queue/_decide.html", _shown(request, proposal, chosen, proposal.kind))
    try:
        _carry_out(request, proposal)
    except PrivbotError as wrong:
        return _refused(
            request, wrong, "queue/_decide.html", _shown(request, proposal, told.getlist("right"), told.get("kind", ""))
        )
    return _done(request, f"review:{review}", _("Decided: %(category)s.") % {"category": word("category", category)})


def _shown(request: HttpRequest, proposal: Proposal, chosen: Sequence[str], kind: str) -> dict[str, Any]:
    """What the panel tells before somebody confirms."""
    rights = [right for right in chosen if right in proposal.rights]
    foresight = foresee(request.office, proposal.review, rights, proposal.regime or None)
    return {
        "proposal": proposal, "chosen": chosen, "kind": kind, "mail": foresight, "today": request.office.clock().date(),
        "refusal": sentence(foresight.refusal) if foresight and foresight.refusal else "",
        "seconds": int(request.office.grace.total_seconds()),
    }  # fmt: skip


def _carry_out(request: HttpRequest, proposal: Proposal) -> None:
    told, actor, seen = request.POST, request.user.name_for_audit, seen_version(request)
    if proposal.category == "other":
        desk.ignore(request.office, proposal.review, told.get("kind", ""), actor=actor, seen=seen)
        return
    rights = [right for right in told.getlist("right") if right in proposal.rights]
    if not rights:
        raise WrongUse(_("Tick at least one right that the mail asks for."))
    desk.open_request(request.office, proposal.review, rights, regime=proposal.regime, actor=actor, seen=seen)


@needs("operator", controller=of_letter)
def approve(request: HttpRequest, *, letter: int) -> HttpResponse:
    """Read a letter that waits, and let it go."""
    version, row = shown_letter(letter)
    try:
        words = outbox.words(row, request.office.seals)
        shown = {"letter": row, "words": words, "version": version}
        if request.method != "POST":
            return _panel(request, "queue/_approve.html", shown)
    except PrivbotError as wrong:
        return _refused(request, wrong, "queue/_refused.html", {})
    try:
        desk.approve(request.office, letter, actor=request.user.name_for_audit, seen=seen_version(request))
    except WrongUse as wrong:
        return _refused(request, wrong, "queue/_approve.html", shown)
    return _done(request, f"letter:{letter}", _("The letter is approved."))


def of_act(*, act: int, **_named: Any) -> str | None:
    """Whose what was done is."""
    found = Undoable.objects.filter(id=act).values_list("ticket__controller", "mail__controller").first()
    return (found[0] or found[1]) if found else None


@needs("operator", controller=of_act)
def offer(request: HttpRequest, *, act: int) -> HttpResponse:
    """What can still be done about an act; asked for by the page when its letter's time is over."""
    return render(request, "queue/_offer.html", offered(request, undoing.look(act, request.office.clock())))


@needs("operator", controller=of_act)
@require_POST
def undo(request: HttpRequest, *, act: int) -> HttpResponse:
    """Take back what was done, and go back to where the row stands again."""
    try:
        told = undoing.undo(request.office, act, by=By(request.user.name_for_audit, request.user.lifecycle_role))
    except WrongUse as wrong:
        messages.error(request, sentence(wrong))
        return redirect(_page_before(request))
    messages.success(request, _("Undone."))
    return redirect(f"{_page_before(request)}#{row_of(told.about)}")


def offered(request: HttpRequest, found: undoing.Standing | None) -> dict[str, Any]:
    """What the strip that offers undo needs."""
    return {"offer": found, "now": request.office.clock()}


def row_of(about: str) -> str:
    """`review:7` → `review-7`: the row of the list that an act was about."""
    return about.replace(":", "-")


def _page_before(request: HttpRequest) -> str:
    """The list as it was filtered, or the page of a held mail."""
    page = page_of(request)
    known = (reverse("queue"), reverse("review", kwargs={"review": 0}).removesuffix("0"))
    return page if page.startswith(known) else reverse("queue")


def _panel(request: HttpRequest, template: str, shown: dict[str, Any], status: int = 200) -> HttpResponse:
    """Alone for the page that asked for it, else as a page."""
    if request.htmx:
        return render(request, template, {"fault": "", **shown}, status=status)
    return render(request, "queue/panel.html", {"fault": "", **shown, "panel": template}, status=status)


def _refused(request: HttpRequest, wrong: PrivbotError, template: str, shown: dict[str, Any]) -> HttpResponse:
    return _panel(request, template, {**shown, "fault": sentence(wrong)}, status_of(wrong))


def _done(request: HttpRequest, about: str, said: str) -> HttpResponse:
    """Say what was done, and offer to take it back unless a colleague has done so, or decided anew, meanwhile."""
    act = undoing.own_last_about(about, request.user.name_for_audit)
    found = undoing.look(act, request.office.clock()) if act else None
    if not request.htmx:
        if found is None or found.too_late:
            messages.success(request, said)  # else the list itself tells of it, and offers to undo it
        return redirect("queue")
    shown = {"row": row_of(about), "said": said, **offered(request, found)}
    return trigger_client_event(render(request, "queue/_done.html", shown), "queue-changed")


urlpatterns = [
    path("queue/review/<int:review>/<str:category>", decide, name="queue_decide"),
    path("queue/letter/<int:letter>", approve, name="queue_approve"),
    path("queue/offer/<int:act>", offer, name="queue_offer"),
    path("queue/undo/<int:act>", undo, name="queue_undo"),
]
