"""Whether somebody proved a moment ago that it is them."""

from __future__ import annotations

import time

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

WAYS = frozenset({"password", "mfa", "socialaccount"})
"""A link in a mail is none: it proves the mailbox, not the person."""


def signed_in_lately(request: HttpRequest) -> bool:
    """Whether they signed in, or signed in again, within the last ten minutes; opening an invitation or a reset link does not count."""
    proofs = [one["at"] for one in get_authentication_records(request, request.user) if one.get("method") in WAYS]
    return bool(proofs) and time.time() - max(proofs) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
