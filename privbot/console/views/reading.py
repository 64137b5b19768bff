"""Reading: the model, its figures, corrections, candidates."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from privbot.console.access import needs


@needs("viewer")
def reading(request: HttpRequest) -> HttpResponse:
    return render(request, "reading/reading.html")


urlpatterns = [path("reading", reading, name="reading")]
