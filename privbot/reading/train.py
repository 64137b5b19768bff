"""`privbot train`: from the authored corpus to the saved pipeline, the same every time for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from spacy.language import Language
from spacy.training import Example
from spacy.util import load_config, load_model_from_config, minibatch
from thinc.api import SGD, fix_random_seed

from privbot.reading.corpus import Corpus, TaggedMail, TaggedSentence, read
from privbot.reading.model import CATEGORIES, KINDS_OF_OTHER, RIGHTS
from privbot.reading.pipeline import ASKS, KIND, LABELS, NAME, REQUEST, WHOLE
from privbot.resources import models

BATCH = 64
LEARN_RATE = 0.02
EPOCHS = 10
SEED = 1
TIMES = 3
"""How often an epoch shows a whole mail: there are fourteen sentences for each."""
NO_LESSONS = Corpus((), ())
Report = Callable[[str], None]


def train(
    corpus_root: Path,
    output: Path,
    *,
    seed: int = SEED,
    report: Report = print,
    version: str = "2",
    lessons: Corpus = NO_LESSONS,
) -> None:
    """Train on `corpus_root/train`, and on what operators taught, and save the pipeline to `output`. Takes minutes on two cores.

    Raises BrokenCorpus for a file that does not keep to the format, OSError when the output cannot be written.
    """
    corpus = read(corpus_root / "train")
    corpus = Corpus(corpus.sentences + lessons.sentences, corpus.mails + lessons.mails)
    nlp = fit(corpus, seed=seed, report=report)
    nlp.meta["name"], nlp.meta["version"] = NAME, version
    nlp.meta["description"] = "Which data protection right a sentence asks for, in thirteen languages."
    nlp.to_disk(output)
    report(f"saved {output}")


def fit(corpus: Corpus, *, seed: int = SEED, report: Report = print) -> Language:
    """Train a fresh pipeline on what was read."""
    fix_random_seed(seed)
    shuffled = random.Random(seed)  # noqa: S311  the order of examples is no secret
    nlp = load_model_from_config(load_config(models() / "config.cfg"), auto_fill=True)
    textcat = nlp.get_pipe("textcat_multilabel")
    for label in LABELS:
        textcat.add_label(label)  # type: ignore[attr-defined]
    examples = list(_examples(nlp, corpus))
    nlp.initialize(lambda: examples[:200])
    # Plain SGD: Adam gives a word seen once as large a step as a common one, and learnt the corpus by heart (F1 .49 against .63).
    optimizer = SGD(LEARN_RATE, L2=0.0, grad_clip=0.0)
    report(f"{len(corpus.sentences)} sentences, {len(corpus.mails)} mails")
    for epoch in range(EPOCHS):
        shuffled.shuffle(examples)
        losses: dict[str, float] = {}
        for batch in minibatch(examples, BATCH):  # type: ignore[no-untyped-call]
            nlp.update(batch, sgd=optimizer, losses=losses)
        report(f"epoch {epoch + 1} of {EPOCHS}: loss {losses['textcat_multilabel']:.2f}")
    return nlp


def _examples(nlp: Language, corpus: Corpus) -> Iterator[Example]:
    for sentence in corpus.sentences:
        yield Example.from_dict(nlp.make_doc(sentence.text), {"cats": _of_sentence(sentence)})
    for mail in corpus.mails * TIMES:
        yield Example.from_dict(nlp.make_doc(f"{mail.subject}\n{mail.body}"), {"cats": _of_mail(mail)})


def _of_sentence(sentence: TaggedSentence) -> dict[str, float]:
    asked: Sequence[str] = sentence.rights if sentence.act == "asks" else ()
    cats = {ASKS + right: float(right in asked) for right in RIGHTS}
    return {REQUEST: float(bool(asked)), **cats}


def _of_mail(mail: TaggedMail) -> dict[str, float]:
    """A whole mail teaches what it is as a whole; which right is asked for is learnt from its sentences."""
    categories = {WHOLE + category: float(category in mail.categories) for category in CATEGORIES}
    return {**categories, **{KIND + kind: float(kind == mail.kind) for kind in KINDS_OF_OTHER}}
