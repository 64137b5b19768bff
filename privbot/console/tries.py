"""How django-axes knows whose sign-in fails: by a keyed hash of the address, so that its tables hold no address."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from axes.utils import reset
from django.conf import settings
from django.http import HttpRequest


def account(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str | None:
    """The account that somebody tries to sign in to; None where no address was given."""
    given = (credentials or {}).get("email") or (request.POST.get("login") if request is not None else None)
    return _known_as(str(given)) if given else None


def unlock(email: str) -> None:
    """Forget the failed tries for an account."""
    reset(username=_known_as(email))


def _known_as(email: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), email.strip().lower().encode(), hashlib.sha256).hexdigest()
