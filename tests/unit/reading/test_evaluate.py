"""What evaluation counts, and what it makes of it: calibration, coverage, the tables and the pictures of the model card."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from privbot.errors import WrongUse
from privbot.reading import calibration, model_card, plots
from privbot.reading.calibration import Decision
from privbot.reading.evaluate import Record, evaluate, evaluate_on
from privbot.reading.reader import Reader

READER = Reader(None)


def record(id: str, body: str, *categories: str, group: str = "", kind: str = "", language: str = "en") -> Record:
    rights = frozenset({"deletion": "erasure", "access": "access"}.get(one, "") for one in categories) - {""}
    return Record(
        id, group or id, language, "", body, "", "", frozenset(categories), frozenset(), rights, kind, None
    )  # fmt: skip


RECORDS = (
    record("asked", "Please delete my account and all my data.", "deletion"),
    record("also asked", "Please send me a copy of my data.", "access"),
    # two variants of one template share one vote
    record("variant 1", "Are you open on Sunday?", "other", group="opening hours", kind="support"),
    record("variant 2", "Are you open on Monday?", "other", group="opening hours", kind="support"),
    # labelled a request, and nothing in it says so
    record("missed", "Where is my parcel? It left on Tuesday.", "deletion"),
)


def test_variants_of_one_template_share_a_vote_and_stand_together():
    figures = evaluate(READER, RECORDS)
    assert figures["all"]["weight"] == 4
    assert figures["templates"]["opening hours"]["mails"] == 2


def test_where_every_mail_is_its_own_template_none_are_grouped():
    assert evaluate(READER, RECORDS[:2])["templates"] == {}


def test_what_was_missed_is_confused_with_what_was_found_instead_or_with_nothing():
    both = record("both", "Please send me a copy of my data.", "access", "complaint")
    assert evaluate(READER, [RECORDS[-1], both])["confusion"] == {"deletion → other": 1.0, "complaint → nothing": 1.0}


def test_a_request_filed_as_other_counts_against_the_kind_it_was_taken_for():
    kinds = evaluate(READER, RECORDS)["kinds"]
    assert sum(one["wrong"] for one in kinds.values()) >= 1
    assert "support" in kinds


def test_ordinary_mail_without_a_noted_kind_says_nothing_of_kinds():
    assert evaluate(READER, [record("1", "Are you open on Sunday?", "other")])["kinds"] == {}


# -- calibration ------------------------------------------------------------------------------------------------------------


def test_scores_that_mean_what_they_say_have_no_calibration_error():
    honest = [(0.75, index < 3, 1.0) for index in range(4)]
    assert calibration.expected_calibration_error(calibration.reliability(honest)) == 0


def test_the_calibration_error_is_how_far_scores_are_from_the_share_that_is_right():
    # all sure, half of them right
    assert calibration.expected_calibration_error(calibration.reliability([(1.0, True, 1.0), (1.0, False, 1.0)])) == 0.5
    assert calibration.expected_calibration_error([]) == 0


def test_each_bin_tells_its_mean_score_its_share_right_and_its_weight():
    [low, high] = calibration.reliability([(0.04, False, 1.0), (0.9, True, 0.5), (1.0, False, 0.5)])
    assert (low.low, low.high, low.right) == (0.0, 0.1, 0.0)
    assert (high.low, high.score, high.right, high.weight) == (0.9, 0.95, 0.5, 1.0)


@pytest.mark.parametrize(
    ("decisions", "share"),
    [
        # (certainty, right, alone): the surest two of four are right, the third is not
        ([(0.9, True, True), (0.8, True, True), (0.7, False, True), (0.6, True, True)], 0.5),
        # a mistake among the surest: nothing is covered
        ([(0.9, False, True), (0.8, True, True)], 0.0),
        # what a person sees is not covered, however sure
        ([(0.9, True, True), (0.99, True, False)], 0.5),
        # no threshold tells equal certainties apart: the mistake takes its neighbour along
        ([(0.9, True, True), (0.8, True, True), (0.8, False, True)], 1 / 3),
        ([], 0.0),
    ],
)
def test_coverage_is_the_largest_share_decided_alone_at_the_wanted_precision(decisions, share):
    assert calibration.coverage(Decision(*one, weight=1.0) for one in decisions).share == pytest.approx(share)


def test_the_curve_ends_with_all_mails():
    covered = calibration.coverage(Decision(index / 1000, index % 3 > 0, index > 400, 1.0) for index in range(1000))
    assert covered.curve[-1][0] == 1.0
    assert len(covered.curve) <= 2 * calibration.POINTS


# -- the model card ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "README.md").write_text(
        f"# Card\n\nby hand\n\n{model_card.BEGIN}\nold\n{model_card.END}\n\nbelow\n", encoding="utf-8"
    )
    corpus = tmp_path / "corpus" / "test" / "en"
    corpus.mkdir(parents=True)
    (corpus / "hand.txt").write_text(
        "=== deletion | rights: erasure\n[asks erasure] Please delete my account.\n\n=== other | kind: support\nWhere is my parcel?\n",
        encoding="utf-8",
    )
    return tmp_path


def test_evaluation_writes_figures_tables_and_pictures_and_leaves_the_rest_of_the_card(folder: Path):
    figures = evaluate_on(READER, corpus=folder / "corpus", gold=None, folder=folder)
    card = (folder / "README.md").read_text()
    assert json.loads((folder / "metrics.json").read_text()) == json.loads(json.dumps(figures))
    assert card.startswith("# Card\n\nby hand\n\n") and card.endswith("\n\nbelow\n")
    assert "\nold\n" not in card and "| deletion | 1 | 1.000 | 1.000 | 1.000 |" in card
    for name in model_card.PICTURES:
        assert f"(figures/{name})" in card
        assert (folder / "figures" / name).exists()


def test_writing_the_card_twice_changes_nothing(folder: Path):
    evaluate_on(READER, corpus=folder / "corpus", gold=None, folder=folder)
    first = (folder / "README.md").read_text()
    evaluate_on(READER, corpus=folder / "corpus", gold=None, folder=folder)
    assert (folder / "README.md").read_text() == first


def test_a_card_without_markers_is_refused_before_anything_is_written(folder: Path):
    (folder / "README.md").write_text("# Card\n")
    with pytest.raises(model_card.CardWithoutMarkers, match="figures:begin"):
        evaluate_on(READER, corpus=folder / "corpus", gold=None, folder=folder)
    assert not (folder / "metrics.json").exists()


def test_a_corpus_without_test_mails_is_refused_before_anything_is_written(folder: Path):
    """As in an installed privbot, which ships without the own test."""
    with pytest.raises(WrongUse, match="--gold"):
        evaluate_on(READER, corpus=folder, gold=None, folder=folder)
    assert not (folder / "metrics.json").exists()


def test_the_card_names_silent_misses_and_templates_that_fail():
    shown = model_card.markdown(
        evaluate(READER, [*RECORDS, record("variant", "Delete me never", "access", group="opening hours")])
    )
    assert "| opening hours | 3 |" in shown
    assert "**Silent misses**: `missed`" in shown


def test_pictures_are_well_formed_and_readable_in_light_and_dark():
    for picture in plots.pictures(evaluate(READER, RECORDS)).values():
        ElementTree.fromstring(picture)
        assert "prefers-color-scheme: dark" in picture


def test_the_picture_of_the_confusion_shades_by_the_share_of_each_row():
    picture = plots.confusion({"access": {"support": 4, "hits": 3}, "other": {"support": 1, "hits": 1}}, {"access → other": 1.0})
    assert "<title>access → other: 1</title>" in picture and "<title>access → access: 3</title>" in picture


def test_the_shipped_card_has_its_markers():
    from privbot.resources import models

    card = (models() / "README.md").read_text(encoding="utf-8")
    assert card.index(model_card.BEGIN) < card.index(model_card.END)
