"""Letters: every template, its preview, own wordings and their history."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from privbot.console.access import needs


@needs("viewer")
def letters(request: HttpRequest) -> HttpResponse:
    return render(request, "letters/letters.html")


urlpatterns = [path("letters", letters, name="letters")]
