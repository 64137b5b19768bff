"""The model: one spaCy pipeline that says of every sentence which right it asks for, and of the mail whether it is a request at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import spacy
from spacy.language import Language

from privbot.reading import logistic, tokenizer
from privbot.reading.aggregate import Opinion
from privbot.reading.model import CATEGORIES, KINDS_OF_OTHER, RIGHTS
from privbot.reading.sentences import Sentence

NAME = "privbot-reader"
REQUEST = "request"
ASKS = "asks:"
WHOLE = "mail:"
KIND = "kind:"
LABELS = (
    REQUEST,
    *(ASKS + right for right in RIGHTS),
    *(WHOLE + category for category in CATEGORIES),
    *(KIND + kind for kind in KINDS_OF_OTHER),
)
"""What is said of a sentence (a request at all, and for which right), and of a mail (what it is, and what kind of other)."""
MANY = 80
"""Sentences the model is asked about; in longer mails the head and the tail."""


def load(folder: Path) -> Language:
    """The trained pipeline from its folder. Raises OSError when there is none."""
    return spacy.load(folder)


class SecondOpinion:
    """What the trained pipeline says of mails, asked of its weights directly: a Doc for each sentence would take most of the time."""

    def __init__(self, nlp: Language) -> None:
        textcat = nlp.get_pipe("textcat_multilabel")
        self._column = {label: column for column, label in enumerate(textcat.labels)}  # type: ignore[attr-defined]
        self._table = logistic.Table(textcat.model)  # type: ignore[attr-defined]
        self._rights = [self._column[ASKS + right] for right in RIGHTS]

    def of(self, text: str, sentences: Sequence[Sentence]) -> Opinion:
        """The opinion on one folded mail."""
        chosen = list(range(len(sentences)))
        if len(chosen) > MANY:
            chosen = chosen[: MANY * 3 // 4] + chosen[-MANY // 4 :]
        words = [tokenizer.stems_of_folded(sentences[index].text) for index in chosen]
        whole, *_ = scores = self._table.scores([tokenizer.stems_of_folded(text), *words])
        each = scores[1:]
        best = each.argmax(axis=0)
        return Opinion(
            rights={
                right: (float(each[best[column], column]), chosen[best[column]])
                for right, column in zip(RIGHTS, self._rights, strict=True)
            },
            request=float(each[:, self._column[REQUEST]].max()),
            whole={category: float(whole[self._column[WHOLE + category]]) for category in CATEGORIES},
            kinds={kind: float(whole[self._column[KIND + kind]]) for kind in KINDS_OF_OTHER},
        )
