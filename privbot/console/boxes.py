"""What the console itself keeps encrypted in the database: sessions, and the secrets of second factors."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.contrib.sessions.serializers import JSONSerializer

from privbot.console import desk
from privbot.records.master_key import derived_key

NONCE_BYTES = 12


def seal(purpose: str, content: bytes) -> bytes:
    """AES-256-GCM (NIST SP 800-38D) under a key for this purpose, a fresh nonce in front."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _box(purpose).encrypt(nonce, content, purpose.encode())


def unseal(purpose: str, box: bytes) -> bytes:
    """What `seal` sealed. Raises cryptography's InvalidTag for anything else, or another master key."""
    return _box(purpose).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], purpose.encode())


class SealedSession:
    """Sessions as sealed JSON: one holds an authenticator app's secret while it is set up, and what pages tell somebody next.

    One that cannot be opened is an empty session for Django: its owner signs in again.
    """

    def dumps(self, obj: Any) -> bytes:
        return seal("sessions", JSONSerializer().dumps(obj))

    def loads(self, data: bytes) -> Any:
        return JSONSerializer().loads(unseal("sessions", data))


@cache
def _box(purpose: str) -> AESGCM:
    """Read once: the master key may come from a command, and another one needs a restart anyway."""
    return AESGCM(derived_key(desk.office().config.master_key.read(), purpose))
