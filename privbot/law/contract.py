"""A regime as JSON: what `privbot law show --json` prints. The keys are those of the file; docs/json.md."""

from __future__ import annotations

from typing import Any

from privbot.law.tables import Regime, Table


def regime_as_json(law: Regime) -> dict[str, Any]:
    """A whole file; null where a table or key is left out."""
    return law.model_dump(mode="json")


def right_as_json(law: Regime, right: str) -> dict[str, Any]:
    """What applies to one right, its names followed to the tables they name. Raises RightNotGranted."""
    granted = law.right(right)
    return {
        "regime": law.name,
        "right": right,
        "article": granted.article,
        "also": list(granted.also),
        "clock": _table(law.clocks[granted.clock]),
        "acknowledge": _table(law.clocks[granted.acknowledge]) if granted.acknowledge else None,
        "verification": _table(law.verifications[granted.verification]),
        "verification_if_sensitive": (
            _table(law.verifications[granted.verification_if_sensitive]) if granted.verification_if_sensitive else None
        ),
        "fee": _table(law.fees[granted.fee]),
        "limits": {name: _table(limit) for name, limit in law.limits_of(right).items()},
        "refusals": {code: _table(rule) for code, rule in law.refusals_of(right).items()},
    }


def _table(table: Table) -> dict[str, Any]:
    return table.model_dump(mode="json")
