"""Proof of a wallet: a text that only the holder of an Ethereum address can sign, checked without asking any blockchain.

The text is plain and signed as a personal message (EIP-191, version 0x45). It is not an EIP-4361 sign-in on purpose: wallets warn when a
sign-in names another domain than the page on which it is signed, and people sign ours wherever they like.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime

from privbot.casework.errors import (
    AnotherWallet,
    ContractSignature,
    MalformedSignature,
    NonceUsed,
    NotAWallet,
    ProofExpired,
)

SIGNATURE_BYTES = 65
"""r, s and v of secp256k1. Contract wallets' signatures (EIP-1271) have any length, wrapped ones (EIP-6492) a mark at their end."""
WRAPPED = bytes.fromhex("6492" * 16)
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_HEX = re.compile(r"0x[0-9a-fA-F]{60,}(?:\r?\n[0-9a-fA-F]{8,}(?=\s|$))*")
"""What may be a signature in a mail, also where a mail program broke its line."""


@dataclass(frozen=True, slots=True)
class WalletChallenge:
    """A text to be signed once, by one wallet, for one ticket."""

    wallet: str
    nonce: str
    reference: str
    """The ticket's."""
    domain: str
    """The controller's mail domain: the text is good for nobody else."""
    expires_at: datetime
    """UTC."""
    used: bool = False


def text_to_sign(challenge: WalletChallenge) -> str:
    """The exact text, line breaks as `\\n` and none at the end."""
    until = challenge.expires_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return "\n".join(
        (
            f"{challenge.domain} asks for proof that you control the Ethereum account",
            challenge.wallet,
            "",
            "Signing this text proves it, costs nothing, moves nothing and permits nothing.",
            "",
            f"Privacy request: {challenge.reference}",
            f"Nonce: {challenge.nonce}",
            f"Valid until: {until}",
        )
    )


def check_signature(signature: str, challenge: WalletChallenge, now: datetime) -> None:
    """Return when the wallet of the challenge signed its text. `now`: when the signature arrived, UTC.

    Raises MalformedSignature, ContractSignature, NonceUsed, ProofExpired, AnotherWallet.
    """
    signed = _signature_bytes(signature)
    if challenge.used:
        raise NonceUsed
    if now > challenge.expires_at:
        raise ProofExpired
    if _signer(text_to_sign(challenge), signed) != challenge.wallet.lower():
        raise AnotherWallet


def signatures_in(text: str) -> tuple[str, ...]:
    """What looks like a signature in a mail, in the order it stands there."""
    whole = (re.sub(r"\s", "", found[0]) for found in _HEX.finditer(text))
    return tuple(one for one in whole if len(one) > 2 * SIGNATURE_BYTES)


def checked_address(wallet: str) -> str:
    """The address as it is kept in a challenge: with its checksum. Raises NotAWallet; ENS names need a network and are none."""
    from eth_utils.address import is_checksum_address, to_checksum_address

    digits = wallet.strip()[2:]
    one_case = digits in (digits.lower(), digits.upper())
    if not _ADDRESS.fullmatch(wallet.strip()) or not (one_case or is_checksum_address(wallet.strip())):
        raise NotAWallet
    return str(to_checksum_address(wallet.strip()))


def _signature_bytes(signature: str) -> bytes:
    try:
        signed = bytes.fromhex(signature.strip().removeprefix("0x"))
    except ValueError:
        raise MalformedSignature from None
    if signed.endswith(WRAPPED) or len(signed) > SIGNATURE_BYTES:
        raise ContractSignature
    if len(signed) != SIGNATURE_BYTES:
        raise MalformedSignature
    return signed


def _signer(text: str, signed: bytes) -> str:
    deepest = sys.getrecursionlimit()
    # Heavy to import, and only proofs of wallets need it.
    from eth_account import Account
    from eth_account.messages import encode_defunct
    from eth_keys.exceptions import BadSignature
    from eth_utils.exceptions import ValidationError

    # py_ecc, which comes along, sets a limit at which the C stack ends before Python says so: a mail nested deeply would kill the process.
    sys.setrecursionlimit(deepest)
    try:
        return str(Account.recover_message(encode_defunct(text=text), signature=signed)).lower()
    except (BadSignature, ValidationError, ValueError):
        raise MalformedSignature from None
