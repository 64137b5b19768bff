"""Who is signed in, read from the database at each request."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef

from privbot.console.models import User


class Backend(AuthenticationBackend):
    """Signs in by address and password as the library does; whether somebody has a second factor is asked in the same question as who they are."""

    def get_user(self, user_id: int) -> User | None:
        """With `has_second_factor`: an authenticator app or a passkey; recovery codes alone are none."""
        factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
        user = User.objects.annotate(has_second_factor=Exists(factors)).filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
