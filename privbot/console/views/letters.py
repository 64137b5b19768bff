"""Letters: every template with its preview, a controller's own wording, its history and how it is restored."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from privbot.console import letter_page, letter_words
from privbot.console.access import named, needs, seen_controllers
from privbot.console.letter_page import Address
from privbot.console.views import errors
from privbot.console.words import sentence
from privbot.errors import WrongUse
from privbot.letters.differences import differences
from privbot.letters.words import DEFAULT_LANGUAGE, languages
from privbot.worker import wording

FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)
"""A letter brings its few styles along; nothing in it runs, and nothing is fetched."""
PART = "letters/<str:controller>/<str:name>/<str:language>"


@needs("viewer")
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """Every letter of one controller: when it is sent, and where its wording is its own."""
    seen = seen_controllers(request)
    wanted, language = request.GET.get("controller", ""), request.GET.get("language", "")
    controller = wanted if wanted in seen else next(iter(seen), "")
    shown = {
        "controllers": {one: request.office.config.controllers[one].name for one in seen},
        "controller": controller,
        "languages": languages(),
        "chosen": language if language in languages() else DEFAULT_LANGUAGE,
        "letters": wording.overview(request.office, controller) if controller else [],
        "titles": letter_words.TITLES,
        "whens": letter_words.WHEN,
    }
    return render(request, "letters/letters.html", shown)


@needs("viewer", controller=named)
@require_safe
def letter_wording(request: HttpRequest, *, controller: str, name: str, language: str) -> HttpResponse:
    """One letter: how it looks, what it is made of, and the controller's own wording. `?start=shipped` begins with what ships."""
    at = Address.of(request, controller, name, language, request.GET.get("part", "words"))
    typed = letter_page.beginning(at) if request.GET.get("start") == "shipped" else None
    return _page(request, at, typed=typed)


@needs("lead", controller=named)
@require_POST
def letter_save(request: HttpRequest, *, controller: str, name: str, language: str, part: str) -> HttpResponse:
    """Save the own wording, or take it back."""
    at = Address.of(request, controller, name, language, part)
    typed, version = request.POST.get("text", ""), _number(request.POST.get("version", ""))
    typed = "" if "take_back" in request.POST else typed
    try:
        kept = wording.save(request.office, controller, at.file, typed, actor=request.user.name_for_audit, version=version)
    except wording.WordingChanged as fault:
        theirs = letter_page.changes_since(at, version)
        return _page(
            request,
            at,
            typed=request.POST.get("text", ""),
            version=fault.latest.id,
            status=409,
            conflict=fault.latest,
            theirs=theirs,
        )
    except wording.WordingRefused as fault:
        return _page(request, at, typed=typed, version=version, status=400, faults=fault.faults)
    except WrongUse as fault:
        return _page(request, at, typed=typed, version=version, status=400, refused=sentence(fault))
    _tell(request, kept)
    return redirect(at.other())


@needs("lead", controller=named)
@require_POST
def letter_preview(request: HttpRequest, *, controller: str, name: str, language: str, part: str) -> HttpResponse:
    """The letter with what is typed: the preview alone for htmx, the whole page without script."""
    at = Address.of(request, controller, name, language, part)
    typed = request.POST.get("text", "")
    if not request.htmx:
        return _page(request, at, typed=typed, version=_number(request.POST.get("version", "")))
    made = letter_page.preview(request, at, typed, _number(request.POST.get("sample", "")))
    return render(request, "letters/_preview.html", {"preview": made, "fresh": True})


@needs("viewer", controller=named)
@require_safe
@xframe_options_sameorigin
def letter_frame(request: HttpRequest, *, controller: str, name: str, language: str) -> HttpResponse:
    """The HTML of a letter, in its frame."""
    at = Address.of(request, controller, name, language)
    html = letter_page.html_of(request, at, request.GET.get("key", ""), _number(request.GET.get("sample", "")))
    return HttpResponse(html, headers={"Content-Security-Policy": FRAME_POLICY})


@needs("viewer", controller=named)
@require_safe
def letter_history(request: HttpRequest, *, controller: str, name: str, language: str, part: str) -> HttpResponse:
    """The versions of an own wording, newest first, each with what it changed."""
    at = Address.of(request, controller, name, language, part)
    try:
        opened = wording.open_file(request.office, controller, at.file)
    except WrongUse as fault:
        return errors.refused(request, fault)
    versions = wording.history(controller, at.file)
    before = [*(one.text for one in versions[1:]), ""]
    changes = [(one, differences(old, one.text)) for one, old in zip(versions, before, strict=True)] if versions else []
    shown = {
        "at": at,
        "title": letter_words.TITLES[name],
        "versions": changes,
        "version": opened.version,
        "may_edit": request.user.may("lead"),
    }
    return render(request, "letters/history.html", shown)


@needs("lead", controller=named)
@require_POST
def letter_restore(request: HttpRequest, *, controller: str, name: str, language: str, part: str) -> HttpResponse:
    """Use an old version again."""
    at = Address.of(request, controller, name, language, part)
    old, version = _number(request.POST.get("old", "")), _number(request.POST.get("version", ""))
    try:
        kept = wording.restore(request.office, controller, at.file, old, actor=request.user.name_for_audit, version=version)
    except wording.UnknownVersion:
        raise Http404 from None
    except wording.WordingRefused as fault:
        text = wording.version_of(controller, at.file, old).text
        return _page(request, at, typed=text, version=version, status=400, faults=fault.faults)
    except WrongUse as fault:
        return errors.refused(request, fault)
    _tell(request, kept)
    return redirect(at.other())


def _page(
    request: HttpRequest, at: Address, *, typed: str | None = None, version: int | None = None, status: int = 200, refused: str = "", **more: object
) -> HttpResponse:  # fmt: skip
    sample = _number((request.POST if request.method == "POST" else request.GET).get("sample", ""))
    try:
        shown = letter_page.shown(request, at, typed=typed, version=version, sample=sample)
    except WrongUse as fault:
        return errors.refused(request, fault)
    return render(request, "letters/letter.html", {**shown, "refused": refused, **more}, status=status)


def _tell(request: HttpRequest, kept: wording.WordingVersion | None) -> None:
    if kept is None:
        messages.info(request, _("Nothing was changed: the wording reads like that already."))
    elif kept.text:
        messages.success(request, _("The wording is saved; the next letter is written with it."))
    else:
        messages.success(request, _("The own wording is taken back; the shipped one holds again."))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


urlpatterns = [
    path("letters", letters, name="letters"),
    path(PART, letter_wording, name="letter_wording"),
    path(f"{PART}/frame", letter_frame, name="letter_frame"),
    path(f"{PART}/<str:part>/save", letter_save, name="letter_save"),
    path(f"{PART}/<str:part>/preview", letter_preview, name="letter_preview"),
    path(f"{PART}/<str:part>/history", letter_history, name="letter_history"),
    path(f"{PART}/<str:part>/restore", letter_restore, name="letter_restore"),
]
