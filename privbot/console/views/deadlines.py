"""Deadlines: agenda, calendar, and subscription."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from privbot.console.access import needs


@needs("viewer")
def deadlines(request: HttpRequest) -> HttpResponse:
    return render(request, "deadlines/deadlines.html")


urlpatterns = [path("deadlines", deadlines, name="deadlines")]
