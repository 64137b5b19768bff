"""A ticket, a review and a letter, each whole."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from privbot.console.access import needs, of_letter, of_review, of_ticket


@needs("viewer", controller=of_ticket)
def ticket(request: HttpRequest, *, reference: str) -> HttpResponse:
    return render(request, "ticket/ticket.html", {"reference": reference})


@needs("viewer", controller=of_review)
def review(request: HttpRequest, *, review: int) -> HttpResponse:
    return render(request, "ticket/ticket.html", {"reference": review})


@needs("viewer", controller=of_letter)
def letter(request: HttpRequest, *, letter: int) -> HttpResponse:
    return render(request, "ticket/ticket.html", {"reference": letter})


urlpatterns = [
    path("ticket/<str:reference>", ticket, name="ticket"),
    path("review/<int:review>", review, name="review"),
    path("letter/<int:letter>", letter, name="letter"),
]
