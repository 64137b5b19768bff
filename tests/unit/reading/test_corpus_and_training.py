"""The corpus format, and that what is learnt from it comes back the same."""

from pathlib import Path

import pytest

from privbot.reading import corpus, pipeline, tokenizer, train
from privbot.reading.evaluate import evaluate, evaluate_on, of_corpus
from privbot.reading.fold import fold
from privbot.reading.logistic import Table
from privbot.reading.reader import Reader
from privbot.resources import models

FILE = """# author: someone

[[asks erasure]]
please wipe my profile
get rid of my records

[[none]]
where is my parcel
the lamp is broken

=== access | rights: access | regime: gdpr
Subject: my file
From: Vera Quist <vera@quist.example>
hello,

[asks access] send me what you hold about me
[threatens] or I will complain

=== other | kind: support
Subject: Lamp
the lamp is broken again
"""

ASKS_ERASURE = "=== deletion | rights: erasure\n[asks erasure] get rid of my profile, please\n\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "train" / "en"
    folder.mkdir(parents=True)
    (folder / "someone.txt").write_text(FILE, encoding="utf-8")
    weigh = tmp_path / "weigh" / "en"
    weigh.mkdir(parents=True)
    (weigh / "another.txt").write_text((FILE[FILE.index("===") :] + ASKS_ERASURE) * 20, encoding="utf-8")
    return tmp_path


def test_blocks_are_read(root: Path) -> None:
    read = corpus.read(root / "train")
    first, second = read.mails
    assert (first.categories, first.rights, first.regime, first.subject) == (("access",), ("access",), "gdpr", "my file")
    assert first.body.splitlines()[2] == "send me what you hold about me"
    assert second.kind == "support"
    assert [sentence.act for sentence in read.sentences].count("asks") == 3


@pytest.mark.parametrize("broken", ["[[asks everything]]\nx", "=== refund\nx", "hello"])
def test_a_broken_file_is_named(root: Path, broken: str) -> None:
    (root / "train" / "en" / "someone.txt").write_text(broken, encoding="utf-8")
    with pytest.raises(corpus.BrokenCorpus, match=r"en/someone\.txt:1"):
        corpus.read(root / "train")


def test_training_is_the_same_for_the_same_corpus_and_loads_again(root: Path, tmp_path: Path) -> None:
    quiet = lambda line: None  # noqa: E731
    train.train(root, tmp_path / "one", report=quiet)
    train.train(root, tmp_path / "two", report=quiet)
    readers = [Reader(pipeline.load(tmp_path / name)) for name in ("one", "two")]
    readings = [reader.read_text("", "please wipe my profile") for reader in readers]
    assert readings[0] == readings[1]
    assert readings[0].decided == ("deletion",)


def test_without_mails_to_weigh_on_nothing_is_trained(root: Path, tmp_path: Path) -> None:
    (root / "weigh" / "en" / "another.txt").unlink()
    with pytest.raises(corpus.BrokenCorpus, match="weigh"):
        train.train(root, tmp_path / "one", report=lambda line: None)


def test_figures_count_silent_misses(root: Path) -> None:
    figures = evaluate(Reader(None), of_corpus(corpus.read(root / "train").mails))
    assert figures["all"]["weight"] == 2
    assert figures["silent_misses"] == []


TEXTS = (
    "Please wipe my profile!",
    "Bitte löschen Sie meine Daten, Kundennummer 4711.",
    "個人情報の開示を請求します。",
    "",
    "§ 17 DSGVO – 100 %",
)


def test_the_table_says_what_the_saved_pipeline_says() -> None:
    nlp = pipeline.load(models() / pipeline.NAME)
    textcat = nlp.get_pipe("textcat_multilabel")
    scores = Table(textcat.model).scores([tokenizer.stems_of_folded(fold(text).text) for text in TEXTS])
    for text, row in zip(TEXTS, scores, strict=True):
        cats = nlp(text).cats
        assert [cats[label] for label in textcat.labels] == pytest.approx(list(row), abs=1e-4)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("①写しを", ["0", "写", "し", "を"]),  # a number in a circle is no digit to regular expressions
        ("LINEの履歴", ["line", "の", "履", "歴"]),  # Latin before Japanese
    ],
)
def test_a_word_ends_where_japanese_begins(text: str, words: list[str]) -> None:
    assert tokenizer.stems(text)[: len(words)] == words


def test_reading_does_not_fill_the_vocabulary(reader: Reader) -> None:
    nlp = pipeline.load(models() / pipeline.NAME)
    another = Reader(nlp)
    before = len(nlp.vocab.strings)
    another.read_text("", "Please delete the quizzaciously flumadiddled account of mine.")
    assert len(nlp.vocab.strings) == before


def test_evaluation_on_a_file_keeps_the_figures_of_the_own_test(root: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text('{"id": "1", "subject": "", "body": "please wipe my profile", "category": ["deletion"]}\n', encoding="utf-8")
    kept = (models() / "metrics.json").read_bytes()
    assert evaluate_on(Reader(None), corpus=root, gold=gold)["all"]["weight"] == 1
    assert (models() / "metrics.json").read_bytes() == kept


def test_what_a_clerk_notes_of_the_requester_is_counted(root: Path) -> None:
    (root / "test" / "en").mkdir(parents=True)
    (root / "test" / "en" / "clerk.txt").write_text(
        "=== access | rights: access\nSubject: hello\nFrom: Mel Ortega <mel@ortega.example>\nName: Mel Ortega\nPhone: 020 7946 0958\n"
        "[asks access] Please send me a copy of my data.\nYou reach me at 020 7946 0958.\nRegards\nMel Ortega\n\n"
        "=== other | kind: support\nFrom: Jo <jo@ortega.example>\nAddress: 1 Gannet Row, Whitby YO21 1AA\nWhere is my parcel?\n",
        encoding="utf-8",
    )
    details = evaluate(Reader(None), of_corpus(corpus.read(root / "test").mails))["details"]
    assert details["name"]["f1"] == details["phone"]["f1"] == 1.0
    assert details["address"]["recall"] == 0.0
    assert details["wrong_person"] == []
