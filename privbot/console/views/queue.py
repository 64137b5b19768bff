"""The queue: what needs a person, nearest date first; filters, search, saved views, and one decision for many rows."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from privbot.console import team
from privbot.console.access import needs, seen_controllers
from privbot.console.models import SavedView, User
from privbot.console.numbers import number_in
from privbot.console.queue_form import ME, FilterForm
from privbot.console.views import decide
from privbot.console.words import sentence, word
from privbot.errors import WrongUse
from privbot.reading.model import CATEGORIES, KINDS_OF_OTHER
from privbot.records import listing, search
from privbot.records.listing_rows import UNASSIGNED, Kind
from privbot.worker import bulk, undo
from privbot.worker.acting import By

MOST_TICKED = 200


@needs("viewer")
def queue(request: HttpRequest) -> HttpResponse:
    """The list. A search comes by POST, because addresses are kept in histories and logs; a whole reference leads to its ticket."""
    wanted = request.POST.get("q", "").strip()
    ticket = search.named(wanted)
    if ticket and request.user.sees(ticket.controller):
        return redirect("ticket", reference=ticket.reference)
    people = _people(request)
    form = _form(request, request.GET, people)
    after = (request.POST if wanted else request.GET).get("after", "")
    seals, today = request.office.seals, request.office.clock().date()
    found, fault = None, ""
    try:
        found = search.find(wanted, seen_controllers(request), seals) if wanted else None
        page = listing.page(form.filters(request.user, found), _scope(request.user), seals, today=today, after=after)
    except WrongUse as wrong:
        page, fault = listing.Page(()), sentence(wrong)
    shown = {
        "form": form, "page": page, "today": today, "wanted": wanted, "fault": fault, "more": found is not None and found.more,
        "query": form.query(), "people": people, "views": [] if wanted else list(request.user.saved_views.order_by("name")),
        "categories": {one: word("category", one) for one in CATEGORIES},
        "kinds": KINDS_OF_OTHER, **_done_last(request, searching=bool(wanted)),
        **({} if wanted else _counted(request)),
    }  # fmt: skip
    return render(request, "queue/queue.html", shown)


@needs("viewer")
def counts(request: HttpRequest) -> HttpResponse:
    """How much waits, fetched again and again by the page; with `?after=` whether a later mail has brought something that the page does not show."""
    after = number_in(request.GET.get("after", ""))
    came = after is not None and listing.has_come(_scope(request.user), after=after)
    return render(request, "queue/_counts.html", {**_counted(request), "came": came})


@needs("operator")
@require_POST
def many(request: HttpRequest) -> HttpResponse:
    """One decision for all ticked rows."""
    told, office = request.POST, request.office
    by = By(request.user.name_for_audit, request.user.lifecycle_role, sees=request.user.sees)
    rows = bulk.seen(_ticked(told.getlist("row")), request.user.sees)
    match told.get("do"):
        case "assign":
            owner, theirs = _owner(request, told.get("owner", ""), rows)
            shown = {row: one for row in rows if (one := told.get(f"owner.{row[0]}.{row[1]}")) is not None}
            done = bulk.assign(office, theirs, owner, by=by, shown=shown)
            if len(theirs) < len(rows):
                messages.error(request, _("%(name)s does not work for the controllers of all these rows.") % {"name": owner})
        case "ignore":
            done = bulk.ignore(office, rows, told.get("reason", ""), by=by)
        case _:
            done = bulk.attach(office, rows, told.get("reference", ""), by=by)
    if not rows:
        messages.warning(request, _("Tick the rows first that this is for."))
    if done.done:
        messages.success(request, ngettext("%(count)s done.", "%(count)s done.", len(done.done)) % {"count": len(done.done)})
    for told_once in dict.fromkeys(sentence(fault) for _row, fault in done.refused):
        messages.error(request, told_once)
    return _back(request)


@needs("viewer")
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the filters of now under a name; what had the same name is replaced."""
    name = request.POST.get("name", "").strip()[:60]
    if name:
        SavedView.objects.update_or_create(user=request.user, name=name, defaults={"query": _query_to_keep(request)})
        messages.success(request, _("The view is saved."))
    else:
        messages.error(request, _("Give the view a name, then save it again."))
    return _back(request)


