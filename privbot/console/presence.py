"""Who is looking at the same ticket right now, so that two do not work on it unawares."""

from __future__ import annotations

from datetime import datetime, timedelta

from privbot.console.models import Presence, User

GONE_AFTER = timedelta(seconds=60)
"""A page that is open says so every 20 seconds."""


def look_in(user: User, about: str, now: datetime) -> list[Presence]:
    """This person is here; returns who else is, longest first. `about`: such as `ticket:LUM-…`; `now`: UTC."""
    Presence.objects.filter(seen_at__lt=now - GONE_AFTER).delete()
    Presence.objects.update_or_create(
        about=about, user=user, defaults={"seen_at": now}, create_defaults={"seen_at": now, "since": now}
    )  # fmt: skip
    others = Presence.objects.filter(about=about).exclude(user=user)
    return list(others.select_related("user").order_by("since"))
