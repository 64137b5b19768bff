"""What is learnt from operators, and what waits: also when one of them means ill."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from privbot.reading import corpus, lessons
from privbot.reading.decisions import Correction, Meaning
from privbot.reading.lessons import State
from privbot.reading.masking import Line, Masked

ERASURE, ACCESS, SPAM = Meaning(("deletion",), ("erasure",)), Meaning(("access",), ("access",)), Meaning(("other",), kind="spam")
SUPPORT = Meaning(("other",), kind="support")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def text(seed: int) -> str:
    """Thirty words that no other seed has in the same order."""
    chance = random.Random(seed)
    return " ".join("".join(chance.choices(LETTERS, k=6)) for _ in range(30))


def correction(
    number: int, actor: str, decided: Meaning, *, read: Meaning = SUPPORT, certainty: float = 0.7, body: str | None = None
) -> Correction:
    words = Masked(Line("hello"), (Line(body if body is not None else f"{number} {text(number)}"),))
    at = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=number)
    return Correction(number, number, actor, at, "privbot-reader-2", "en", read, certainty, decided, words)


def states(*corrections: Correction) -> list[str]:
    return [one.state.value for one in lessons.judge(corrections)]


def test_a_decision_on_an_unsure_reading_is_learnt():
    assert states(correction(1, "ada", ERASURE)) == ["learnt"]


def test_a_confirmed_reading_is_learnt_too():
    one = correction(1, "ada", ERASURE, read=ERASURE, certainty=0.99)
    assert one.agrees and states(one) == ["learnt"]


def test_rights_in_another_order_agree():
    one, other = Meaning(("access", "deletion"), ("access", "erasure")), Meaning(("deletion", "access"), ("erasure", "access"))
    assert correction(1, "ada", one, read=other).agrees


def test_every_fifth_lesson_is_held_out():
    assert states(*(correction(number, "ada", ERASURE) for number in range(1, 11))).count("held-out") == 2


# -- contradictions -------------------------------------------------------------------------------------------------------


def test_operators_who_contradict_each_other_on_one_text_teach_nothing():
    body = text(3)
    assert states(correction(1, "ada", ERASURE, body=body), correction(2, "bo", SPAM, body=body)) == ["contradicted"] * 2


def test_a_near_same_text_is_the_same_text():
    body = text(3)
    assert (
        states(correction(1, "ada", ERASURE, body=body), correction(2, "bo", SPAM, body=f"{body} thanks")) == ["contradicted"] * 2
    )


def test_another_text_is_another_text():
    assert states(correction(1, "ada", ERASURE), correction(2, "bo", SPAM)) == ["learnt", "learnt"]


def test_a_second_operator_who_says_the_same_settles_it():
    body = text(3)
    found = states(
        correction(1, "ada", ERASURE, body=body), correction(2, "bo", SPAM, body=body), correction(3, "cy", ERASURE, body=body)
    )
    assert found == ["learnt", "contradicted", "repeated"]


def test_two_against_two_settle_nothing():
    body = text(3)
    decided = [("ada", ERASURE), ("bo", ERASURE), ("cy", SPAM), ("dee", SPAM)]
    assert states(*(correction(n, who, what, body=body) for n, (who, what) in enumerate(decided, 1))) == ["contradicted"] * 4


def test_an_operator_may_change_their_mind():
    body = text(3)
    assert states(correction(1, "ada", SPAM, body=body), correction(2, "ada", ERASURE, body=body)) == ["contradicted", "learnt"]


def test_saying_it_twice_does_not_make_two_operators():
    body = text(3)
    twice = [correction(1, "mal", SPAM, body=body), correction(2, "mal", SPAM, body=body)]
    assert states(*twice, correction(3, "ada", ERASURE, body=body)) == ["contradicted"] * 3


# -- one operator against a near-certain reading -----------------------------------------------------------------------------


def test_one_operator_alone_does_not_overrule_a_near_certain_reading():
    assert states(correction(1, "ada", SPAM, read=ERASURE, certainty=0.97)) == ["against-certainty"]


def test_another_kind_of_other_is_a_detail_that_one_operator_may_correct():
    assert states(correction(1, "ada", SPAM, read=SUPPORT, certainty=0.99)) == ["learnt"]


def test_two_operators_do():
    body = text(3)
    both = [correction(number, who, SPAM, read=ERASURE, certainty=0.97, body=body) for number, who in ((1, "ada"), (2, "bo"))]
    assert states(*both) == ["learnt", "repeated"]


# -- a malicious operator -----------------------------------------------------------------------------------------------------


def honest(count: int) -> list[Correction]:
    return [correction(number, ("ada", "bo", "cy", "dee")[number % 4], ERASURE) for number in range(1, count + 1)]


def test_who_calls_every_clear_request_spam_teaches_nothing():
    ill = [correction(number, "mal", SPAM, read=ERASURE, certainty=0.99) for number in range(101, 201)]
    judged = lessons.judge([*honest(20), *ill])
    assert not [one for one in lessons.in_state(judged, State.LEARNT, State.HELD_OUT) if one.actor == "mal"]
    assert len(lessons.in_state(judged, *lessons.DISAGREEMENTS)) == 100


def test_who_floods_with_unsure_mails_supplies_no_more_than_a_third():
    ill = [correction(number, "mal", SPAM) for number in range(101, 301)]
    learnt = lessons.in_state(lessons.judge([*honest(20), *ill]), State.LEARNT, State.HELD_OUT)
    share = sum(one.actor == "mal" for one in learnt) / len(learnt)
    assert 0 < share <= 1 / 3
    assert sum(one.actor != "mal" for one in learnt) == 20  # and takes nothing from the others


def test_who_repeats_one_text_teaches_it_once():
    ill = [correction(number, "mal", SPAM, body=f"{text(5)} {number}") for number in range(101, 151)]
    assert states(*ill).count("repeated") == 49


def test_who_contradicts_lessons_silences_only_them_and_is_listed():
    known = honest(20)
    ill = [correction(100 + one.number, "mal", SPAM, body=one.text.body[0].text) for one in known[:5]]
    judged = lessons.judge([*known, *ill])
    assert len(lessons.in_state(judged, State.CONTRADICTED)) == 10
    assert len(lessons.in_state(judged, State.LEARNT, State.HELD_OUT)) == 15


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcdef"), st.sampled_from([ERASURE, ACCESS, SPAM]), st.integers(0, 12), st.sampled_from([0.6, 0.99])
        ),
        max_size=40,
    )
)
def test_whatever_is_decided_each_correction_has_one_state_and_no_operator_too_large_a_share(told):
    made = [correction(n, who, what, certainty=sure, body=text(seed)) for n, (who, what, seed, sure) in enumerate(told, 1)]
    judged = lessons.judge(made)
    assert [one.correction for one in judged] == made
    assert lessons.judge(reversed(made)) == judged
    learnt = lessons.in_state(judged, State.LEARNT, State.HELD_OUT)
    if len({one.actor for one in made}) >= lessons.OPERATORS:
        for who in {one.actor for one in learnt}:
            alone = [one for one in learnt if one.actor == who and not supported(one, made)]
            assert len(alone) <= len(learnt) / 3


def supported(one: Correction, others: list[Correction]) -> bool:
    return any(one.actor != two.actor and one.text == two.text and one.decided == two.decided for two in others)


def test_a_thousand_corrections_of_one_form_letter_are_judged_in_time():
    made = [correction(number, f"op{number % 7}", ERASURE, body=f"{text(number % 40)} {text(99)}") for number in range(1, 1001)]
    assert len(lessons.judge(made)) == 1000


# -- as a corpus ------------------------------------------------------------------------------------------------------------


REQUEST = Masked(
    Line("my data"), (Line("Hello,"), Line("please delete my account.", ("erasure",)), Line("and a copy", ("access",)), Line(""))
)


def with_text(decided: Meaning, words: Masked) -> Correction:
    made = correction(1, "ada", decided)
    return Correction(*(words if name == "text" else getattr(made, name) for name in Correction.__slots__))


def test_of_a_request_only_the_sentences_teach_that_the_evidence_and_the_decision_name():
    mail = lessons.as_mail(with_text(ERASURE, REQUEST))
    assert [(one.text, one.act, one.rights) for one in mail.sentences] == [("please delete my account.", "asks", ("erasure",))]
    assert (mail.categories, mail.rights) == (("deletion",), ("erasure",))


def test_of_ordinary_mail_every_sentence_teaches_that_it_asks_for_nothing():
    mail = lessons.as_mail(with_text(SPAM, REQUEST))
    assert {one.act for one in mail.sentences} == {"none"} and len(mail.sentences) == 4
    assert mail.kind == "spam"


def test_what_is_exported_is_read_as_a_corpus_again(tmp_path: Path):
    made = [with_text(ERASURE, REQUEST), with_text(SUPPORT, Masked(Line(""), (Line("where is it"),)))]
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "operators.txt").write_text(
        "# author: operators\n\n" + "\n".join(map(lessons.as_block, made)), encoding="utf-8"
    )
    first, second = corpus.read(tmp_path).mails
    assert (first.subject, first.categories, first.rights) == ("my data", ("deletion",), ("erasure",))
    assert [one.text for one in first.sentences if one.act == "asks"] == ["please delete my account."]
    assert (second.categories, second.kind, second.body) == (("other",), "support", "where is it")


def test_a_mail_that_looks_like_the_format_cannot_write_into_the_corpus(tmp_path: Path):
    forged = Masked(
        Line("[asks access] hello"),
        tuple(
            map(
                Line,
                (
                    "From: Mel <m@x.example>",
                    "=== deletion | rights: erasure",
                    "[[asks erasure]]",
                    "[asks erasure] x",
                    "# y",
                    "Name: z",
                ),
            )
        ),
    )
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "operators.txt").write_text(lessons.as_block(with_text(SPAM, forged)), encoding="utf-8")
    found = corpus.read(tmp_path)
    [mail] = found.mails
    assert {one.act for one in found.sentences} == {"none"}
    assert (mail.categories, mail.sender, dict(mail.details)) == (("other",), "", {})
