"""Ethereum wallets: addresses, checked by the checksum in their mixed case (EIP-55), and ENS names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from privbot.reading.model import Detail

_ADDRESS = re.compile(r"(?<![0-9a-zA-Z])0x[0-9a-fA-F]{40}(?![0-9a-zA-Z])")
_ENS = re.compile(r"(?<![\w@./-])(?:[a-z0-9-]+\.)+eth(?![\w.@-]*\w)", re.IGNORECASE)


def find(body: str) -> Iterator[Detail]:
    """The wallets a text names. An address in mixed case whose checksum is wrong was mistyped, and is not taken."""
    for match in _ADDRESS.finditer(body) if "0x" in body else ():
        if _is_intact(match[0]):
            yield Detail(match[0], "body", 0.95, match.start(), match.end(), kind="address")
    for match in _ENS.finditer(body) if ".eth" in body.lower() else ():
        yield Detail(match[0].lower(), "body", 0.9, match.start(), match.end(), kind="ens")


def _is_intact(address: str) -> bool:
    digits = address[2:]
    if digits == digits.lower() or digits == digits.upper():
        return True  # EIP-55: an address in one case carries no checksum
    from eth_utils.address import is_checksum_address  # costs 0.2 s to import; few mails name a wallet

    return bool(is_checksum_address(address))
