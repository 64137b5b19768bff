"""The letters that follow from a step are letters that exist, and both rooms agree which hold personal data."""

from __future__ import annotations

import pytest

from privbot.casework.answers import answer_for, challenge_of, refusal_of
from privbot.casework.lifecycle import Denial
from privbot.casework.verification import Kind
from privbot.law.model import REFUSALS, RIGHTS
from privbot.law.refusals import refusals
from privbot.law.regimes import regimes
from privbot.letters.catalogue import kind_of

GRANTS = [(name, right) for name, law in regimes().items() for right in law.rights]


@pytest.mark.parametrize(("regime", "right"), GRANTS)
def test_the_answer_to_every_right_is_a_letter_that_both_rooms_know_alike(regime, right):
    refused = [refusal_of(right, on_merits=merits) for merits in (True, False)]
    for letter in (answer_for(regime, right), answer_for(regime, right, alternative=True), *refused):
        assert kind_of(letter.name).personal is letter.personal


@pytest.mark.parametrize("right", RIGHTS)
def test_every_right_has_its_answer_under_any_law(right):
    assert kind_of(answer_for("a-new-law", right).name)


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.POWER_OF_ATTORNEY}))
def test_every_proof_but_a_power_of_attorney_can_be_asked_for(kind):
    assert not kind_of(challenge_of(kind).name).personal


def test_a_power_of_attorney_is_never_asked_for():
    with pytest.raises(KeyError):
        challenge_of(Kind.POWER_OF_ATTORNEY)


@pytest.mark.parametrize(("regime", "right"), GRANTS)
def test_every_reason_to_refuse_has_an_outcome_of_the_protocol(regime, right):
    for code, refusal in refusals(regime, right).items():
        assert code in REFUSALS and Denial(refusal.outcome)


@pytest.mark.parametrize(
    ("regime", "right"), [(regime, right) for regime, right in GRANTS if regimes()[regime].rights[right].verification == "none"]
)
def test_an_opt_out_is_never_held_up_for_an_address(regime, right):
    """§7060(b): a right that needs no proof is answered without any personal data – but for a complaint, whose answer tells what was found."""
    assert not answer_for(regime, right).personal or right == "complaint"
