"""The audit trail: filter, verify, export."""

from __future__ import annotations

from io import TextIOWrapper
from tempfile import TemporaryFile
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from privbot.console.access import needs, recent_sign_in, seen_controllers
from privbot.console.models import User
from privbot.console.views import errors
from privbot.records import audit as trail_end
from privbot.records import trail
from privbot.records.models import AuditEvent
from privbot.records.sealing import Seals
from privbot.records.trail import Sought
from privbot.reports import audit_log
from privbot.reports.exports import TYPES
from privbot.worker import chores

PAGE = 50
SUBJECT = RegexValidator(
    r"^[a-z][a-z -]*(:[A-Za-z0-9.+_-]+)?$",
    gettext_lazy("Write a kind of thing, such as mail, or one thing, such as mail:17 or ticket:LUM-7K3M-QX2P."),
)
PAGES = {"ticket": "reference", "review": "review", "letter": "letter"}
"""Kinds of subject that have a page of their own, and what the page's address calls them."""


class Filter(forms.Form):
    """Which events. An actor is chosen, and named in the address by a keyed hash: names of people stand in no address."""

    actor = forms.ChoiceField(label=gettext_lazy("Who"), required=False)
    action = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    subject = forms.CharField(label=gettext_lazy("About"), required=False, max_length=60, validators=[SUBJECT])
    first = forms.DateField(
        label=gettext_lazy("From (UTC)"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    last = forms.DateField(
        label=gettext_lazy("To (UTC)"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, data: Any, request: HttpRequest) -> None:
        super().__init__(data)
        self._request = request
        names = sorted({*trail.recent_actors(), *User.objects.values_list("name", flat=True)})
        self._actors = {_hidden(request.office.seals, name): name for name in names}
        self.fields["actor"].choices = [("", _("Anybody")), *self._actors.items()]
        self.fields["action"].choices = [("", _("Anything")), *((one, one) for one in trail.recent_actions())]

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        if told.get("first") and told.get("last") and told["first"] > told["last"]:
            raise ValidationError(_("The first day comes after the last; the first day comes first."))
        return told

    def sought(self) -> Sought:
        """What is looked for; nothing beyond what this person may see."""
        told, user = self.cleaned_data, self._request.user
        return Sought(
            actor=self._actors.get(told["actor"], ""), action=told["action"], subject=told["subject"], first=told["first"], last=told["last"],
            controllers=None if user.all_controllers else seen_controllers(self._request),
        )  # fmt: skip


@needs("lead")
def audit(request: HttpRequest) -> HttpResponse:
    form = Filter(request.GET, request)
    events = trail.newest(form.sought(), before=form.cleaned_data["before"], limit=PAGE + 1) if form.is_valid() else []
    shown = {
        "form": form,
        "events": [(one, _page_of(one)) for one in events[:PAGE]],
        "older": _older(request.GET, events[PAGE - 1].id) if len(events) > PAGE else "",
        **_walked(request),
    }
    return render(request, "audit/audit.html", shown, status=200 if form.is_valid() else 400)


@needs("lead")
def verification(request: HttpRequest) -> HttpResponse:
    """The part of the page that tells of the last walk along the trail, for as long as one is under way."""
    return render(request, "audit/verification.html", _walked(request))


@needs("lead")
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    try:
        chores.begin(request.office, "verify", actor=request.user.name_for_audit)
    except chores.Busy as fault:
        return errors.refused(request, fault)
    return redirect("audit")


@needs("lead")
@recent_sign_in
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    form, kind = Filter(request.POST, request), request.POST.get("kind", "")
    if kind not in ("csv", "json") or not form.is_valid():
        return errors.bad_request(request)
    now = request.office.clock()
    written = TemporaryFile()  # noqa: SIM115 – the response closes it when it is sent
    text = TextIOWrapper(written, encoding="utf-8", newline="", write_through=True)
    audit_log.export(form.sought(), "csv" if kind == "csv" else "json", text, actor=request.user.name_for_audit, now=now)
    text.detach()
    written.seek(0)
    return FileResponse(written, as_attachment=True, filename=f"audit-trail-{now:%Y%m%d-%H%M}.{kind}", content_type=TYPES[kind])


def _walked(request: HttpRequest) -> dict[str, Any]:
    return {"chore": chores.look(request.office.config, "verify"), "walked": trail_end.last_verification()}


def _older(asked: QueryDict, before: int) -> str:
    query = asked.copy()
    query["before"] = str(before)
    return query.urlencode()


def _page_of(event: AuditEvent) -> str:
    """Where the console shows what an event is about; empty: nowhere."""
    kind, _colon, which = event.subject.partition(":")
    if kind not in PAGES or (kind != "ticket" and not which.isdecimal()):
        return ""
    return reverse(kind, kwargs={PAGES[kind]: which})


def _hidden(seals: Seals, name: str) -> str:
    return seals.index("actor", name)[:12]


urlpatterns = [
    path("audit", audit, name="audit"),
    path("audit/verification", verification, name="audit_verification"),
    path("audit/verify", verify, name="verify_audit"),
    path("audit/export", export, name="export_audit"),
]
