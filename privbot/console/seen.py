"""What somebody had before them when they sent a form: nobody overwrites what they have not seen (`records.versions`)."""

from __future__ import annotations

from django.http import HttpRequest


def seen_version(request: HttpRequest) -> int | None:
    """The version that the form carries, in the field `seen`."""
    told = request.POST.get("seen", "")
    return int(told) if told.isdecimal() and len(told) < 19 else None
