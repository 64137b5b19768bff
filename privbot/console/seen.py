"""What somebody had before them when they sent a form: nobody overwrites what they have not seen (`records.versions`)."""

from __future__ import annotations

from django.http import HttpRequest

from privbot.worker.acting import By


def seen_version(request: HttpRequest) -> int | None:
    """The version that the form carries, in the field `seen`."""
    told = request.POST.get("seen", "")
    return int(told) if told.isdecimal() and len(told) < 19 else None


def by(request: HttpRequest) -> By:
    """Whoever sends a form, for the functions of the desk."""
    return By(request.user.name_for_audit, request.user.lifecycle_role, seen_version(request))
