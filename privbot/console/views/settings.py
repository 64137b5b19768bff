"""Controllers and mailboxes: settings by form, tried before they are saved, paused and resumed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from privbot import checks, settings_fields, settings_file, settings_form
from privbot.config import ConfigWrong, Mailbox, Smtp, read_text, version_of
from privbot.console import settings_words
from privbot.console.access import named, needs, of_mailbox, seen_controllers
from privbot.console.recently import signed_in_lately
from privbot.console.views import errors
from privbot.errors import WrongUse
from privbot.law.regimes import regimes
from privbot.records import status
from privbot.settings_fields import Field
from privbot.settings_file import Kind, Place, SettingsChanged
from privbot.settings_form import Filled
from privbot.worker import settings as worker_settings

NEW = ""
"""The name of a part that is not there yet."""


@needs("lead")
def settings(request: HttpRequest) -> HttpResponse:
    seen = seen_controllers(request)
    config = request.office.config
    health = status.health(config, request.office.clock(), only=None if request.user.all_controllers else seen)
    return render(
        request,
        "settings/settings.html",
        {
            "controllers": [one for one in config.controller if one.id in seen],
            "mailboxes": [one for one in config.mailbox if set(one.controllers) & set(seen)],
            "may_change": request.user.may("admin"),
            "may_change_all": request.user.may("admin") and request.user.all_controllers,
            "whole": {one.id for one in config.mailbox if set(one.controllers) <= set(seen)},
            "smtp": config.smtp,
            "limits": config.limits,
            "laws": {name: one.title for name, one in regimes().items()},
            "in_file": config.file is not None,
            "settings_fault": health.settings_fault,
            "words": settings_words,
        },
    )


@needs("admin")
def smtp(request: HttpRequest) -> HttpResponse:
    return _part(request, ("smtp",))


@needs("admin")
def limits(request: HttpRequest) -> HttpResponse:
    return _part(request, ("limits",))


@needs("admin", controller=of_mailbox)
def mailbox(request: HttpRequest, *, mailbox: str) -> HttpResponse:
    return _part(request, ("mailbox", mailbox))


@needs("admin", controller=named)
def controller(request: HttpRequest, *, controller: str) -> HttpResponse:
    return _part(request, ("controller", controller))


@needs("admin")
def new_mailbox(request: HttpRequest) -> HttpResponse:
    return _part(request, ("mailbox", NEW))


@needs("admin")
def new_controller(request: HttpRequest) -> HttpResponse:
    return _part(request, ("controller", NEW))


@needs("admin", controller=of_mailbox)
@require_POST
def remove_mailbox(request: HttpRequest, *, mailbox: str) -> HttpResponse:
    return _remove(request, "mailbox", mailbox)


@needs("admin", controller=named)
@require_POST
def remove_controller(request: HttpRequest, *, controller: str) -> HttpResponse:
    return _remove(request, "controller", controller)


@needs("lead", controller=of_mailbox)
@require_POST
def pause_mailbox(request: HttpRequest, *, mailbox: str) -> HttpResponse:
    return _pause(request, "mailbox", mailbox)


@needs("lead", controller=named)
@require_POST
def pause_controller(request: HttpRequest, *, controller: str) -> HttpResponse:
    return _pause(request, "controller", controller)


# -- one part --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Shown:
    """A part as the file has it at this moment."""

    place: Place
    raw: dict[str, Any]
    number: int
    version: str
    fields: tuple[Field, ...]

    @property
    def is_new(self) -> bool:
        return self.place[-1] == NEW


def _part(request: HttpRequest, place: Place) -> HttpResponse:
    _theirs_to_change(request, place)
    try:
        shown = _as_in_file(request, place)
    except WrongUse as fault:
        return errors.refused(request, fault)
    if request.method != "POST":
        return _form(request, shown, shown.fields)
    sent = {name: request.POST.getlist(name) for name in request.POST}
    filled = settings_form.read(place, shown.fields, shown.raw, sent, request.office.config)
    filled = replace(filled, faults={**filled.faults, **_unconfirmed(request, filled)})
    if request.POST.get("do") == "try":
        # What was typed was typed over the file as it was shown then.
        return _try(request, replace(shown, version=request.POST.get("version", shown.version)), filled)
    if request.POST.get("version") != shown.version:
        return _changed_meanwhile(request, shown, filled)
    return _save(request, shown, filled)


def _as_in_file(request: HttpRequest, place: Place) -> _Shown:
    config = request.office.config
    if config.file is None:
        raise settings_file.NoSettingsFile
    text = read_text(config.file)
    raw, number = ({}, -1) if place[-1] == NEW else settings_file.part_in(text, config.file, place)
    fields = settings_fields.fields(
        place, raw, laws=tuple(regimes()), controllers=seen_controllers(request), sees_all=request.user.all_controllers
    )
    return _Shown(place, raw, number, version_of(text), fields)


def _save(request: HttpRequest, shown: _Shown, filled: Filled) -> HttpResponse:
    office, actor = request.office, request.user.name_for_audit
    if filled.faults:
        return _wrong(request, shown, filled)
    try:
        if shown.is_new:
            kind: Kind = "mailbox" if shown.place[0] == "mailbox" else "controller"
            done = worker_settings.add(office, kind, filled.values, shown=shown.version, actor=actor)
        else:
            done = worker_settings.save(office, shown.place, filled.values, shown=shown.version, actor=actor)
    except SettingsChanged:
        return _changed_meanwhile(request, _as_in_file(request, shown.place), filled)
    except ConfigWrong as wrong:
        return _wrong(request, shown, filled, wrong)
    except WrongUse as fault:
        return _wrong(request, shown, filled, ConfigWrong(str(fault)))
    if done.keys:
        messages.success(request, _("Saved. The service goes on with it within a minute."))
    else:
        messages.info(request, _("Nothing was changed."))
    return redirect("settings")


def _try(request: HttpRequest, shown: _Shown, filled: Filled) -> HttpResponse:
    """Try a server with what is typed, saved or not."""
    if filled.faults:
        return _wrong(request, shown, filled)
    values = {"id": "new", **filled.values} if shown.is_new else filled.values
    config = request.office.config
    try:
        part = settings_form.part(shown.place, shown.raw, values, config, shown.number)
    except ConfigWrong as wrong:
        return _wrong(request, shown, filled, wrong)
    if isinstance(part, Mailbox):
        trouble = checks.mailbox(config, part).trouble
        good = _("The server lets us in, and every folder can be read.")
    elif isinstance(part, Smtp):
        trouble = checks.smtp(config, part).trouble
        good = _("The server lets us in. No mail was sent.")
    else:
        raise Http404
    tried = {"good": not trouble, "words": trouble or good}
    if request.htmx:
        return render(request, "settings/tried.html", {"tried": tried})
    return _form(request, shown, filled.fields, tried=tried)


def _wrong(request: HttpRequest, shown: _Shown, filled: Filled, wrong: ConfigWrong | None = None) -> HttpResponse:
    fields, general = settings_form.with_faults(filled, shown.place, shown.number, wrong, settings_words.fault)
    if request.htmx:
        told = [*general, *(f"{settings_words.label(one.name)}: {one.fault}" for one in fields if one.fault)]
        return render(request, "settings/tried.html", {"tried": {"good": False, "words": " · ".join(told)}})
    return _form(request, shown, fields, general=general, status=422)


def _changed_meanwhile(request: HttpRequest, shown: _Shown, filled: Filled) -> HttpResponse:
    """What was typed stays; beside it stands what the file says by now."""
    now = {one.name: one.text for one in shown.fields if one.kind != "secret"}
    differs = {one.name: now[one.name] for one in filled.fields if one.name in now and now[one.name] != one.text}
    return _form(request, shown, filled.fields, differs=differs, changed_by=worker_settings.last_change(), status=409)


def _form(
    request: HttpRequest, shown: _Shown, fields: Sequence[Field], *, general: Sequence[str] = (), tried: dict[str, Any] | None = None,
    differs: dict[str, str] | None = None, changed_by: Any = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    config = request.office.config
    kind = shown.place[0]
    still_open: dict[str, int] = {}
    if len(shown.place) == 2 and not shown.is_new:
        still_open = worker_settings.what_is_open(config, *shown.place)
    title = settings_words.PARTS[kind] if len(shown.place) == 1 else f"{settings_words.PARTS[kind]} {shown.place[1]}"
    if shown.is_new:
        title = _("New mailbox") if kind == "mailbox" else _("New controller")
    return render(
        request,
        "settings/part.html",
        {
            "title": title, "kind": kind, "identifier": shown.place[-1], "is_new": shown.is_new, "version": shown.version,
            "groups": _groups(fields), "general": general, "faulty": [one for one in fields if one.fault], "tried": tried,
            "differs": differs or {}, "conflict": status == 409, "changed_by": changed_by, "lately": signed_in_lately(request),
            "can_be_tried": kind in ("mailbox", "smtp"), "words": settings_words, "paused": bool(shown.raw.get("paused")),
            "laws": {name: one.title for name, one in regimes().items()},
            "controllers": {one: config.controllers[one].name for one in seen_controllers(request)},
            "still_open": still_open, "some_locked": any(one.locked for one in fields),
        },
        status=status,
    )  # fmt: skip


def _groups(fields: Sequence[Field]) -> list[tuple[str, list[Field]]]:
    """The fields by the table that they belong to, in order; first those of the part itself."""
    groups: dict[str, list[Field]] = {"": []}
    for one in fields:
        groups.setdefault(one.name.partition(".")[0] if one.group else "", []).append(one)
    return list(groups.items())


def _unconfirmed(request: HttpRequest, filled: Filled) -> dict[str, str]:
    """What needs more than a click: letters that leave by themselves, and secrets."""
    faults: dict[str, str] = {}
    if filled.values.get("mode") == "auto" and not request.POST.get("confirm-auto"):
        faults["mode"] = _("Confirm below that letters may leave by themselves.")
    if filled.changes_a_secret and not signed_in_lately(request):
        for one in filled.fields:
            if _changes(one):
                faults[one.name] = _("Sign in again before you change a secret; what you typed elsewhere stays in this form.")
    return faults


def _changes(one: Field) -> bool:
    return one.kind == "secret" and len(one.texts) > 1 and one.texts[1] not in ("", "keep")


def _theirs_to_change(request: HttpRequest, place: Place) -> None:
    """What concerns every controller, or several, is for those who see them all."""
    if request.user.all_controllers:
        return
    if place[0] == "mailbox" and place[-1] != NEW:
        known = request.office.config.mailboxes.get(place[-1])
        if known is None or not all(request.user.sees(one) for one in known.controllers):
            raise Http404
    elif place[0] != "controller" or place[-1] == NEW:
        raise PermissionDenied


# -- remove, pause ---------------------------------------------------------------------------------------------------------


def _remove(request: HttpRequest, kind: Kind, identifier: str) -> HttpResponse:
    _theirs_to_change(request, (kind, identifier))
    actor, shown = request.user.name_for_audit, request.POST.get("version", "")
    try:
        worker_settings.remove(request.office, kind, identifier, shown=shown, actor=actor)
    except WrongUse as fault:
        return errors.refused(request, fault)
    messages.success(request, _("Taken out. What was kept stays for as long as retention says."))
    return redirect("settings")


def _pause(request: HttpRequest, kind: Kind, identifier: str) -> HttpResponse:
    _theirs_to_change(request, (kind, identifier))
    paused = request.POST.get("paused") == "true"
    try:
        worker_settings.pause(request.office, kind, identifier, paused=paused, actor=request.user.name_for_audit)
    except WrongUse as fault:
        return errors.refused(request, fault)
    messages.success(request, _("Paused within a minute.") if paused else _("Goes on within a minute."))
    return redirect("settings")


urlpatterns = [
    path("settings", settings, name="settings"),
    path("settings/smtp", smtp, name="settings_smtp"),
    path("settings/limits", limits, name="settings_limits"),
    path("settings/new/mailbox", new_mailbox, name="settings_new_mailbox"),
    path("settings/new/controller", new_controller, name="settings_new_controller"),
    path("settings/mailbox/<slug:mailbox>", mailbox, name="settings_mailbox"),
    path("settings/mailbox/<slug:mailbox>/remove", remove_mailbox, name="settings_remove_mailbox"),
    path("settings/mailbox/<slug:mailbox>/pause", pause_mailbox, name="settings_pause_mailbox"),
    path("settings/controller/<slug:controller>", controller, name="settings_controller"),
    path("settings/controller/<slug:controller>/remove", remove_controller, name="settings_remove_controller"),
    path("settings/controller/<slug:controller>/pause", pause_controller, name="settings_pause_controller"),
]
