"""What each letter cannot be written without, and which are personal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from letter_worlds import APPI, SHINE, WORLDS, context, gdpr, of_law

from privbot import resources
from privbot.casework.answers import answer_for, refusal_of
from privbot.law.regimes import regime, regimes
from privbot.letters.catalogue import KINDS, REASONED, WANTED
from privbot.letters.compose import compose
from privbot.letters.errors import LetterIncomplete
from privbot.letters.model import Category, LetterContext
from privbot.letters.sample import sample_context, samples
from privbot.letters.words import words

NEEDS = [(kind.name, field) for kind in KINDS.values() for field in kind.needs]


def without(sample: LetterContext, field: str) -> LetterContext:
    """The sample with one field as if nobody had filled it in."""
    if field == "authority":
        return replace(sample, requests=tuple(replace(request, authority=" ") for request in sample.requests))
    if field == "challenge_code":
        return replace(sample, challenge_code=None, challenge_expires=None)
    return replace(sample, **{field: LetterContext.__dataclass_fields__[field].default})


def test_every_letter_has_a_structure_and_every_structure_is_a_letter():
    structures = {file.stem for file in (resources.templates() / "letters" / "structure").glob("[a-z]*.j2")}
    assert structures == set(KINDS)


def test_the_life_of_a_request_and_the_letters_agree_on_what_is_personal():
    answers = {answer_for(law, right) for law in regimes() for right in regime(law).rights}
    answers |= {refusal_of(right, on_merits=merits) for right in ("access", "objection") for merits in (True, False)}
    assert {one.name: one.personal for one in answers} == {one.name: KINDS[one.name].personal for one in answers}


@pytest.mark.parametrize(("letter", "field"), NEEDS)
def test_a_letter_that_lacks_what_it_must_say_is_refused_in_one_sentence(letter, field):
    with pytest.raises(LetterIncomplete) as refused:
        compose(letter, "en", without(sample_context("en", letter), field))
    assert str(refused.value) == f"The letter {letter} needs {WANTED[field]}."


@pytest.mark.parametrize("code", sorted(REASONED))
def test_a_refusal_that_differs_from_case_to_case_needs_reasons(code):
    with pytest.raises(LetterIncomplete, match="needs the reasons"):
        compose("refusal", "en", replace(sample_context("en", "refusal"), refusal=code, reason=" "))


@pytest.mark.parametrize(
    ("letter", "values", "missing"),
    [
        # categories without the third parties say only half of what § 1798.83 asks for
        (
            "shine-the-light-list",
            {"categories": (Category("Identifiers"),), "calendar_year": 2025, "recipients": ()},
            "recipients",
        ),
        # a disclosure with neither files nor facts discloses nothing
        ("appi-disclosure", {"attachments": (), "information": ()}, "attachments"),
        # Art 19: the recipient has to know the new values
        ("recipients-told", {"corrected": ()}, "corrected"),
        # what is not deleted is a refusal in part, with remedies (Art 12(4))
        ("erasure-done", {"requests": (gdpr("erasure"),)}, "authority"),
        ("appi-stop-use", {"requests": (APPI,)}, "authority"),
    ],
)
def test_a_letter_needs_more_because_of_what_else_it_says(letter, values, missing):
    with pytest.raises(LetterIncomplete, match=WANTED[missing]):
        compose(letter, "en", replace(sample_context("en", letter), **values))


def test_nothing_kept_needs_no_remedies():
    text = compose("erasure-done", "en", replace(sample_context("en", "erasure-done"), requests=(gdpr("erasure"),), kept=())).text
    assert "complaint" not in text


@pytest.mark.parametrize(
    ("letter", "values", "known"),
    [
        ("refusal", {"refusal": "no-mood", "reason": "x"}, "refusals: 'no-mood' is not known; known are: manifestly-unfounded, "),
        ("challenge-details", {"details_wanted": ("shoe-size",)}, "details: 'shoe-size' is not known; known are: name, email, "),
        ("reminder", {"awaited": ("passport",)}, "awaited: 'passport' is not known; known are: code, details, "),
    ],
)
def test_a_key_that_nobody_knows_is_refused_with_the_known_ones(letter, values, known):
    with pytest.raises(LetterIncomplete) as refused:
        compose(letter, "en", replace(sample_context("en", letter), **values))
    assert str(refused.value).startswith(known)


PERSONAL = {
    "access-answer", "portability-answer", "know-categories-answer", "erasure-done", "rectification-done", "restriction-done",
    "objection-refused", "automated-decision-reviewed", "appi-disclosure", "appi-stop-use", "complaint-answered", "recipients-told",
}  # fmt: skip


@pytest.mark.parametrize("letter", KINDS)
def test_a_letter_that_tells_about_a_person_is_marked_personal(letter):
    assert compose(letter, "en", sample_context("en", letter)).personal == (letter in PERSONAL)


def test_a_letter_with_an_attachment_is_personal():
    assert not compose("acknowledgment", "en", WORLDS["one request"]).personal
    made = compose("acknowledgment", "en", replace(WORLDS["one request"], attachments=("a.json", "b.csv")))
    assert made.personal
    assert "Attached files: a.json, b.csv" in made.text


@pytest.mark.parametrize("code", [key.removeprefix("refusals.") for key in words("en").fragments if key.startswith("refusals.")])
def test_every_refusal_has_a_sample_that_names_reason_authority_and_court(code):
    found = [sample for sample in samples("refusal", "en") if sample.refusal == code]
    assert found
    for sample in found:
        text = compose("refusal", "en", sample).text.replace("\n", " ")
        assert words("en").fragments[f"refusals.{code}"] in text
        if code != "duplicate":
            assert sample.requests[0].authority in text
            assert "court" in text or "civil action" in text
        if sample.reason:
            assert sample.reason in text


def test_two_laws_have_two_authorities():
    two = (replace(gdpr("access"), authority="Authority A"), replace(SHINE, authority="Authority B"))
    text = compose("closed", "en", context(*two)).text
    assert "Authority A" in text and "Authority B" in text


def test_the_days_of_a_question_are_only_called_uncounted_where_the_law_says_so():
    asked = replace(context(gdpr("access")), question="Which of your two accounts do you mean?")
    assert "is not counted" not in compose("clarification", "en", asked).text
    assert "is not counted" in compose("clarification", "en", replace(asked, clock_paused=True)).text


def test_a_text_to_be_signed_stands_there_exactly():
    message = "lumen.example asks\n\nNonce:  12\n" + "x" * 100 + "\n "
    made = compose("challenge-wallet", "en", replace(sample_context("en", "challenge-wallet"), wallet_message=message))
    assert f"\n{message}\n" in made.text
    assert f">{message}</pre>" in made.html


def test_a_new_law_needs_no_words():
    request = replace(gdpr("access", "vcdpa"), title="VCDPA", article="59.1-577 VCDPA", authority="Attorney General of Virginia")
    refused = compose("refusal", "en", replace(context(request), refusal="no-match")).text.replace("\n", " ")
    assert "Legal basis: VCDPA – 59.1-577 " in refused
    assert "You may lodge a complaint with: Attorney General of Virginia." in refused
    assert "under the VCDPA" in compose("acknowledgment", "en", context(request)).text.replace("\n", " ")


def test_a_law_without_title_is_called_by_its_code():
    assert "Legal basis: VCDPA\n" in compose("closed", "en", context(replace(gdpr("access", "vcdpa"), authority="x"))).text


def test_notes_behind_a_citation_are_for_operators():
    assert of_law("Art 17 GDPR; each recipient is told, Art 19").article == "Art 17 GDPR"
    assert of_law("Art 21(2),(3) GDPR (always granted)").article == "Art 21(2),(3) GDPR"
    assert of_law("Civ. Code 1798.83(a), or the cost-free opt-out alternative (c)(2)").article == "Civ. Code 1798.83(a)"
    assert of_law("Civ. Code 1798.110, 1798.130(a)(3)").article == "Civ. Code 1798.110, 1798.130(a)(3)"


def test_extension_names_the_new_date_and_the_reason():
    made = compose(
        "extension", "de", replace(sample_context("de", "extension"), new_date=date(2026, 6, 5), reason="Viele Systeme.")
    )
    assert "5. Juni 2026" in made.text and "Viele Systeme." in made.text


def test_every_letter_stands_in_the_documentation_as_in_the_catalogue():
    documentation = (resources.templates().parent / "docs" / "letters.md").read_text(encoding="utf-8")
    for kind in KINDS.values():
        needs = "; ".join(f"`{field}`" for field in kind.needs) or "–"
        assert f"| `{kind.name}` | {kind.when} | {needs} | {'yes' if kind.personal else ''} |" in documentation
