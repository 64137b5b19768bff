"""Learns how much each cue counts: from mails of the corpus, each read by a model that had not seen it.

The corpus is cut into blocks of mails that stand together in their author's file, so that no model weighs mails of a scenario it learnt from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from spacy.language import Language

from privbot.reading.aggregate import ASKABLE, DECIDED, GIVEN, calm_cues, cues_by_category, weighed
from privbot.reading.corpus import Corpus, TaggedMail
from privbot.reading.logistic import weigh
from privbot.reading.reader import Reader, Seen

FOLDS = 4
Fit = Callable[[Corpus], Language]


def learn(corpus: Corpus, fit: Fit) -> dict[str, dict[str, float]]:
    """The weights, as the pipeline's `meta.json` keeps them: {"asked": {cue: weight}, "quiet": {cue: weight}}."""
    cues: list[dict[str, dict[str, float]]] = []
    asks: list[bool] = []
    calm: list[Callable[[Mapping[str, float]], dict[str, float]]] = []
    is_other: list[bool] = []
    for mail, seen in _read_unseen(corpus, fit):
        if seen.opinion is None:
            continue  # in a language privbot does not read: decided by patterns alone, and always reviewed
        cues.append(cues_by_category(seen.findings, seen.opinion, seen.around))
        asks += [category in mail.categories for category in ASKABLE]
        calm.append(partial(calm_cues, findings=seen.leading, opinion=seen.opinion, around=seen.around))
        is_other.append(mail.categories == ("other",))
    asked = {**_weights([one[category] for one in cues for category in ASKABLE], asks, GIVEN), **GIVEN}
    scores = [{category: weighed(asked, one[category]) for category in ASKABLE} for one in cues]
    quiet = [index for index, score in enumerate(scores) if max(score.values()) < DECIDED]
    return {
        "asked": asked,
        "quiet": _weights([calm[index](scores[index]) for index in quiet], [is_other[index] for index in quiet], {}),
    }


def _weights(cues: Sequence[Mapping[str, float]], truths: Sequence[bool], given: Mapping[str, float]) -> dict[str, float]:
    names = [name for name in cues[0] if name not in given]
    learnt = weigh(
        np.array([[float(one[name]) for name in names] for one in cues]),
        np.array(truths),
        np.array([sum(weight * one[name] for name, weight in given.items()) for one in cues]),
    )
    return {name: round(weight, 3) for name, weight in zip(names, learnt, strict=True)}


def _read_unseen(corpus: Corpus, fit: Fit) -> Iterator[tuple[TaggedMail, Seen]]:
    """Every mail, looked at by a model that was fitted without its block."""
    fold_of = _folds(corpus.mails)
    for fold in range(FOLDS):
        known = tuple(mail for mail, its in zip(corpus.mails, fold_of, strict=True) if its != fold)
        reader = Reader(fit(replace(corpus, mails=known)))
        for mail, its in zip(corpus.mails, fold_of, strict=True):
            if its == fold:
                yield mail, reader.look(mail.subject, mail.body)


def _folds(mails: Sequence[TaggedMail]) -> list[int]:
    by_author: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, mail in enumerate(mails):
        by_author[mail.language, mail.author].append(index)
    folds = [0] * len(mails)
    for indices in by_author.values():
        for place, index in enumerate(indices):
            folds[index] = place * FOLDS // len(indices)
    return folds
