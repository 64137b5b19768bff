"""The reading pipeline beside what a user would do instead – TF-IDF with logistic regression, and a keyword rule – on the corpus's own test.

Trained on the same corpus, measured on mails by authors whom none of them learnt from.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from privbot.reading.corpus import TaggedMail, read
from privbot.reading.evaluate import evaluate, of_corpus
from privbot.reading.model import CATEGORIES, Reading
from privbot.reading.reader import Reader

CORPUS = Path("models/corpus")
KEYWORDS = re.compile(r"delete|remove|erase|forget", re.IGNORECASE)
Decide = Callable[[str, str], Sequence[str]]


class Instead:
    """Reads like a Reader, deciding by something else, always without review."""

    version = "instead"

    def __init__(self, reader: Reader, decide: Decide) -> None:
        self._blank = reader.read_text("", "")
        self._decide = decide

    def read_text(self, subject: str, body: str, *_: object, **__: object) -> Reading:
        decided = tuple(self._decide(subject, body)) or ("other",)
        scores = {category: float(category in decided) for category in CATEGORIES}
        return replace(self._blank, decided=decided, categories=scores, review=False, rights={}, decided_rights=())


def keyword_rule(subject: str, body: str) -> Sequence[str]:
    """delete/remove/erase/forget → deletion, else access."""
    return ("deletion",) if KEYWORDS.search(f"{subject}\n{body}") else ("access",)


def tf_idf(mails: Sequence[TaggedMail]) -> Decide:
    """Characters n-grams and one logistic regression a category, on whole mails."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2, max_features=200_000),
        OneVsRestClassifier(LogisticRegression(C=10, class_weight="balanced", max_iter=1000)),
    )
    model.fit([f"{one.subject}\n{one.body}" for one in mails], [[int(c in one.categories) for c in CATEGORIES] for one in mails])

    def decide(subject: str, body: str) -> Sequence[str]:
        [row] = model.predict([f"{subject}\n{body}"])
        found = [category for category, is_so in zip(CATEGORIES, row, strict=True) if is_so]
        return [one for one in found if one != "other"] or ["other"]

    return decide


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=("tune", "test"), default="test")
    options = parser.parse_args()
    reader = Reader.load()
    train, test = read(CORPUS / "train").mails, of_corpus(read(CORPUS / options.split).mails)
    rows: dict[str, object] = {}
    for name, one in (
        ("privbot", reader),
        ("TF-IDF + LR", Instead(reader, tf_idf(train))),
        ("keyword rule", Instead(reader, keyword_rule)),
    ):
        figures = evaluate(one, test)  # type: ignore[arg-type]
        rows[name] = {key: value for key, value in figures["all"].items() if key != "categories"}
    print(json.dumps({"mails": len(test), "rows": rows, "cost": cost(reader)}, indent=1))


def cost(reader: Reader) -> dict[str, float]:
    """Processor milliseconds of `read` for a 3 KB mail and for 50 KB of text, and resident megabytes."""
    mails = [one for one in read(CORPUS / "train").mails if one.language in ("en", "ja", "de")]
    texts = ["\n".join(one.body for one in mails[start : start + 12])[:3000] for start in range(0, 360, 12)]
    spent = {}
    for name, samples in (("3 KB", texts), ("50 KB", ["\n".join(texts)[:50_000]])):
        for text in samples[:3]:
            reader.read_text("my data", text, "Mel Ortega", "mel@ortega.example")
        begun = time.process_time()
        for text in samples:
            reader.read_text("my data", text, "Mel Ortega", "mel@ortega.example")
        spent[f"ms per {name}"] = round(1000 * (time.process_time() - begun) / len(samples), 2)
    return spent | {"resident MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)}


if __name__ == "__main__":
    main()
