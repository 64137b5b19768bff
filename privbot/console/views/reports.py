"""Reports: figures, plots and exports."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from privbot.console.access import needs


@needs("viewer")
def reports(request: HttpRequest) -> HttpResponse:
    return render(request, "reports/reports.html")


urlpatterns = [path("reports", reports, name="reports")]
