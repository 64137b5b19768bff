"""A passkey in software: answers WebAuthn's challenges as a device would (W3C WebAuthn 2, 6.5 and 7), with "none" as attestation."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Device:
    """One key for one site. `verifies`: whether it asks its user for a PIN or a finger."""

    def __init__(self, origin: str = "http://localhost", *, verifies: bool = True) -> None:
        self.origin = origin
        self.verifies = verifies
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)
        self.user = b""
        self.count = 0

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """A new credential, for `navigator.credentials.create`."""
        asked = options["publicKey"]
        self.user = websafe_decode(asked["user"]["id"])
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        told = self._told(asked["rp"]["id"], ATTESTED) + attested
        said = self._said("webauthn.create", asked["challenge"])
        statement = cbor.encode({"fmt": "none", "attStmt": {}, "authData": told})
        return self._credential(
            {"clientDataJSON": websafe_encode(said), "attestationObject": websafe_encode(statement)}, {"credProps": {"rk": True}}
        )

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """A signature, for `navigator.credentials.get`."""
        asked = options["publicKey"]
        told = self._told(asked["rpId"])
        said = self._said("webauthn.get", asked["challenge"])
        signature = self.key.sign(told + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        return self._credential(
            {
                "clientDataJSON": websafe_encode(said), "authenticatorData": websafe_encode(told),
                "signature": websafe_encode(signature), "userHandle": websafe_encode(self.user),
            }
        )  # fmt: skip

    def _told(self, site: str, flags: int = 0) -> bytes:
        self.count += 1
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(site.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _said(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _credential(self, response: dict[str, str], extensions: dict[str, Any] | None = None) -> dict[str, Any]:
        number = websafe_encode(self.id)
        return {
            "id": number, "rawId": number, "type": "public-key", "response": response, "clientExtensionResults": extensions or {},
            "authenticatorAttachment": "platform",
        }  # fmt: skip
