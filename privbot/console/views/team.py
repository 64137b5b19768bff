"""The team: people, roles, sessions, tokens."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from privbot.console.access import needs


@needs("admin")
def team(request: HttpRequest) -> HttpResponse:
    return render(request, "team/team.html")


urlpatterns = [path("team", team, name="team")]
