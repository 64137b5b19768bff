"""What somebody had before them when they sent a form: nobody overwrites what they have not seen (`records.versions`)."""

from __future__ import annotations

from django.http import HttpRequest

from privbot.console.numbers import number_in


def seen_version(request: HttpRequest) -> int | None:
    """The version that the form carries, in the field `seen`."""
    return number_in(request.POST.get("seen", ""))
