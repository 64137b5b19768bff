"""Making a master key. Apart from `sealing`, so that `privbot init` needs no database."""

from __future__ import annotations

import base64
import os

KEY_BYTES = 32


def new_master_key() -> str:
    """A fresh master key, 32 random bytes as text for an environment variable or a file."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode("ascii")
