"""One letter: its words, where it is on its way, and the steps it tells of."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from privbot.console.access import needs, of_letter
from privbot.worker.written_letter import written_letter


@needs("viewer", controller=of_letter)
def letter(request: HttpRequest, *, letter: int) -> HttpResponse:
    """The page."""
    return render(request, "letter/letter.html", {"written": written_letter(request.office, letter)})


urlpatterns = [path("letter/<int:letter>", letter, name="letter")]
