"""How sure one must be who is asking, and whether the right is free."""

from __future__ import annotations

from privbot.law.model import Verification
from privbot.law.regimes import regime as regime_named


def verification(regime: str, right: str, *, sensitive: bool = False, not_on_file: bool = False) -> Verification:
    """What must be verified before a right is granted.

    `sensitive`: the data are sensitive, or a mistake would harm; raises the level where the regime says so (11 CCR §7062(d)).
    `not_on_file`: the controller does not know the requester's address, so that details must match as well as the address be theirs.
    Raises UnknownRegime, RightNotGranted.
    """
    law = regime_named(regime)
    granted = law.right(right)
    name = (granted.verification_if_sensitive if sensitive else None) or granted.verification
    rule = law.verifications[name]
    data_points = max(rule.data_points, rule.data_points_not_on_file) if not_on_file else rule.data_points
    return Verification(rule.level, data_points, rule.declaration, rule.source, rule.note, rule.confirmed)


def unverified_as(regime: str, right: str) -> str | None:
    """As which right a request is treated where this one's verification fails, or None. Raises UnknownRegime, RightNotGranted."""
    return regime_named(regime).right(right).unverified_as


def is_free(regime: str, right: str) -> bool:
    """Whether the right is exercised without a fee; exceptions stand in the fee's note. Raises UnknownRegime, RightNotGranted."""
    law = regime_named(regime)
    return law.fees[law.right(right).fee].free
