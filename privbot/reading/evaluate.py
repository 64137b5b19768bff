"""`privbot evaluate`: how well a reader reads, in figures – on mails of the corpus or on any file of labelled records.

One vote per group (the variants of one template share it). Arguable records are left out. A *silent miss* is a request decided `other`
without review: the mail the law would punish.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from privbot.reading.corpus import TaggedMail, read
from privbot.reading.evaluate_details import DetailCounts
from privbot.reading.model import CATEGORIES, RIGHTS, Reading
from privbot.reading.reader import Reader
from privbot.resources import models

METRICS = "metrics.json"
BINS = 10
"""Bins of the expected calibration error."""
OTHER = frozenset({"other"})


@dataclass(frozen=True, slots=True)
class Record:
    """One mail and what must be read in it."""

    id: str
    group: str
    language: str
    subject: str
    body: str
    sender_name: str
    sender_address: str
    categories: frozenset[str]
    also_ok: frozenset[str]
    rights: frozenset[str]
    details: Mapping[str, tuple[str, ...]] | None
    """What the body states of the requester: Name, Address, Phone, Ids. None where nobody noted it."""


@dataclass(frozen=True, slots=True)
class _Vote:
    record: Record
    reading: Reading
    weight: float

    @property
    def decided(self) -> frozenset[str]:
        return frozenset(self.reading.decided)

    @property
    def right(self) -> bool:
        return self.record.categories <= self.decided <= self.record.categories | self.record.also_ok


def of_corpus(mails: Iterable[TaggedMail]) -> list[Record]:
    """The mails of a corpus folder as records, each its own group."""
    mails = list(mails)
    noting = {(mail.language, mail.author) for mail in mails if mail.details}
    return [
        Record(
            id=mail.id,
            group=mail.id,
            language=mail.language,
            subject=mail.subject,
            body=mail.body,
            sender_name=mail.sender.partition("<")[0].strip(),
            sender_address=mail.sender.partition("<")[2].strip(" >"),
            categories=frozenset(mail.categories),
            also_ok=frozenset(),
            rights=frozenset(mail.rights),
            details=mail.details if (mail.language, mail.author) in noting else None,
        )
        for mail in mails
    ]


def of_jsonl(path: Path) -> list[Record]:
    """Labelled records, one JSON object a line; those marked `label_confidence: arguable` are left out.

    Raises OSError and json.JSONDecodeError.
    """
    with path.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file if line.strip()]
    return [_record(row) for row in rows if row.get("label_confidence", "clear") == "clear"]


def _record(row: dict[str, Any]) -> Record:
    told = row.get("requester") or {}
    address = ", ".join(told[part] for part in ("street", "city") if told.get(part))
    details = {"Name": told.get("name"), "Address": address, "Phone": told.get("phone"), "Ids": told.get("customer_no")}
    return Record(
        id=row["id"],
        group=row.get("template_id") or row["id"],
        language=row.get("lang") or "",
        subject=row.get("subject") or "",
        body=row.get("body") or "",
        sender_name=row.get("from_name") or "",
        sender_address=row.get("from_email") or "",
        categories=frozenset(row["category"]),
        also_ok=frozenset(row.get("also_ok") or ()),
        rights=frozenset(right for right in row.get("rights_all") or () if right in RIGHTS),
        details={name: (value,) for name, value in details.items() if value},
    )


def evaluate_on(reader: Reader, *, corpus: Path, gold: Path | None) -> dict[str, Any]:
    """The figures on a file of labelled records; without one, on the corpus's own test, which are kept in `models/metrics.json`.

    Raises OSError, json.JSONDecodeError for a broken file, BrokenCorpus for a broken corpus.
    """
    if gold is not None:
        return evaluate(reader, of_jsonl(gold))
    figures = evaluate(reader, of_corpus(read(corpus / "test").mails))
    (models() / METRICS).write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return figures


def evaluate(reader: Reader, records: Sequence[Record]) -> dict[str, Any]:
    """Read every record and count. Figures between 0 and 1, weights in votes; ready for JSON."""
    sizes = Counter(record.group for record in records)
    votes = [
        _Vote(
            record,
            reader.read_text(record.subject, record.body, record.sender_name, record.sender_address),
            1 / sizes[record.group],
        )
        for record in records
    ]
    by_language: dict[str, list[_Vote]] = defaultdict(list)
    for vote in votes:
        by_language[vote.record.language].append(vote)
    return {
        "model": reader.version,
        "all": _figures(votes),
        "by_language": {code: _figures(of_it) for code, of_it in sorted(by_language.items())},
        "rights": _per_label(
            [(vote.record.rights, frozenset(vote.reading.decided_rights), frozenset(), vote.weight) for vote in votes], RIGHTS
        ),
        "confusion": _confusion(votes),
        "silent_misses": [vote.record.id for vote in votes if _is_silent_miss(vote)],
        "ordinary_taken_for_request": [vote.record.id for vote in votes if _is_false_request(vote) and not vote.reading.review],
        "details": _details(reader, votes),
        "review_codes": dict(Counter(code for vote in votes for code in vote.reading.review_codes).most_common()),
    }


def _figures(votes: Sequence[_Vote]) -> dict[str, Any]:
    total = sum(vote.weight for vote in votes) or 1.0
    labels = _per_label([(v.record.categories, v.decided, v.record.also_ok, v.weight) for v in votes], CATEGORIES)
    present = [figures["f1"] for figures in labels.values() if figures["support"]]
    hits, wrong = (sum(figures[kind] for figures in labels.values()) for kind in ("hits", "wrong"))
    alone = [vote for vote in votes if not vote.reading.review]
    share = sum(vote.weight for vote in alone)
    ordinary = [vote for vote in votes if vote.record.categories == OTHER]
    taken = [vote for vote in ordinary if _is_false_request(vote)]
    return {
        "weight": round(total, 1),
        "macro_f1": _round(sum(present), len(present)),
        "micro_f1": _round(2 * hits, 2 * hits + wrong),
        "exact": _round(sum(vote.weight for vote in votes if vote.right), total),
        "categories": labels,
        "silent_miss": round(sum(vote.weight for vote in votes if _is_silent_miss(vote)), 2),
        "ordinary_taken": _round(sum(vote.weight for vote in taken), sum(vote.weight for vote in ordinary)),
        "ordinary_taken_without_review": _round(
            sum(vote.weight for vote in taken if not vote.reading.review), sum(vote.weight for vote in ordinary)
        ),
        "auto_share": _round(share, total),
        "auto_precision": _round(sum(vote.weight for vote in alone if vote.right), share),
        "ece": _calibration_error(votes),
    }


def _per_label(
    rows: Iterable[tuple[frozenset[str], frozenset[str], frozenset[str], float]], labels: Sequence[str]
) -> dict[str, dict[str, float]]:
    hits, false, missed = Counter[str](), Counter[str](), Counter[str]()
    for wanted, got, also_ok, weight in rows:
        for label in got & wanted:
            hits[label] += weight  # type: ignore[assignment]  # votes are fractions
        for label in got - wanted - also_ok:
            false[label] += weight  # type: ignore[assignment]
        for label in wanted - got:
            missed[label] += weight  # type: ignore[assignment]
    return {
        label: {
            "precision": _round(hits[label], hits[label] + false[label]),
            "recall": _round(hits[label], hits[label] + missed[label]),
            "f1": _round(2 * hits[label], 2 * hits[label] + false[label] + missed[label]),
            "support": round(hits[label] + missed[label], 1),
            "hits": round(hits[label], 2),
            "wrong": round(false[label] + missed[label], 2),
        }
        for label in labels
        if hits[label] or false[label] or missed[label]
    }


def _details(reader: Reader, votes: Sequence[_Vote]) -> dict[str, object]:
    counts = DetailCounts()
    for vote in votes:
        record = vote.record
        if record.details is not None:
            without_header = reader.read_text(record.subject, record.body, "", record.sender_address).requester
            counts.add(record.id, record.language, record.details, vote.reading.requester, without_header, vote.weight)
    return counts.figures()


def _confusion(votes: Sequence[_Vote]) -> dict[str, float]:
    """ "access → complaint": missed the one, found the other instead."""
    pairs: dict[str, float] = defaultdict(float)
    for vote in votes:
        for missed in vote.record.categories - vote.decided:
            for found in vote.decided - vote.record.categories - vote.record.also_ok:
                pairs[f"{missed} → {found}"] += vote.weight
    return {pair: round(weight, 2) for pair, weight in sorted(pairs.items(), key=lambda item: -item[1])}


def _is_silent_miss(vote: _Vote) -> bool:
    return vote.record.categories != OTHER and vote.decided <= OTHER and not vote.reading.review


def _is_false_request(vote: _Vote) -> bool:
    return vote.record.categories == OTHER and bool(vote.decided - OTHER - vote.record.also_ok)


def _calibration_error(votes: Sequence[_Vote]) -> float:
    """Expected calibration error over all category scores: how far the score is from the share that is right."""
    score, right, weight = [0.0] * BINS, [0.0] * BINS, [0.0] * BINS
    for vote in votes:
        for category, value in vote.reading.categories.items():
            if category in vote.record.also_ok:
                continue
            index = min(BINS - 1, int(value * BINS))
            score[index] += value * vote.weight
            right[index] += (category in vote.record.categories) * vote.weight
            weight[index] += vote.weight
    return _round(sum(abs(s - r) for s, r in zip(score, right, strict=True)), sum(weight))


def _round(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0
