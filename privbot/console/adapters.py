"""Where the sign-in library asks us: who may join (nobody without an invitation), and how secrets of second factors are kept."""

from __future__ import annotations

import base64
import os
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.http import HttpRequest

from privbot.console import desk
from privbot.records.master_key import derived_key

NONCE_BYTES = 12
WHAT = b"second factor"


class AccountAdapter(DefaultAccountAdapter):
    """People join by invitation only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class ProviderAdapter(DefaultSocialAccountAdapter):
    """An account elsewhere opens no account here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors lie encrypted in the database (NIST SP 800-38D)."""

    def encrypt(self, text: str) -> str:
        nonce = os.urandom(NONCE_BYTES)
        return base64.b64encode(nonce + self._box().encrypt(nonce, text.encode(), WHAT)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        box = base64.b64decode(encrypted_text)
        return self._box().decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], WHAT).decode()

    def _box(self) -> AESGCM:
        return AESGCM(derived_key(desk.office().config.master_key.read(), "second factors"))
