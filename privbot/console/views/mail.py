"""One mail: its text, its HTML in a sandboxed frame, its attachments, its headers in plain words."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from privbot.console.access import needs, of_mail


@needs("viewer", controller=of_mail)
def mail(request: HttpRequest, *, mail: int) -> HttpResponse:
    return render(request, "mail/mail.html", {"number": mail})


urlpatterns = [path("mail/<int:mail>", mail, name="mail")]