@needs("viewer")
@require_POST
def forget_view(request: HttpRequest) -> HttpResponse:
    """Remove one of one's own saved views."""
    SavedView.objects.filter(user=request.user, name=request.POST.get("name", "")).delete()
    return _back(request)


@needs("viewer")
@require_POST
def shortcuts(request: HttpRequest) -> HttpResponse:
    """Switch single keys on or off (WCAG 2.2, 2.1.4)."""
    request.user.shortcuts = request.POST.get("shortcuts") == "on"
    request.user.save(update_fields=["shortcuts"])
    messages.success(request, _("Single keys act again.") if request.user.shortcuts else _("Single keys do nothing now."))
    return _back(request)


def _scope(user: User) -> tuple[str, ...] | None:
    return None if user.all_controllers else tuple(user.controllers)


def _people(request: HttpRequest) -> dict[int, str]:
    """Whom something that this person sees can be assigned to."""
    return {one.pk: one.name for one in team.workers(seen_controllers(request))}


def _owner(request: HttpRequest, chosen: str, rows: list[bulk.Ticked]) -> tuple[str, list[bulk.Ticked]]:
    """Of a choice as the forms offer it: the person's name, and those of the rows that they may see."""
    if chosen == ME:
        return request.user.name_for_audit, rows
    if not chosen.isdecimal():
        return UNASSIGNED, rows
    found = next((one for one in team.workers(seen_controllers(request)) if one.pk == number_in(chosen)), None)
    return (found.name, bulk.seen(rows, found.sees)) if found else ("", rows)


def _form(request: HttpRequest, data: QueryDict, people: dict[int, str]) -> FilterForm:
    names = {one: request.office.config.controllers[one].name for one in seen_controllers(request)}
    return FilterForm(data, controllers=names, people=people)


def _counted(request: HttpRequest) -> dict[str, Any]:
    today = request.office.clock().date()
    found = listing.counts(_scope(request.user), me=request.user.name_for_audit, today=today)
    return {"counts": found, "counted": listing.COUNTED, "came": False}


def _done_last(request: HttpRequest, *, searching: bool) -> dict[str, Any]:
    """What this person did a few minutes ago and can still undo – unless the page has something newer to say, or enough to ask."""
    if searching or not request.user.may("operator") or len(get_messages(request)):
        return {"said": "", "offer": None}
    now = request.office.clock()
    found = undo.own_latest(request.user.name_for_audit, seen_controllers(request), now)
    return {"said": word("act", found.what) if found else "", **decide.offered(request, found)}


def _ticked(values: list[str]) -> list[bulk.Ticked]:
    """`review.7` → (review, 7); what is nothing of the kind is passed over."""
    pairs = [(kind, number_in(number)) for kind, _dot, number in (value.partition(".") for value in values[:MOST_TICKED])]
    return [(Kind(kind), number) for kind, number in pairs if kind in list(Kind) and number is not None]


def _query_to_keep(request: HttpRequest) -> str:
    """The filters that the page was shown with; only what the form knows."""
    return _form(request, QueryDict(request.POST.get("back", "")), _people(request)).query()


def _back(request: HttpRequest) -> HttpResponse:
    """To the list as it was filtered."""
    query = _query_to_keep(request)
    return redirect(f"{reverse('queue')}{'?' if query else ''}{query}")


urlpatterns = [
    path("queue", queue, name="queue"),
    path("queue/counts", counts, name="queue_counts"),
    path("queue/many", many, name="queue_many"),
    path("queue/views/save", save_view, name="queue_save_view"),
    path("queue/views/forget", forget_view, name="queue_forget_view"),
    path("queue/shortcuts", shortcuts, name="queue_shortcuts"),
    *decide.urlpatterns,
]
