"""Why a request may be refused, where the refused may turn, and what a confirmation of receipt must say."""

from __future__ import annotations

from privbot.law.errors import NotARefusal
from privbot.law.model import AcknowledgmentDuty, Refusal, Remedies
from privbot.law.regimes import regime as regime_named
from privbot.law.tables import RefusalRule


def refusals(regime: str, right: str) -> dict[str, Refusal]:
    """Every reason for which a right may be refused, by code. Raises UnknownRegime, RightNotGranted."""
    law = regime_named(regime)
    law.right(right)
    return {code: _refusal(code, rule) for code, rule in law.refusals_of(right).items()}


def refusal(regime: str, right: str, code: str) -> Refusal:
    """One reason to refuse a right. Raises UnknownRegime, RightNotGranted, NotARefusal."""
    known = refusals(regime, right)
    if code not in known:
        raise NotARefusal(regime, right, code, tuple(known))
    return known[code]


def remedies(regime: str) -> Remedies:
    """Where somebody who is refused may complain, and how go to court. Raises UnknownRegime."""
    law = regime_named(regime)
    return Remedies(
        authority=law.authority.name,
        address=law.authority.address,
        url=law.authority.url,
        authority_note=law.authority.note,
        court=law.court.sentence,
        sources=(law.authority.source, law.court.source),
        confirmed=law.authority.confirmed and law.court.confirmed,
    )


def acknowledgment_duty(regime: str) -> AcknowledgmentDuty | None:
    """What a letter that confirms receipt must say, or None where the law asks for none. Raises UnknownRegime."""
    rule = regime_named(regime).acknowledgment
    return AcknowledgmentDuty(tuple(rule.says), rule.source, rule.note, rule.confirmed) if rule else None


def _refusal(code: str, rule: RefusalRule) -> Refusal:
    return Refusal(code, rule.outcome, rule.why, rule.operator_decides, rule.fee_instead, rule.source, rule.note, rule.confirmed)
