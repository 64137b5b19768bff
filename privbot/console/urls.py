"""Where each page lies. A page's own addresses stand in its view module."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from privbot.console.access import open_to_all
from privbot.console.views import (
    actions,
    audit,
    deadlines,
    erase,
    errors,
    health,
    joining,
    letter,
    letters,
    mail,
    me,
    queue,
    reading,
    reports,
    review,
    settings,
    sign_in,
    team,
    ticket,
)

PAGES = (
    queue, ticket, actions, review, letter, mail, erase, deadlines, letters, settings, health, reading, reports, audit, team, me, joining, sign_in,
)  # fmt: skip

urlpatterns = [
    path("", open_to_all(RedirectView.as_view(pattern_name="queue")), name="home"),
    path("language", open_to_all(set_language), name="set_language"),
]
for page in PAGES:
    urlpatterns += page.urlpatterns

handler400 = errors.bad_request
handler403 = errors.not_allowed
handler404 = errors.not_found
handler500 = errors.our_fault
handler429 = errors.too_often
