"""Where each page lies. A page's own addresses stand in its view module."""

from __future__ import annotations

from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from privbot.console.access import open_to_all
from privbot.console.views import (
    actions,
    audit,
    deadlines,
    errors,
    health,
    letter,
    letters,
    mail,
    queue,
    reading,
    reports,
    review,
    settings,
    team,
    ticket,
)

PAGES = (queue, ticket, actions, review, letter, mail, deadlines, letters, settings, health, reading, reports, audit, team)

urlpatterns = [
    path("", open_to_all(RedirectView.as_view(pattern_name="queue")), name="home"),
    path("accounts/", include("allauth.urls")),
    path("language", open_to_all(set_language), name="set_language"),
]
for page in PAGES:
    urlpatterns += page.urlpatterns

handler400 = errors.bad_request
handler403 = errors.not_allowed
handler404 = errors.not_found
handler500 = errors.our_fault
