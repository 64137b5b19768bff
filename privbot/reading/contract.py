"""A Reading as the stable JSON of `privbot read --json` (docs: DESIGN.md, "Every stage runs alone")."""

from __future__ import annotations

from typing import Any

from privbot.reading.model import Detail, Reading, Requester


def as_json(reading: Reading, id: str) -> dict[str, Any]:
    """One record out for one record in. Scores are rounded; details that are not known are left out."""
    return {
        "id": id,
        "language": reading.language,
        "categories": reading.categories,
        "decided": list(reading.decided),
        "rights": {right: reading.rights[right] for right in reading.rights},
        "decided_rights": list(reading.decided_rights),
        "review": reading.review,
        "review_codes": list(reading.review_codes),
        "reasons": list(reading.reasons),
        "regime": reading.regimes[0].regime if reading.regimes and reading.decided != ("other",) else None,
        "regimes": [
            {"regime": guess.regime, "confidence": guess.confidence, "reasons": list(guess.reasons)} for guess in reading.regimes
        ],
        "requester": _requester(reading.requester),
        "kind": reading.kind,
        "agent": reading.agent,
        "principals": list(reading.principals),
        "guardian": reading.guardian,
        "minor": reading.minor,
        "oral": reading.oral,
        "deadline": reading.deadline,
        "codes": list(reading.codes),
        "enclosures": [
            {"name": one.name, "part": one.part, "role": one.role, "confidence": one.confidence} for one in reading.enclosures
        ],
        "evidence": [
            {"label": one.label, "start": one.start, "end": one.end, "text": one.text, "score": one.score}
            for one in reading.evidence
        ],
        "model": reading.model,
    }


def _requester(requester: Requester) -> dict[str, Any]:
    """name, emails, phones, addresses, date_of_birth, ids, wallets, services: values; and `sources` with where they stood and how sure."""
    details: dict[str, tuple[Detail, ...]] = {
        "name": (requester.name,) if requester.name else (),
        "emails": requester.emails,
        "phones": requester.phones,
        "addresses": requester.addresses,
        "date_of_birth": (requester.date_of_birth,) if requester.date_of_birth else (),
        "ids": requester.ids,
        "wallets": requester.wallets,
        "services": requester.services,
    }
    single = ("name", "date_of_birth")
    values: dict[str, Any] = {
        field: found[0].value if field in single else [detail.value for detail in found]
        for field, found in details.items()
        if found
    }
    values["sources"] = [
        {"field": field, "value": detail.value, "source": detail.source, "confidence": detail.confidence, "start": detail.start,
         "end": detail.end, "kind": detail.kind}
        for field, found in details.items()
        for detail in found
    ]  # fmt: skip
    return values
