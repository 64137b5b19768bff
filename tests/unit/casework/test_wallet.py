"""Proof of an Ethereum wallet: the right signature, and every wrong one by its name."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from hypothesis import given, settings
from hypothesis import strategies as st

from privbot.casework.errors import (
    AnotherWallet,
    ContractSignature,
    MalformedSignature,
    NonceUsed,
    NotAWallet,
    ProofExpired,
    WalletProofRefused,
)
from privbot.casework.wallet import WalletChallenge, check_signature, checked_address, signatures_in, text_to_sign

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OWNER, STRANGER = (Account.from_key(bytes([number]) * 32) for number in (1, 2))
CHALLENGE = WalletChallenge(OWNER.address, "7KQ4M2XH", "LUM-AAAA-BBBB", "harbour.example", NOW + timedelta(days=14))


def signed(by=OWNER, over: WalletChallenge = CHALLENGE) -> str:
    return "0x" + Account.sign_message(encode_defunct(text=text_to_sign(over)), by.key).signature.hex().removeprefix("0x")


def test_the_holder_of_the_wallet_proves_it():
    check_signature(signed(), CHALLENGE, NOW)


def test_the_text_names_who_asks_for_what_once_and_until_when():
    text = text_to_sign(CHALLENGE)
    for fact in ("harbour.example", OWNER.address, "LUM-AAAA-BBBB", "7KQ4M2XH", "2026-12-04T12:00:00Z"):
        assert fact in text
    assert text == text.strip() and "\r" not in text


@pytest.mark.parametrize(
    ("signature", "challenge", "now", "refused"),
    [
        (signed(by=STRANGER), CHALLENGE, NOW, AnotherWallet),
        # the right wallet, over a text that was for another ticket, controller, or moment
        (signed(over=replace(CHALLENGE, reference="LUM-CCCC-DDDD")), CHALLENGE, NOW, AnotherWallet),
        (signed(over=replace(CHALLENGE, domain="elsewhere.example")), CHALLENGE, NOW, AnotherWallet),
        (signed(over=replace(CHALLENGE, nonce="AAAABBBB")), CHALLENGE, NOW, AnotherWallet),
        (signed(), CHALLENGE, NOW + timedelta(days=15), ProofExpired),
        (signed(), replace(CHALLENGE, used=True), NOW, NonceUsed),
        ("0xnothing", CHALLENGE, NOW, MalformedSignature),
        ("", CHALLENGE, NOW, MalformedSignature),
        (signed()[:-2], CHALLENGE, NOW, MalformedSignature),  # cut
        ("0x" + "00" * 65, CHALLENGE, NOW, MalformedSignature),
        ("0x" + "ff" * 65, CHALLENGE, NOW, MalformedSignature),
        (signed()[:-2] + "07", CHALLENGE, NOW, MalformedSignature),  # no such v
        ("0x" + "ab" * 130, CHALLENGE, NOW, ContractSignature),  # EIP-1271: two owners' signatures
        (signed() + "6492" * 16, CHALLENGE, NOW, ContractSignature),  # EIP-6492
    ],
)
def test_a_wrong_proof_is_refused_by_its_name(signature, challenge, now, refused):
    with pytest.raises(refused):
        check_signature(signature, challenge, now)


def test_contract_wallets_are_named_as_unsupported():
    assert "EIP-1271" in str(ContractSignature()) and "not supported" in str(ContractSignature())


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_random_bytes_prove_nothing_and_break_nothing(noise):
    with pytest.raises(WalletProofRefused):
        check_signature("0x" + noise.hex(), CHALLENGE, NOW)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"Here you are:\n{signed()}\nBest, Mel", (signed(),)),
        (f'{{"address": "{OWNER.address}", "sig": "{signed()}"}}', (signed(),)),  # as signing pages export it
        (f"{signed()[:76]}\n{signed()[76:]}\nBest,\nMel", (signed(),)),  # a line broken by a mail program
        (f"My wallet is {OWNER.address}.", ()),  # an address is no signature
        ("nothing", ()),
    ],
)
def test_a_signature_is_found_in_a_mail(text, found):
    assert signatures_in(text) == found


@pytest.mark.parametrize(
    "wallet", ["mel.eth", "0x123", OWNER.address[:-1] + "g", OWNER.address.swapcase().replace("0X", "0x"), ""]
)
def test_only_an_address_is_a_wallet(wallet):
    with pytest.raises(NotAWallet):
        checked_address(wallet)


def test_an_address_in_one_case_gets_its_checksum():
    assert checked_address(OWNER.address.lower()) == OWNER.address


def test_checking_a_signature_leaves_the_limit_of_recursion_as_it_was():
    """In a process of its own: here the library was imported long ago."""
    program = (
        "import sys; from privbot.casework import wallet; before = sys.getrecursionlimit()\n"
        "try: wallet._signer('text', bytes(65))\n"
        "except wallet.MalformedSignature: print(sys.getrecursionlimit() == before, 'py_ecc' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stdout == "True True\n", done.stderr
