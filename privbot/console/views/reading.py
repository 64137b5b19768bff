"""Reading: the model, its figures, corrections, candidates."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from privbot import resources
from privbot.console.access import for_all_controllers, needs, seen_controllers
from privbot.console.views import errors
from privbot.errors import WrongUse
from privbot.reading import model_card
from privbot.records.models import Correction
from privbot.worker import chores, learning
from privbot.worker.model_store import ModelStore

PAGE = 50
WORK = ("train", "compare", "promote")
WORDS_OF = {"category": "category", "right": "right", "language": "language", "kind": "kind-of-other"}
"""Head of a table's first column → the kind of code that stands below it."""


@needs("viewer")
def reading(request: HttpRequest) -> HttpResponse:
    store = ModelStore(request.office.config)
    theirs = Q() if request.user.all_controllers else Q(mail__controller__in=seen_controllers(request))
    versions = store.versions()
    shown = {
        "versions": versions,
        "current": next((one for one in versions if one.reads), None),
        "pointed_at": store.pointed_at(),
        "before": store.before(),
        "may_change": request.user.may("lead") and request.user.all_controllers,
        "corrections": Correction.objects.filter(theirs).count(),
        "words_of": WORDS_OF,
        **_card(),
        **_work(request),
    }
    return render(request, "reading/reading.html", shown)


@needs("viewer")
def work(request: HttpRequest) -> HttpResponse:
    """The part of the page that tells of training, comparing and promoting, for as long as one of them is under way."""
    return render(request, "reading/work.html", _work(request))


@needs("viewer")
def picture(request: HttpRequest, *, file: str) -> HttpResponse:
    """One of the card's pictures."""
    return HttpResponse((resources.models() / "figures" / file).read_bytes(), content_type="image/svg+xml")


@needs("lead")
def corrections(request: HttpRequest) -> HttpResponse:
    """The newest first: to judge one, all have to be looked at."""
    seen = None if request.user.all_controllers else seen_controllers(request)
    found = learning.judged(request.office, controllers=seen)[::-1]
    try:
        page = max(1, int(request.GET.get("page", "1")))
    except ValueError:
        raise Http404 from None
    shown = {
        "judged": found[(page - 1) * PAGE : page * PAGE],
        "page": page,
        "more": len(found) > page * PAGE,
        "count": len(found),
    }
    return render(request, "reading/corrections.html", shown)


@needs("lead")
@for_all_controllers
@require_POST
def train(request: HttpRequest) -> HttpResponse:
    return _begin(request, "train")


@needs("lead")
@for_all_controllers
@require_POST
def compare(request: HttpRequest) -> HttpResponse:
    return _begin(request, "compare", about=request.POST.get("version", ""))


@needs("lead")
@for_all_controllers
@require_POST
def promote(request: HttpRequest) -> HttpResponse:
    return _begin(request, "promote", about=request.POST.get("version", ""))


@needs("lead")
@for_all_controllers
@require_POST
def roll_back(request: HttpRequest) -> HttpResponse:
    try:
        learning.roll_back(request.office, actor=request.user.name_for_audit)
    except WrongUse as fault:
        return errors.refused(request, fault)
    return redirect("reading")


def _begin(request: HttpRequest, name: str, *, about: str = "") -> HttpResponse:
    try:
        if about:
            ModelStore(request.office.config).named(about)
        chores.begin(request.office, name, actor=request.user.name_for_audit, about=about)
    except WrongUse as fault:
        return errors.refused(request, fault)
    return redirect("reading")


def _work(request: HttpRequest) -> dict[str, Any]:
    found = [chore for name in WORK if (chore := chores.look(request.office.config, name))]
    running = [chore for chore in found if chore.state is chores.State.RUNNING]
    latest = max(found, key=lambda chore: chore.started_at, default=None)
    compared = next((chore for chore in found if chore.name == "compare" and chore.result), None)
    return {"running": running, "latest": latest, "comparison": compared.result if compared else None}


@cache
def _card() -> dict[str, Any]:
    """The card and the figures of the pipeline that ships: they change with a new version of privbot only."""
    folder = resources.models()
    figures = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    return {
        "measured": figures["model"],
        "mails": figures["all"]["weight"],
        "tables": model_card.tables(figures),
        "matrix": model_card.confusion_matrix(figures),
        "pictures": tuple(model_card.PICTURES),
        "card": model_card.sections((folder / "README.md").read_text(encoding="utf-8")),
    }


urlpatterns = [
    path("reading", reading, name="reading"),
    path("reading/work", work, name="reading_work"),
    path("reading/corrections", corrections, name="corrections"),
    path("reading/train", train, name="train_model"),
    path("reading/compare", compare, name="compare_model"),
    path("reading/promote", promote, name="promote_model"),
    path("reading/roll-back", roll_back, name="roll_back_model"),
    *(path(f"reading/{file}", picture, {"file": file}, name=f"picture_{file}") for file in model_card.PICTURES),
]
