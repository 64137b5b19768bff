"""Encryption at rest: a data key per mail and per ticket, wrapped by the master key and kept in the key store.

AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D); the associated data names what the box is, so that a box cannot be put in
another's place. Blind indexes are HMAC-SHA-256 cut to 128 bits; the words to search by are keyed hashes of 64 bits.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import uuid
from collections.abc import Iterable
from datetime import datetime
from threading import Lock

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from privbot.config import ConfigWrong
from privbot.errors import PrivbotError
from privbot.records.master_key import KEY_BYTES, derived_key
from privbot.records.models import DataKey

NONCE_BYTES = 12


class KeyDestroyed(PrivbotError):
    """The key of this record was destroyed: what it held is deleted for good."""

    code = "key-destroyed"


class SealBroken(PrivbotError):
    """A sealed record does not open with its key: the database was changed from outside, or the master key is another one."""

    code = "seal-broken"


class Seals:
    """Seals and opens what the records keep. One per process; safe to share between threads."""

    def __init__(self, master_key: str) -> None:
        self._wrapper = AESGCM(derived_key(master_key, "wrap data keys"))
        self._index_key = derived_key(master_key, "blind indexes")
        self._token_key = derived_key(master_key, "letter tokens")
        self._search_key = derived_key(master_key, "search terms")
        self._ready: list[tuple[uuid.UUID, bytes]] = []
        self._known: dict[uuid.UUID, AESGCM] = {}
        self._lock = Lock()

    def check(self) -> None:
        """Raise ConfigWrong unless this master key opens the key store. Before any work: with a wrong one, every mail would look broken."""
        row = DataKey.objects.exclude(wrapped=None).first()
        if row is not None:
            try:
                self._key(row.id)
            except SealBroken:
                raise ConfigWrong("The master key does not open this key store; use the one that it was made with.") from None

    # -- keys ---------------------------------------------------------------------------------------------------------

    def reserve(self, count: int) -> None:
        """Have at least `count` new keys safely in the key store, in one commit, before the records that use them are written."""
        with self._lock:
            wanted = count - len(self._ready)
        if wanted <= 0:
            return
        fresh = [(uuid.uuid4(), os.urandom(KEY_BYTES)) for _ in range(wanted)]
        DataKey.objects.bulk_create([DataKey(id=key_id, wrapped=self._wrap(key_id, key)) for key_id, key in fresh])
        with self._lock:
            self._ready.extend(fresh)

    def new_key(self) -> uuid.UUID:
        """A key that is already safe in the key store, for one mail or one ticket."""
        self.reserve(1)
        with self._lock:
            key_id, key = self._ready.pop()
            self._remember(key_id, AESGCM(key))
        return key_id

    def have_ready(self, key_ids: Iterable[uuid.UUID]) -> None:
        """Take these keys from the key store in one look, before boxes of many mails are opened. Of one that is destroyed or wrong, `open` tells."""
        with self._lock:
            wanted = {key_id for key_id in key_ids if key_id not in self._known}
        for row in DataKey.objects.filter(id__in=wanted).exclude(wrapped=None) if wanted else ():
            try:
                key = self._unwrap(row)
            except SealBroken:
                continue
            with self._lock:
                self._remember(row.id, key)

    def destroy(self, key_ids: Iterable[uuid.UUID], now: datetime) -> None:
        """Destroy keys: what they sealed is gone, here and in every backup of the records."""
        doomed = list(key_ids)
        with self._lock:
            for key_id in doomed:
                self._known.pop(key_id, None)
        DataKey.objects.filter(id__in=doomed).exclude(wrapped=None).update(wrapped=None, destroyed_at=now)

    # -- boxes --------------------------------------------------------------------------------------------------------

    def seal(self, key_id: uuid.UUID, what: str, content: bytes) -> bytes:
        """`content` in a box that opens only with this key and as this `what`."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._key(key_id).encrypt(nonce, content, what.encode())

    def open(self, key_id: uuid.UUID, what: str, box: bytes) -> bytes:
        """What is in a box. Raises KeyDestroyed or SealBroken."""
        box = bytes(box)
        try:
            return self._key(key_id).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], what.encode())
        except (InvalidTag, ValueError):  # ValueError: shorter than any box
            raise SealBroken from None

    def _key(self, key_id: uuid.UUID) -> AESGCM:
        with self._lock:
            known = self._known.get(key_id)
        if known:
            return known
        row = DataKey.objects.filter(id=key_id).first()
        if row is None or row.wrapped is None:
            raise KeyDestroyed
        key = self._unwrap(row)
        with self._lock:
            self._remember(key_id, key)
        return key

    def _unwrap(self, row: DataKey) -> AESGCM:
        wrapped = bytes(row.wrapped)
        try:
            return AESGCM(self._wrapper.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], row.id.bytes))
        except InvalidTag:
            raise SealBroken from None

    def _remember(self, key_id: uuid.UUID, key: AESGCM) -> None:
        if len(self._known) >= 1000:
            self._known.clear()
        self._known[key_id] = key

    def _wrap(self, key_id: uuid.UUID, key: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._wrapper.encrypt(nonce, key, key_id.bytes)

    # -- what can be found without opening ------------------------------------------------------------------------------

    def index(self, kind: str, value: str) -> str:
        """A keyed hash by which equal values are found; `kind` keeps an address from matching a domain."""
        return _hmac128(self._index_key, f"{kind}\0{value}").hex()

    def terms(self, controller: str, words: Iterable[str]) -> list[int]:
        """A keyed hash of 64 bits for each word (BLAKE2b, RFC 7693), as a signed number: the same word has another one at another controller."""
        keyed = hashlib.blake2b(f"{controller}\0".encode(), key=self._search_key, digest_size=8)
        return [_number(keyed, word) for word in words]

    def token(self, value: str) -> str:
        """128 unforgeable bits over `value`, in lower-case base32: safe in a Message-ID and in an address."""
        return base64.b32encode(_hmac128(self._token_key, value)).decode("ascii").rstrip("=").lower()

    def token_is_ours(self, value: str, token: str) -> bool:
        """Whether `token` was made here for `value`."""
        return secrets.compare_digest(self.token(value), token.lower())


def _number(keyed: hashlib.blake2b, word: str) -> int:
    one = keyed.copy()
    one.update(word.encode())
    return int.from_bytes(one.digest(), "big", signed=True)


def _hmac128(key: bytes, value: str) -> bytes:
    return hmac.new(key, value.encode(), hashlib.sha256).digest()[:16]
