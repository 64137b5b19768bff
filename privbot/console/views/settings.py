"""Controllers and mailboxes: settings by form."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from privbot.console.access import needs


@needs("admin")
def settings(request: HttpRequest) -> HttpResponse:
    return render(request, "settings/settings.html")


urlpatterns = [path("settings", settings, name="settings")]
