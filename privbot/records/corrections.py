"""Operators' decisions, kept as examples to learn from: masked, and sealed under their mail's key, so that erasing the mail erases them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from privbot.reading.decisions import Correction, Meaning
from privbot.reading.masking import Line, Masked, mask
from privbot.reading.model import CATEGORIES, CATEGORY_OF_RIGHT, KINDS_OF_OTHER, Reading
from privbot.records import models
from privbot.records.sealing import KeyDestroyed, SealBroken, Seals

KEYS_AT_ONCE = 500


def keep(
    mail: models.IncomingMail, reading: Reading, *, rights: Sequence[str] = (), kind: str = "", names: Sequence[str], actor: str,
    seals: Seals, now: datetime,
) -> None:  # fmt: skip
    """Keep what an operator decided beside what was read; agreement is an example too. Expects to be inside `writing()`.

    A mail put aside for a reason that is no kind of other – a forged sender, say – is no example of anything. `names` are masked wherever
    they stand.
    """
    if not rights and kind not in KINDS_OF_OTHER:
        return
    told = json.dumps(asdict(mask(reading, names)), ensure_ascii=False)
    models.Correction.objects.create(
        mail=mail, actor=actor, at=now, model=reading.model[:60], language=reading.language[:8],
        read=_codes(read_as(reading)), decided=_codes(decided_as(rights, kind)),
        certainty=min(reading.categories.get(category, 0.0) for category in reading.decided),
        sealed_text=seals.seal(mail.key, "correction", told.encode()),
    )  # fmt: skip


def everything(seals: Seals) -> list[Correction]:
    """All that can still be read: what was erased with its mail is gone, and a broken box is no example of anything."""
    found = []
    for row in _with_keys(seals):
        try:
            told = json.loads(seals.open(row.mail.key, "correction", row.sealed_text)) if row.sealed_text else None
        except (KeyDestroyed, SealBroken):
            continue
        if told is not None:
            found.append(
                Correction(
                    row.id, row.mail_id, row.actor, row.at, row.model, row.language, _meaning(row.read), row.certainty,
                    _meaning(row.decided), Masked(_line(told["subject"]), tuple(map(_line, told["body"]))),
                )
            )  # fmt: skip
    return found


def _with_keys(seals: Seals) -> Iterator[models.Correction]:
    """Every correction, its mail's key at hand: asked for many at once, not one by one."""
    rows = models.Correction.objects.select_related("mail").defer("mail__sealed_raw", "mail__sealed_reading").order_by("id")
    found = list(rows)
    for start in range(0, len(found), KEYS_AT_ONCE):
        some = found[start : start + KEYS_AT_ONCE]
        seals.have_ready(row.mail.key for row in some)
        yield from some


def read_as(reading: Reading) -> Meaning:
    """What the bot read, in the terms of a decision."""
    other = reading.decided == ("other",)
    return Meaning(reading.decided, () if other else reading.decided_rights, reading.kind or "" if other else "")


def decided_as(rights: Sequence[str], kind: str) -> Meaning:
    """What an operator said."""
    asked = {CATEGORY_OF_RIGHT[right] for right in rights}
    categories = tuple(category for category in CATEGORIES if category in asked)
    return Meaning(categories, tuple(rights)) if rights else Meaning(("other",), kind=kind)


def _codes(meaning: Meaning) -> dict[str, Any]:
    return {"categories": list(meaning.categories), "rights": list(meaning.rights), "kind": meaning.kind}


def _meaning(codes: dict[str, Any]) -> Meaning:
    return Meaning(tuple(codes["categories"]), tuple(codes["rights"]), codes["kind"])


def _line(told: dict[str, Any]) -> Line:
    return Line(told["text"], tuple(told["asks"]))
