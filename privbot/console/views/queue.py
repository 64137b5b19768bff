"""The queue: what needs a person, nearest date first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from privbot.console.access import needs


@needs("viewer")
def queue(request: HttpRequest) -> HttpResponse:
    return render(request, "queue/queue.html")


urlpatterns = [path("queue", queue, name="queue")]
