"""`privbot train`: from the authored corpus to the saved pipeline, the same every time for the same corpus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from spacy.language import Language
from spacy.training import Example
from spacy.util import load_config, load_model_from_config

from privbot.reading import logistic, weighing
from privbot.reading.corpus import Corpus, TaggedMail, TaggedSentence, read
from privbot.reading.model import RIGHTS
from privbot.reading.pipeline import ASKS, KIND, LABELS, NAME, REQUEST, WHOLE
from privbot.reading.reader import Reader
from privbot.reading.tokenizer import stems
from privbot.resources import models

OF_SENTENCES = LABELS[: 1 + len(RIGHTS)]
OF_MAILS = LABELS[1 + len(RIGHTS) :]
SENTENCE_STRENGTH, SENTENCE_MISSED = 2.0, 3.0
"""Each right is asked for in one sentence of fifty: a missed one counts more than a false one."""
MAIL_STRENGTH = 5.0
UNSEEN_COUNTS = 4
"""How often a mail of `corpus/weigh` counts beside one of `corpus/tune`, which the patterns' authors read: chosen on the development letters."""
NO_LESSONS = Corpus((), ())
Report = Callable[[str], None]


def train(corpus_root: Path, output: Path, *, report: Report = print, version: str = "3", lessons: Corpus = NO_LESSONS) -> None:
    """Train on `corpus_root/train` (and on what operators taught), weigh on `corpus_root/weigh` and `tune`, and save the pipeline to `output`.

    Raises BrokenCorpus for a file that does not keep to the format, OSError when the output cannot be written.
    """
    corpus = read(corpus_root / "train")
    corpus = Corpus(corpus.loose + lessons.loose, corpus.mails + lessons.mails)
    report(f"{len(corpus.sentences)} sentences, {len(corpus.mails)} mails")
    nlp = fit(corpus)
    report("weighing the cues")
    unseen, tune = read(corpus_root / "weigh").mails, read(corpus_root / "tune").mails
    nlp.meta["weights"] = weighing.learn(Reader(nlp), [*unseen * UNSEEN_COUNTS, *tune])
    nlp.meta["name"], nlp.meta["version"] = NAME, version
    nlp.meta["description"] = "Which data protection right a sentence asks for, in thirteen languages."
    nlp.to_disk(output)
    report(f"saved {output}")


def fit(corpus: Corpus) -> Language:
    """A pipeline whose table is learnt from what was read: from sentences what is asked for, from mails what they are as a whole."""
    nlp = load_model_from_config(load_config(models() / "config.cfg"), auto_fill=True)
    textcat = nlp.get_pipe("textcat_multilabel")
    for label in LABELS:
        textcat.add_label(label)  # type: ignore[attr-defined]
    shape = Example.from_dict(nlp.make_doc("shape"), {"cats": dict.fromkeys(LABELS, 0.0)})
    nlp.initialize(lambda: [shape])
    table = textcat.model  # type: ignore[attr-defined]
    for labels, texts, truths, strength, missed in (
        (OF_SENTENCES, [one.text for one in corpus.sentences], list(map(_of_sentence, corpus.sentences)), SENTENCE_STRENGTH, SENTENCE_MISSED),
        (OF_MAILS, [f"{one.subject}\n{one.body}" for one in corpus.mails], list(map(_of_mail, corpus.mails)), MAIL_STRENGTH, 1.0),
    ):  # fmt: skip
        weights = logistic.fit(list(map(stems, texts)), np.array(truths), table.get_dim("nI"), strength=strength, missed=missed)
        logistic.put(table, [LABELS.index(label) for label in labels], *weights)
    return nlp


def _of_sentence(sentence: TaggedSentence) -> list[bool]:
    asked: Sequence[str] = sentence.rights if sentence.act == "asks" else ()
    return [bool(asked) if label == REQUEST else label.removeprefix(ASKS) in asked for label in OF_SENTENCES]


def _of_mail(mail: TaggedMail) -> list[bool]:
    """A whole mail teaches what it is as a whole; which right is asked for is learnt from its sentences."""
    true = {*(WHOLE + category for category in mail.categories), KIND + mail.kind}
    return [label in true for label in OF_MAILS]
