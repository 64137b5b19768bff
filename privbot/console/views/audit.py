"""The audit trail: filter, verify, export."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from privbot.console.access import needs


@needs("lead")
def audit(request: HttpRequest) -> HttpResponse:
    return render(request, "audit/audit.html")


urlpatterns = [path("audit", audit, name="audit")]
