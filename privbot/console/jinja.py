"""The templates' environment: Jinja2 with autoescape, strict about what it does not know, speaking the person's language."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import jinja2
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.templatetags.static import static
from django.urls import reverse
from django.utils import formats, translation
from django.utils.html import json_script
from django.utils.timezone import localtime

from privbot.config import IdentityProvider
from privbot.console import desk, kept_forms, passkeys, words


def environment(**options: Any) -> jinja2.Environment:
    """As Django's Jinja2 backend asks for it."""
    options.pop("undefined", None)
    made = jinja2.Environment(  # noqa: S701 – autoescape is among Django's options, and on
        **options, undefined=jinja2.StrictUndefined, extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True
    )
    # The extension adds this method to the environment; its types do not know.
    made.install_gettext_translations(translation, newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(static=static, url=reverse, word=words.word)
    made.globals.update(form_waits=kept_forms.is_kept, providers=_providers, provider_name=_provider_name)
    made.filters.update(
        day=day, due_day=words.due_day, moment=moment, month=month, weekday=weekday, due=words.due, law_reason=words.law_reason,
        decision=words.decision, ago=words.ago,
        json_script=json_script, told=told, passkey=passkeys.script,
        filesizeformat=filesizeformat,
    )  # fmt: skip
    return made


def around(request: HttpRequest) -> dict[str, Any]:
    """What every page has at hand – an error page, too, that comes before anybody is known."""
    from django.contrib.messages import get_messages

    user = getattr(request, "user", None) or AnonymousUser()
    return {"user": user, "messages": get_messages(request), "language": translation.get_language(), "request": request}


def day(value: date | None) -> str:
    """A day as people of this language write it."""
    return formats.date_format(value, "DATE_FORMAT") if value else "–"


def month(value: date) -> str:
    """A month as people of this language write it: December 2026."""
    return formats.date_format(value, "YEAR_MONTH_FORMAT")


def weekday(value: date) -> str:
    """The day of the week: Monday."""
    return formats.date_format(value, "l")


def moment(value: datetime | None) -> str:
    """A moment to the minute, in UTC."""
    return f"{day(localtime(value).date())}, {localtime(value):%H:%M} UTC" if value else "–"


def told(value: Any) -> str:
    """A value that the audit trail holds, as people write it: lists with commas, nothing as a dash."""
    if isinstance(value, list | tuple):
        return ", ".join(map(told, value)) or "–"
    if isinstance(value, dict):
        return ", ".join(f"{name} {told(one)}" for name, one in value.items()) or "–"
    return "–" if value is None else str(value)


def _providers() -> tuple[IdentityProvider, ...]:
    """Where else people may sign in."""
    return desk.office().config.console.oidc


def _provider_name(identifier: str) -> str:
    return next((one.name for one in desk.office().config.console.oidc if one.id == identifier), identifier)
