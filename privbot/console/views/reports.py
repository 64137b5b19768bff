"""Reports: figures, charts and exports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from privbot.config import Config
from privbot.console.access import needs, recent_sign_in, seen_controllers
from privbot.console.views import errors
from privbot.console.words import sentence, word
from privbot.errors import WrongUse
from privbot.law.calendar import add_months
from privbot.reports import exports
from privbot.reports.charts import Chart
from privbot.reports.document import Document
from privbot.reports.exports import Scope
from privbot.reports.period import between
from privbot.reports.svg import svg
from privbot.reports.volume import volume
from privbot.reports.volume_document import Words, volume_document

DAY = timedelta(days=1)
Day = forms.DateField
WHEN = {"type": "date"}


class Asked(forms.Form):
    """Which period, whose requests, and what the charts over time count by."""

    first = Day(label=pgettext_lazy("period", "From"), widget=forms.DateInput(format="%Y-%m-%d", attrs=WHEN))
    last = Day(label=pgettext_lazy("period", "To"), widget=forms.DateInput(format="%Y-%m-%d", attrs=WHEN))
    controller = forms.ChoiceField(label=gettext_lazy("Controller"), required=False)
    by = forms.ChoiceField(
        label=gettext_lazy("Over time by"),
        choices=[("month", pgettext_lazy("unit of time", "Month")), ("week", gettext_lazy("Week"))],
    )

    def __init__(self, data: Any, request: HttpRequest) -> None:
        super().__init__(data)
        self._request = request
        names = request.office.config.controllers
        self.fields["controller"].choices = [("", _("All that I may see"))] + [
            (one, names[one].name) for one in seen_controllers(request)
        ]

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        if "first" in told and "last" in told:
            try:
                told["period"] = between(told["first"], told["last"])
            except WrongUse as fault:
                raise forms.ValidationError(sentence(fault)) from None
        return told

    def scope(self) -> Scope:
        """What was asked for; nothing beyond what this person may see."""
        told, request = self.cleaned_data, self._request
        seen: Sequence[str] | None = None if request.user.all_controllers else seen_controllers(request)
        return Scope(told["period"], told["by"], request.office.clock(), [told["controller"]] if told["controller"] else seen)


@needs("viewer")
def reports(request: HttpRequest) -> HttpResponse:
    today = request.office.clock().date()
    form = Asked(request.GET if "first" in request.GET else _last_twelve_months(today), request)
    shown: dict[str, Any] = {"form": form, "periods": _periods(today), "parts": None, "exports": []}
    if form.is_valid():
        scope, config = form.scope(), request.office.config
        found = volume(config, scope.period, now=scope.now, by=scope.by, controllers=scope.controllers)
        document = volume_document(found, language=translation.get_language() or "en", words=words_of(config))
        shown |= {"title": document.title, "parts": parts(document), "exports": _offered(config, scope)}
    return render(request, "reports/reports.html", shown, status=200 if form.is_valid() else 400)


@needs("operator")
@recent_sign_in
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    form = Asked(request.POST, request)
    what, _dot, kind = request.POST.get("export", "").rpartition(".")
    if not form.is_valid():
        return errors.bad_request(request)
    office = request.office
    try:
        file = exports.export(
            office.config, office.seals, what, kind, form.scope(), actor=request.user.name_for_audit,
            language=translation.get_language() or "en", words=words_of(office.config),
        )  # fmt: skip
    except WrongUse as fault:
        return errors.refused(request, fault, status=400)
    return download(file.content, file.name, file.type)


def download(content: bytes, name: str, kind: str) -> HttpResponse:
    """A file to save: no browser shows it as a page of ours."""
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def words_of(config: Config) -> Words:
    """What people read for the codes of a report: controllers by their names, everything else in their language."""

    def words(of: str, code: str) -> str:
        if of == "controller":
            return config.controllers[code].name if code in config.controllers else code
        return word(of, code)

    return words


def parts(document: Document) -> list[tuple[str, Any]]:
    """The parts of a document as the template draws them: its kind, and the part – a chart as its SVG, which escapes what it is told."""
    return [
        ("chart", mark_safe(svg(part))) if isinstance(part, Chart) else (type(part).__name__.lower(), part)  # noqa: S308
        for part in document.parts
    ]


def _offered(config: Config, scope: Scope) -> list[tuple[str, str, tuple[str, ...]]]:
    """Each export: its code, what it is called, and the kinds of file."""
    return [(one, _called(one), kinds) for one, kinds in exports.offered(config, scope.controllers)]


def _called(export: str) -> str:
    if export.startswith("register-"):
        return _("Register of requests, {law}").format(law=word("regime", export.removeprefix("register-")))
    return word("export", export)


def _last_twelve_months(today: date) -> dict[str, str]:
    return {"first": add_months(today.replace(day=1), -11).isoformat(), "last": today.isoformat(), "by": "month"}


def _periods(today: date) -> list[tuple[str, date, date]]:
    """Periods that people often want: name, first and last day."""
    month, quarter, year = (
        today.replace(day=1),
        today.replace(month=today.month - (today.month - 1) % 3, day=1),
        today.replace(month=1, day=1),
    )
    return [
        (_("This month"), month, today),
        (_("Last month"), add_months(month, -1), month - DAY),
        (_("This quarter"), quarter, today),
        (_("Last quarter"), add_months(quarter, -3), quarter - DAY),
        (_("This year"), year, today),
        (_("Last year"), add_months(year, -12), year - DAY),
    ]


urlpatterns = [path("reports", reports, name="reports"), path("reports/export", export, name="export_report")]
