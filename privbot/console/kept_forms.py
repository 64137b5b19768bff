"""What somebody typed when they were asked to sign in: kept for ten minutes, shown again after they did, sent again by them alone.

It lies in this process's memory, never on a disk. Whose it is says a cookie that was signed at their last sign-in; as it is SameSite=Strict,
no form that another site sends is ever kept. Files are not kept.
"""

from __future__ import annotations

import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Literal

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

SECONDS = 600
MOST = 200
LARGEST = 500_000
"""Characters; the longest letter that can be written has far fewer."""
PERSON_SALT = "privbot.console.kept_forms"
NOT_KEPT = frozenset({"csrfmiddlewaretoken"})
SECRETS = re.compile(r"password|:typed$|(^|[^a-z])(code|credential|token|secret)([^a-z]|$)", re.IGNORECASE)
"""A form with a field of such a name holds a secret, and is not kept."""


Cause = Literal["asked-again", "session-ended", "older-form"]
"""Why a form was not sent: it needs a recent sign-in, nobody was signed in any more, or they signed in again since it was opened."""


@dataclass(frozen=True)
class KeptForm:
    """A form that was not sent: why, where it goes, whose it is, and its fields as they were typed."""

    person: int
    path: str
    back: str
    fields: tuple[tuple[str, str], ...]
    cause: Cause
    until: float


class KeptForms:
    """The forms of one process; safe to share between threads. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, KeptForm] = OrderedDict()
        self._lock = Lock()

    def keep(
        self, person: int, path: str, back: str, fields: tuple[tuple[str, str], ...], cause: Cause = "session-ended"
    ) -> str | None:
        """Keep a form; gives the id by which it is found again, or None for one that is too long or holds a secret."""
        if sum(len(value) for _, value in fields) > LARGEST or any(SECRETS.search(name) for name, _ in fields):
            return None
        number = secrets.token_urlsafe(24)
        with self._lock:
            self._forget_old()
            self._kept[number] = KeptForm(person, path, back, fields, cause, self._clock() + SECONDS)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return number

    def take(self, number: str, person: int) -> KeptForm | None:
        """The form, once, for the person who typed it."""
        with self._lock:
            self._forget_old()
            found = self._kept.get(number)
            if found is None or found.person != person:
                return None
            return self._kept.pop(number)

    def _forget_old(self) -> None:
        now = self._clock()
        for number in [one for one, form in self._kept.items() if form.until <= now]:
            del self._kept[number]


FORMS = KeptForms()


def remember_person(response: HttpResponse, person: int) -> None:
    """Sign a cookie that says who works in this browser."""
    _set_cookie(response, "person", signing.dumps(person, salt=PERSON_SALT), settings.SESSION_COOKIE_AGE, "Strict")


def last_person(request: HttpRequest) -> int | None:
    """Who signed in last in this browser, if that was within the longest time a session lasts."""
    try:
        found = signing.loads(request.COOKIES.get(_cookie("person"), ""), salt=PERSON_SALT, max_age=settings.SESSION_COOKIE_AGE)
    except signing.BadSignature:
        return None
    return found if isinstance(found, int) else None


def keep(request: HttpRequest, back: str, cause: Cause) -> str | None:
    """Keep the form of this request, which was shown on the page `back`; gives its id for `remember`, or None if it was not kept."""
    person = last_person(request)
    if request.method != "POST" or person is None:
        return None
    fields = tuple((name, value) for name, values in request.POST.lists() if name not in NOT_KEPT for value in values)
    return FORMS.keep(person, request.get_full_path(), back, fields, cause) if fields else None


def remember(response: HttpResponse, number: str) -> None:
    """Tell the browser which form is kept for it."""
    # Lax: a sign-in at a provider comes back from another site.
    _set_cookie(response, "kept", number, SECONDS, "Lax")


def is_kept(request: HttpRequest) -> bool:
    """Whether this browser has a form to be shown again."""
    return _cookie("kept") in request.COOKIES


def take(request: HttpRequest, person: int) -> KeptForm | None:
    """The form of this browser, once, if this person typed it."""
    return FORMS.take(request.COOKIES.get(_cookie("kept"), ""), person)


def forget(response: HttpResponse) -> None:
    """The browser has no kept form any more."""
    response.delete_cookie(_cookie("kept"), samesite="Lax")


def _cookie(name: str) -> str:
    # The prefix of the session's cookie: `__Host-` where the console is reached by https.
    return f"{settings.SESSION_COOKIE_NAME.removesuffix('session')}{name}"


def _set_cookie(response: HttpResponse, name: str, value: str, seconds: int, samesite: str) -> None:
    response.set_cookie(
        _cookie(name), value, max_age=seconds, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite=samesite
    )
