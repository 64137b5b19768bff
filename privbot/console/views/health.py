"""Health: mailboxes, outbox, quarantine, alarms."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from privbot.console.access import needs


@needs("viewer")
def health(request: HttpRequest) -> HttpResponse:
    return render(request, "health/health.html")


urlpatterns = [path("health", health, name="health")]
