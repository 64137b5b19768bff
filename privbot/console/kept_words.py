"""What the page that shows a kept form says: what was typed, in the words of the form it was typed into, and what its button does.

A field without words – a code, a version – is not shown; it is sent again as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import formats
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from privbot.console import settings_words
from privbot.console.kept_forms import KeptForm
from privbot.console.steps.catalogue import OF_A_REQUEST, OF_A_TICKET
from privbot.console.steps.draft import EditDraft
from privbot.console.views import audit, erase, me, reports, team
from privbot.console.words import word

FORMS: dict[str, type[forms.BaseForm]] = {
    "invite": team.InvitationForm, "change_access": team.AccessForm, "me": me.SettingsForm, "export_report": reports.Asked,
    "export_audit": audit.Filter, "ticket_erase": erase.ReasonForm, "ticket_hold": erase.ReasonForm, "letter_edit": EditDraft,
}  # fmt: skip
"""By the names of their addresses; the forms of steps are found by their codes."""
BUTTONS = {
    "invite": _("Send the invitation"),
    "change_access": _("Change the role"),
    "me": _("Save"),
    "export_report": _("Take out"),
    "export_audit": _("Take out"),
    "calendar_subscribe": _("Make a calendar address"),
    "ticket_erase": _("Erase it for good"),
    "ticket_hold": _("Put it under a hold"),
    "letter_save": _("Save"),
    "settings_limits": _("Save"),
    "queue_save_view": _("Save"),
}
"""What the form's own button says."""
LABELS = {
    ("calendar_subscribe", "name"): _("Name of the program, such as “phone”"),
    ("letter_save", "text"): _("Text"),
    ("queue_save_view", "name"): _("Name"),
}
"""Of fields that belong to no form class."""
CODES = {"role": "role", "right": "right", "rights": "right", "regime": "regime"}
"""Fields that hold a code, with the table of `words` that it is in."""


def shown(form: KeptForm, controllers: Mapping[str, str]) -> list[tuple[str, str]]:
    """Label and text of each field that people have words for. `controllers`: names by id."""
    match = _where(form)
    told: dict[str, list[str]] = {}
    for name, value in form.fields:
        told.setdefault(name, []).append(value)
    found = []
    for name, values in told.items():
        label, field = _label(match, name)
        texts = [text for one in values if (text := _text(name, field, one, controllers))]
        if label and texts:
            found.append((label, ", ".join(texts)))
    return found


def button(form: KeptForm) -> str:
    """What happens when it is sent."""
    match = _where(form)
    name = match.url_name if match else None
    if match and name in ("act_step", "act_ticket"):
        return word("action", match.kwargs["code"])
    if name == "letter_edit":
        return gettext("Save and send") if ("then", "approve") in form.fields else gettext("Save the draft")
    return str(BUTTONS.get(name or "", _("Go on")))


def _where(form: KeptForm) -> ResolverMatch | None:
    try:
        return resolve(urlsplit(form.path).path)
    except Resolver404:
        return None


def _label(match: ResolverMatch | None, name: str) -> tuple[str, forms.Field | None]:
    """What a field is called, and the field itself where there is one."""
    if match is None:
        return "", None
    if match.url_name in ("act_step", "act_ticket"):
        form: type[forms.BaseForm] | None = {**OF_A_REQUEST, **OF_A_TICKET}.get(match.kwargs["code"])
        if match.kwargs["code"] == "correct":
            return (word("detail", name) if name != "seen" else ""), None
    else:
        form = FORMS.get(match.url_name or "")
    if form and name in form.base_fields:
        field = form.base_fields[name]
        return str(field.label or ""), field
    if (match.url_name or "").startswith("settings_"):
        return str(settings_words.LABELS.get(name, "")), None
    return str(LABELS.get((match.url_name or "", name), "")), None


def _text(name: str, field: forms.Field | None, value: str, controllers: Mapping[str, str]) -> str:
    """A value as people read it; empty: it has no words."""
    if name in ("controller", "controllers"):
        return controllers.get(value, "")
    if name in CODES:
        return word(CODES[name], value) if value else ""
    if name == "language":
        return str(dict(settings.LANGUAGES).get(value, ""))
    if isinstance(field, forms.BooleanField):
        return gettext("yes")
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, "")) if name != "owner" else value
    if isinstance(field, forms.DateField):
        return _day(value)
    return value.strip()


def _day(value: str) -> str:
    try:
        return formats.date_format(date.fromisoformat(value), "DATE_FORMAT")
    except ValueError:
        return value
