"""Making a master key, and keys for single purposes from it. Apart from `sealing`, because neither needs a database."""

from __future__ import annotations

import base64
import binascii
import os

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from privbot.config import ConfigWrong

KEY_BYTES = 32


def new_master_key() -> str:
    """A fresh master key, 32 random bytes as text for an environment variable or a file."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode("ascii")


def derived_key(master_key: str, purpose: str) -> bytes:
    """32 bytes for one purpose – boxes, blind indexes, the console's sessions – by HKDF-SHA-256 (RFC 5869). Raises ConfigWrong."""
    try:
        master = base64.urlsafe_b64decode(master_key.encode("ascii"))
    except (binascii.Error, ValueError):
        master = b""
    if len(master) != KEY_BYTES:
        raise ConfigWrong("The master key is not 32 bytes in base64; make one with `privbot init`.")
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"privbot: " + purpose.encode()).derive(master)
