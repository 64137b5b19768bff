"""Learns how much each cue counts: from mails that the model has not seen, above all those that the authors of the patterns have not either.

On mails they learnt from, both look better than they are, and would be believed too readily.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from privbot.reading.aggregate import ASKABLE, DECIDED, GIVEN, calm_cues, cues_by_category, loudest, weighed
from privbot.reading.corpus import BrokenCorpus, TaggedMail
from privbot.reading.logistic import weigh
from privbot.reading.reader import Reader


def learn(reader: Reader, mails: Iterable[TaggedMail]) -> dict[str, dict[str, float]]:
    """The weights, as the pipeline's `meta.json` keeps them: {"asked": {cue: weight}, "quiet": {cue: weight}}.

    Raises BrokenCorpus when there is nothing to weigh on.
    """
    looked = [(mail, reader.look(mail.subject, mail.body)) for mail in mails]
    # Without an opinion – a language privbot does not read – the patterns decide alone, and a person always looks.
    read = [(mail, seen, seen.opinion) for mail, seen in looked if seen.opinion]
    if not read:
        raise BrokenCorpus("The corpus's folders weigh and tune hold no mail to weigh the cues on.")
    cues = [cues_by_category(seen.findings, opinion, seen.around) for _, seen, opinion in read]
    asks = [category in mail.categories for mail, _, _ in read for category in ASKABLE]
    asked = {**_weights([one[category] for one in cues for category in ASKABLE], asks, GIVEN), **GIVEN}
    scores = [{category: weighed(asked, one[category]) for category in ASKABLE} for one in cues]
    quiet = [
        (calm_cues(score, loudest(seen.findings, seen.around), opinion, seen.around), mail.categories == ("other",))
        for (mail, seen, opinion), score in zip(read, scores, strict=True)
        if max(score.values()) < DECIDED
    ]
    return {"asked": asked, "quiet": _weights([one for one, _ in quiet], [is_other for _, is_other in quiet], {})}


def _weights(cues: Sequence[Mapping[str, float]], truths: Sequence[bool], given: Mapping[str, float]) -> dict[str, float]:
    if not cues:
        return {}
    names = [name for name in cues[0] if name not in given]
    learnt = weigh(
        np.array([[float(one[name]) for name in names] for one in cues]),
        np.array(truths),
        np.array([sum(weight * one[name] for name, weight in given.items()) for one in cues]),
    )
    return {name: round(weight, 3) for name, weight in zip(names, learnt, strict=True)}
