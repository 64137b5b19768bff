"""`privbot evaluate`: how well a reader reads, in figures – on mails of the corpus or on any file of labelled records.

One vote per group (the variants of one template share it). Arguable records are left out. A *silent miss* is a request decided `other`
without review: the mail the law would punish. On the corpus's own test, the figures and the pictures of the model card are kept too.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from privbot.errors import WrongUse
from privbot.reading import calibration, model_card, plots
from privbot.reading.corpus import TaggedMail, read
from privbot.reading.evaluate_details import DetailCounts
from privbot.reading.model import CATEGORIES, KINDS_OF_OTHER, RIGHTS, Reading
from privbot.reading.reader import Reader
from privbot.resources import models

METRICS, CARD, PICTURES = "metrics.json", "README.md", "figures"
OTHER = frozenset({"other"})
NOTHING = "nothing"
"""What was found in the place of a missed category, where no other was."""


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
    kind: str
    """The kind of other; empty where nobody noted it."""
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
            kind=mail.kind,
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
        kind=row.get("kind") or "",
        details={name: (value,) for name, value in details.items() if value},
    )


def evaluate_on(reader: Reader, *, corpus: Path, gold: Path | None, folder: Path | None = None) -> dict[str, Any]:
    """The figures on a file of labelled records; without one, on the corpus's own test, which are kept in the models' `folder`.

    Raises OSError, json.JSONDecodeError for a broken file, BrokenCorpus for a broken corpus, WrongUse for none, CardWithoutMarkers.
    """
    if gold is not None:
        return evaluate(reader, of_jsonl(gold))
    mails = read(corpus / "test").mails
    if not mails:
        raise WrongUse(f"There are no test mails in {corpus}; name a corpus with --corpus, or a file of letters with --gold.")
    figures = evaluate(reader, of_corpus(mails))
    keep(figures, folder or models())
    return figures


def keep(figures: dict[str, Any], folder: Path) -> None:
    """Write metrics.json, the tables of the card and its pictures. Raises OSError, CardWithoutMarkers."""
    card = model_card.with_figures((folder / CARD).read_text(encoding="utf-8"), figures)
    (folder / METRICS).write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / CARD).write_text(card, encoding="utf-8")
    (folder / PICTURES).mkdir(exist_ok=True)
    for name, picture in plots.pictures(figures).items():
        (folder / PICTURES / name).write_text(picture, encoding="utf-8")


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
        "kinds": _kinds(votes),
        "confusion": _confusion(votes),
        "reliability": [
            {name: round(value, 4) for name, value in asdict(one).items()} for one in calibration.reliability(_scores(votes))
        ],
        "coverage": _coverage(votes),
        "silent_misses": [vote.record.id for vote in votes if _is_silent_miss(vote)],
        "ordinary_taken_for_request": [vote.record.id for vote in votes if _is_false_request(vote) and not vote.reading.review],
        "details": _details(reader, votes),
        "review_codes": dict(Counter(code for vote in votes for code in vote.reading.review_codes).most_common()),
        "templates": _templates(votes) if any(size > 1 for size in sizes.values()) else {},
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
        "coverage_at_99": _coverage(votes)["share"],
        "ece": round(calibration.expected_calibration_error(calibration.reliability(_scores(votes))), 4),
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
    """ "access → complaint": missed the one, found the other instead, or nothing."""
    pairs: dict[str, float] = defaultdict(float)
    for vote in votes:
        for missed in vote.record.categories - vote.decided:
            for found in vote.decided - vote.record.categories - vote.record.also_ok or {NOTHING}:
                pairs[f"{missed} → {found}"] += vote.weight
    return {pair: round(weight, 2) for pair, weight in sorted(pairs.items(), key=lambda item: -item[1])}


def _is_silent_miss(vote: _Vote) -> bool:
    return vote.record.categories != OTHER and vote.decided <= OTHER and not vote.reading.review


def _is_false_request(vote: _Vote) -> bool:
    return vote.record.categories == OTHER and bool(vote.decided - OTHER - vote.record.also_ok)


def _kinds(votes: Sequence[_Vote]) -> dict[str, dict[str, float]]:
    """Precision and recall of the kinds of other. Ordinary mail of which nobody noted the kind is left out."""
    rows = [
        (
            frozenset({vote.record.kind} - {""}),
            frozenset({vote.reading.kind} if vote.decided == OTHER and vote.reading.kind else ()),
            frozenset[str](),
            vote.weight,
        )
        for vote in votes
        if vote.record.kind or vote.record.categories != OTHER
    ]
    return _per_label(rows, KINDS_OF_OTHER) if any(wanted for wanted, *_ in rows) else {}


def _scores(votes: Iterable[_Vote]) -> Iterator[tuple[float, bool, float]]:
    """Every category's score, and whether it was right."""
    for vote in votes:
        for category, score in vote.reading.categories.items():
            if category not in vote.record.also_ok:
                yield score, category in vote.record.categories, vote.weight


def _coverage(votes: Iterable[_Vote]) -> dict[str, Any]:
    covered = calibration.coverage(
        calibration.Decision(
            min(max(score, 1 - score) for score in vote.reading.categories.values()),
            vote.right,
            not vote.reading.review,
            vote.weight,
        )
        for vote in votes
    )
    return {
        "share": round(covered.share, 4),
        "precision": round(covered.precision, 4),
        "certainty": round(covered.certainty, 4),
        "curve": [[round(share, 4), round(precision, 4)] for share, precision in covered.curve],
    }


def _templates(votes: Iterable[_Vote]) -> dict[str, dict[str, float]]:
    """Template → its mails, and the shares of them that were read right, went to review, and were silently missed."""
    groups: dict[str, list[_Vote]] = defaultdict(list)
    for vote in votes:
        groups[vote.record.group].append(vote)
    return {
        name: {
            "mails": len(group),
            "right": _round(sum(vote.right for vote in group), len(group)),
            "review": _round(sum(vote.reading.review for vote in group), len(group)),
            "silent_misses": sum(map(_is_silent_miss, group)),
        }
        for name, group in sorted(groups.items())
    }


def _round(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0
