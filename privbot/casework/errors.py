"""What casework refuses, and why. No sentence names the person concerned."""

from __future__ import annotations

from privbot.errors import WrongUse


class StepRefused(WrongUse):
    """That step cannot be taken now; nothing was changed."""

    code = "step-refused"


class WrongState(StepRefused):
    """The request is in a state that does not allow this step."""

    code = "wrong-state"


class NotAllowed(StepRefused):
    """Somebody else must take this step."""

    code = "not-allowed"


class Unverified(StepRefused):
    """The law asks for proof of identity first, and it is not here yet."""

    code = "unverified"


class UnverifiedAddress(StepRefused):
    """The answer holds personal data, and nobody has shown that this address is the requester's: ask for a code first."""

    code = "unverified-address"


class NothingToProve(StepRefused):
    """There is nothing to ask for: the law lets nobody ask here, or everything is proven already."""

    code = "nothing-to-prove"


class NoDoubt(StepRefused):
    """Proof of identity may be asked for only on reasonable doubt: say what the doubt is, or answer the request."""

    code = "no-doubt"


class NotCompared(StepRefused):
    """Nobody has compared the requester with the controller's customer records; compare them, or say why nothing was compared."""

    code = "not-compared"
    command = "privbot verify REFERENCE --compare, or --uncompared WHY"


class WaitsForAccess(StepRefused):
    """The erasure waits until the access request of the same ticket is answered: afterwards there would be nothing to show."""

    code = "waits-for-access"


class ReasonMissing(StepRefused):
    """This step needs a reason in words."""

    code = "reason-missing"


class FeeForbidden(StepRefused):
    """This law lets nobody ask for a fee here."""

    code = "fee-forbidden"


class AlreadyActive(StepRefused):
    """The same person has an active request for the same right with this controller: the two are one."""

    code = "already-active"


class WalletProofRefused(WrongUse):
    """The wallet was not proven; nothing was changed."""

    code = "wallet-not-proven"


class MalformedSignature(WalletProofRefused):
    """That is no Ethereum signature: it must be 65 bytes in hexadecimal, 0x and 130 digits."""

    code = "malformed-signature"


class ContractSignature(WalletProofRefused):
    """Signatures of smart-contract wallets (EIP-1271, EIP-6492) are not supported: only a blockchain could check them. Offer another proof."""

    code = "contract-signature"


class AnotherWallet(WalletProofRefused):
    """The signature was made by another wallet, or over another text. (A smart-contract wallet, EIP-1271, cannot be proven this way.)"""

    code = "another-wallet"


class ProofExpired(WalletProofRefused):
    """The text to sign was valid only until its date; ask for proof again."""

    code = "proof-expired"


class NonceUsed(WalletProofRefused):
    """This text was answered before; each one proves a wallet once."""

    code = "nonce-used"


class NotAWallet(WrongUse):
    """That is no Ethereum address: 0x and 40 hexadecimal digits, in one case or with its right checksum (EIP-55)."""

    code = "not-a-wallet"
