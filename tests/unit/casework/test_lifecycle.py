"""The life of a request: who may do what in which state, and what follows."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from cases import AUTHENTICATED, EVERYTHING, PROVEN_MAILBOX, a_case, asked_for_identity

from privbot.casework import lifecycle
from privbot.casework.answers import LetterFor
from privbot.casework.errors import (
    AlreadyActive,
    FeeForbidden,
    NoDoubt,
    NotAllowed,
    NothingToProve,
    ReasonMissing,
    StepRefused,
    Unverified,
    UnverifiedAddress,
    WaitsForAccess,
    WrongState,
)
from privbot.casework.lifecycle import ACTIVE, MAY, NEED_USER_VERIFICATION, UNASSIGNED, Denial, Role, State, Step
from privbot.casework.verification import Authority, Evidence, Kind
from privbot.law.errors import EventsContradict, LateExtension, NoExtension
from privbot.law.model import Events

BOT, OPERATOR, LEAD = Role
DAY = date(2026, 11, 25)
ROOT = Path(__file__).parents[3]

TAKE = {
    Step.ASK_IDENTITY: lambda case, who: lifecycle.ask_identity(case, who, DAY, doubt="the name differs"),
    Step.PROVEN: lambda case, who: lifecycle.proven(case, who, DAY, PROVEN_MAILBOX),
    Step.NOT_PROVEN: lambda case, who: lifecycle.not_proven(case, who),
    Step.ASK: lambda case, who: lifecycle.ask(case, who, DAY, "Which of your accounts do you mean?"),
    Step.ANSWERED: lambda case, who: lifecycle.answered(case, who, DAY),
    Step.EXTEND: lambda case, who: lifecycle.extend(case, who, DAY, "many systems"),
    Step.FEE: lambda case, who: lifecycle.announce_fee(case, who, "the sixth copy this year"),
    Step.FEE_PAID: lambda case, who: lifecycle.fee_paid(case, who, DAY),
    Step.FULFIL: lambda case, who: lifecycle.fulfil(case, who),
    Step.DENY: lambda case, who: lifecycle.deny(case, who, Denial.NO_MATCH),
    Step.REVOKE: lambda case, who: lifecycle.revoke(case, who),
    Step.EXPIRE: lambda case, who: lifecycle.expire(case, who),
    Step.DROP: lambda case, who: lifecycle.drop(case, who, lifecycle.Dropped.DUPLICATE),
    Step.REOPEN: lambda case, who: lifecycle.reopen(case, who),
    Step.ASSIGN: lambda case, who: lifecycle.assign(case, who, "ada"),
}


# -- who may do what, when -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("who", Role)
def test_a_step_is_taken_exactly_by_whom_and_when_the_table_says(step, state, who):
    case = a_case(state=state)
    if step in (Step.NOT_PROVEN, Step.EXPIRE):
        case = replace(case, reason=NEED_USER_VERIFICATION, doubt=True)
    elif step is Step.ANSWERED:
        case = replace(case, asking=True, events=Events(clarification_asked=DAY))
    elif step is Step.FULFIL:
        case = replace(case, evidence=AUTHENTICATED)
    if who in MAY[step][state]:
        assert TAKE[step](case, who).case
        return
    wrong_state = not MAY[step][state]
    with pytest.raises(WrongState if wrong_state else NotAllowed):
        TAKE[step](case, who)


def test_the_documentation_shows_the_same_table():
    table = (ROOT / "docs/lifecycle.md").read_text().partition("## Who may do what, when")[2].partition("## ")[0]
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", table, re.MULTILINE)
    shown = {name: [cell.strip() for cell in cells.split("|")] for name, cells in rows}
    said = {lifecycle.NOBODY: "–", lifecycle.ANYONE: "anyone", lifecycle.PEOPLE: "operator, lead", lifecycle.LEADS: "lead"}
    assert {name: cells for name, cells in shown.items() if name in list(Step)} == {
        step: [said[MAY[step][state]] for state in State] for step in Step
    }


def test_the_codes_are_the_data_rights_protocols():
    assert set(State) == {"open", "in_progress", "fulfilled", "revoked", "denied", "expired"}
    assert NEED_USER_VERIFICATION == "need_user_verification"
    assert set(Denial) == {
        "suspected_fraud", "insuf_verification", "no_match", "claim_not_covered", "outside_jurisdiction", "too_many_requests", "other"
    }  # fmt: skip


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("state", State)
def test_what_is_refused_is_one_sentence_and_changes_nothing(step, state):
    case = a_case(state=state)
    try:
        TAKE[step](case, BOT)
    except (StepRefused, NoExtension) as refused:
        assert re.fullmatch(r"[^\n]+[.)]", str(refused))
        assert case == a_case(state=state)


# -- identity --------------------------------------------------------------------------------------------------------------


def test_asked_for_identity_a_request_waits_and_its_requester_gets_a_challenge():
    taken = lifecycle.ask_identity(a_case("ccpa", "erasure"), BOT, DAY)
    assert (taken.case.state, taken.case.reason) == ("in_progress", "need_user_verification")
    assert taken.letter == LetterFor("challenge")


@pytest.mark.parametrize(
    ("regime", "right"),
    [
        ("ccpa", "opt-out-of-sale"),  # §7060(b)
        ("ccpa", "limit-sensitive"),
        ("shine-the-light", "shine-the-light"),  # knows no verification
        ("gdpr", "consent-withdrawal"),  # as easy to withdraw as to give
    ],
)
def test_where_the_law_asks_for_no_proof_nobody_can_be_asked(regime, right):
    with pytest.raises(NothingToProve):
        lifecycle.ask_identity(a_case(regime, right), LEAD, DAY)


def test_under_the_gdpr_proof_is_asked_for_only_once_the_doubt_is_named():
    with pytest.raises(NoDoubt):
        lifecycle.ask_identity(a_case(evidence=AUTHENTICATED), OPERATOR, DAY)
    taken = lifecycle.ask_identity(a_case(evidence=AUTHENTICATED), OPERATOR, DAY, doubt="another address is on file")
    assert taken.case.missing == (Kind.MAILBOX,)


def test_what_is_proven_already_is_not_asked_for_again():
    with pytest.raises(NothingToProve, match="already"):
        lifecycle.ask_identity(a_case("ccpa", "erasure", evidence=EVERYTHING), OPERATOR, DAY)


def test_an_address_is_asked_to_show_itself_before_a_complaint_is_answered_to_it():
    taken = lifecycle.ask_identity(a_case("gdpr", "complaint"), OPERATOR, DAY)
    assert taken.letter == LetterFor("challenge")
    answered = lifecycle.proven(taken.case, BOT, DAY, PROVEN_MAILBOX).case
    assert answered.reason == "" and lifecycle.fulfil(answered, OPERATOR).letter.personal


def test_identity_is_proven_only_when_nothing_is_missing():
    asked = asked_for_identity(a_case("ccpa", "erasure"))
    half = lifecycle.proven(asked, BOT, DAY, PROVEN_MAILBOX).case
    assert (half.reason, half.events.identity_proven, half.missing) == (NEED_USER_VERIFICATION, None, (Kind.DETAILS,))
    whole = lifecycle.proven(half, OPERATOR, DAY, Evidence(details=2)).case
    assert (whole.reason, whole.events.identity_proven, whole.missing) == ("", DAY, ())


def test_late_proof_restarts_the_month_in_the_united_kingdom_and_moves_nothing_in_california():
    for regime, moves in (("uk-gdpr", True), ("ccpa", False)):
        asked = asked_for_identity(a_case(regime, "erasure", doubt=True))
        after = lifecycle.proven(asked, BOT, DAY, EVERYTHING).case
        assert (after.clocks.statute > asked.clocks.statute) is moves


def test_proof_that_nobody_asked_for_moves_no_clock():
    before = a_case("uk-gdpr", "access")
    assert lifecycle.proven(before, BOT, DAY, PROVEN_MAILBOX).case.clocks == before.clocks


def test_not_proven_keeps_the_request_waiting_and_says_so():
    taken = lifecycle.not_proven(asked_for_identity(a_case("ccpa", "erasure")), OPERATOR)
    assert taken.case.active and taken.letter == LetterFor("identity-not-proven")


def test_specific_pieces_that_stay_unverified_become_categories_in_california():
    asked = replace(asked_for_identity(a_case("ccpa", "know-specific")), evidence=Evidence(frozenset({Kind.MAILBOX}), 2))
    taken = lifecycle.not_proven(asked, OPERATOR, lesser=True)
    assert (taken.case.right, taken.case.reason, taken.case.missing) == ("know-categories", "", ())
    assert lifecycle.fulfil(taken.case, OPERATOR).letter.name == "know-categories-answer"


def test_a_lesser_right_is_made_only_where_the_law_makes_one_and_none_is_open():
    with pytest.raises(WrongState, match="lesser"):
        lifecycle.not_proven(asked_for_identity(a_case("ccpa", "erasure")), OPERATOR, lesser=True)
    with pytest.raises(AlreadyActive):
        lifecycle.not_proven(
            asked_for_identity(a_case("ccpa", "know-specific")), OPERATOR, lesser=True, others=[a_case("ccpa", "know-categories")]
        )


def test_a_request_expires_only_while_it_waits_for_proof():
    expired = lifecycle.expire(asked_for_identity(a_case("ccpa", "erasure")), BOT)
    assert (expired.case.state, expired.letter) == (State.EXPIRED, LetterFor("closed"))
    with pytest.raises(WrongState):
        lifecycle.expire(a_case("ccpa", "erasure", state=State.IN_PROGRESS), BOT)


# -- what is meant ---------------------------------------------------------------------------------------------------------


def test_a_question_and_its_answer_leave_days_out_in_the_united_kingdom():
    asked = lifecycle.ask(a_case("uk-gdpr", "access"), OPERATOR, date(2026, 11, 25), "Which account?").case
    after = lifecycle.answered(asked, BOT, date(2026, 12, 4)).case
    assert after.clocks.statute == date(2026, 12, 30)  # ten days more than 20 December, both ends included


def test_a_second_question_moves_no_date():
    once = lifecycle.answered(lifecycle.ask(a_case("uk-gdpr"), OPERATOR, DAY, "Which?").case, BOT, DAY).case
    twice = lifecycle.answered(lifecycle.ask(once, OPERATOR, date(2026, 12, 1), "And?").case, BOT, date(2026, 12, 9)).case
    assert twice.clocks == once.clocks


def test_a_question_needs_words_and_waits_for_its_answer():
    with pytest.raises(ReasonMissing):
        lifecycle.ask(a_case(), OPERATOR, DAY, "  ")
    asked = lifecycle.ask(a_case(), OPERATOR, DAY, "Which?")
    assert asked.letter == LetterFor("clarification")
    with pytest.raises(WrongState, match="waiting for its answer"):
        lifecycle.ask(asked.case, OPERATOR, DAY, "Which?")
    with pytest.raises(WrongState, match="No question"):
        lifecycle.answered(a_case(state=State.IN_PROGRESS), OPERATOR, DAY)


# -- time ------------------------------------------------------------------------------------------------------------------


def test_an_extension_in_time_moves_the_date_and_is_announced_with_its_reason():
    taken = lifecycle.extend(a_case(), OPERATOR, date(2026, 12, 21), "many systems")
    assert taken.case.clocks.respond_by == date(2027, 2, 22)  # 20 February 2027 is a Saturday
    assert taken.letter == LetterFor("extension")


def test_a_late_extension_is_refused_and_names_the_last_day():
    with pytest.raises(LateExtension, match="2026-12-21"):
        lifecycle.extend(a_case(), LEAD, date(2026, 12, 22), "many systems")


def test_a_late_extension_is_a_leads_override_with_a_reason():
    with pytest.raises(NotAllowed):
        lifecycle.extend(a_case(), OPERATOR, date(2026, 12, 22), "many systems", override="the server was down")
    taken = lifecycle.extend(a_case(), LEAD, date(2026, 12, 22), "many systems", override="the server was down")
    assert taken.case.events.extended


def test_an_extension_needs_a_reason_and_comes_once():
    with pytest.raises(ReasonMissing):
        lifecycle.extend(a_case(), OPERATOR, DAY, "")
    with pytest.raises(WrongState, match="extended already"):
        lifecycle.extend(lifecycle.extend(a_case(), OPERATOR, DAY, "many").case, OPERATOR, DAY, "more")


def test_what_the_law_does_not_extend_is_not_extended():
    with pytest.raises(NoExtension):
        lifecycle.extend(a_case("ccpa", "opt-out-of-sale"), LEAD, DAY, "many systems")


def test_a_day_that_cannot_be_is_refused_and_leaves_the_dates_alone():
    with pytest.raises(EventsContradict):
        lifecycle.ask(a_case(), OPERATOR, date(2026, 11, 1), "Which?")


# -- outcomes --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("regime", "right", "letter", "personal"),
    [
        ("gdpr", "access", "access-answer", True),
        ("gdpr", "portability", "portability-answer", True),
        ("ccpa", "know-categories", "know-categories-answer", True),
        ("gdpr", "erasure", "erasure-done", True),
        ("gdpr", "rectification", "rectification-done", True),
        ("ccpa", "opt-out-of-sale", "opt-out-done", False),
        ("gdpr", "objection", "objection-upheld", False),
        ("gdpr", "consent-withdrawal", "consent-withdrawn", False),
        ("gdpr", "direct-marketing", "objection-upheld", False),
        ("gdpr", "restriction", "restriction-done", True),
        ("gdpr", "automated-decision", "automated-decision-reviewed", True),
        ("ccpa", "automated-decision", "opt-out-done", False),
        ("shine-the-light", "shine-the-light", "shine-the-light-list", False),
        ("appi", "access", "appi-disclosure", True),
        ("appi", "third-party-records", "appi-disclosure", True),
        ("appi", "stop-use", "appi-stop-use", True),
        ("gdpr", "complaint", "complaint-answered", True),
    ],
)
def test_each_right_granted_has_its_letter(regime, right, letter, personal):
    taken = lifecycle.fulfil(a_case(regime, right, evidence=EVERYTHING), OPERATOR)
    assert taken.letter == LetterFor(letter, personal)
    assert (taken.case.state, taken.case.reason) == (State.FULFILLED, "")


def test_shine_the_light_may_be_answered_by_its_alternative():
    case = a_case("shine-the-light", "shine-the-light")
    assert lifecycle.fulfil(case, OPERATOR, alternative=True).letter == LetterFor("shine-the-light-alternative")


def test_in_part_is_told_from_in_whole():
    assert lifecycle.fulfil(a_case(evidence=AUTHENTICATED), OPERATOR, part=True).case.part


@pytest.mark.parametrize(
    ("case", "missing"),
    [
        (a_case("ccpa", "know-specific", evidence=PROVEN_MAILBOX), "details, declaration"),
        (a_case("ccpa", "know-specific", evidence=Evidence(frozenset({Kind.MAILBOX, Kind.DECLARATION}), 2)), "details"),
        (a_case("gdpr", "access", doubt=True), "mailbox"),
        (a_case("ccpa", "opt-out-of-sale", agent=Authority.PERMISSION), "permission"),  # §7026(j)
        (a_case("gdpr", "erasure", minor=True, evidence=AUTHENTICATED), "guardian"),
    ],
)
def test_nothing_is_granted_while_the_proof_that_the_law_asks_for_is_missing(case, missing):
    with pytest.raises(Unverified, match=f"missing: {missing}"):
        lifecycle.fulfil(case, LEAD)


def test_personal_data_never_goes_to_an_address_that_nobody_has_verified():
    with pytest.raises(UnverifiedAddress):
        lifecycle.fulfil(a_case("gdpr", "access"), LEAD)


def test_erasure_waits_until_access_of_the_same_ticket_is_answered():
    access, erasure = a_case(evidence=AUTHENTICATED), a_case(right="erasure", evidence=AUTHENTICATED)
    with pytest.raises(WaitsForAccess):
        lifecycle.fulfil(erasure, OPERATOR, siblings=[access, erasure])
    done = lifecycle.fulfil(access, OPERATOR, siblings=[access, erasure]).case
    assert lifecycle.fulfil(erasure, OPERATOR, siblings=[done, erasure]).case.state is State.FULFILLED


def test_a_denial_carries_its_code_and_its_letter():
    taken = lifecycle.deny(a_case(), OPERATOR, Denial.OUTSIDE_JURISDICTION)
    assert (taken.case.state, taken.case.reason, taken.letter) == ("denied", "outside_jurisdiction", LetterFor("refusal"))


def test_an_objection_that_was_examined_is_refused_with_its_own_letter_and_only_to_a_verified_address():
    objection = a_case(right="objection", evidence=AUTHENTICATED)
    assert lifecycle.deny(objection, OPERATOR, Denial.CLAIM_NOT_COVERED).letter == LetterFor("objection-refused", True)
    assert lifecycle.deny(objection, OPERATOR, Denial.NO_MATCH).letter == LetterFor("refusal")
    assert lifecycle.deny(a_case(right="objection"), LEAD, Denial.OTHER).letter == LetterFor("refusal")


def test_a_fee_is_announced_with_its_reason_and_only_where_the_law_knows_one():
    assert lifecycle.announce_fee(a_case(), OPERATOR, "the sixth copy this year").letter == LetterFor("fee-announced")
    with pytest.raises(ReasonMissing):
        lifecycle.announce_fee(a_case(), OPERATOR, "")
    with pytest.raises(FeeForbidden):
        lifecycle.announce_fee(a_case("shine-the-light", "shine-the-light"), LEAD, "postage")


def test_the_fee_restarts_the_month_in_the_united_kingdom():
    before = a_case("uk-gdpr", state=State.IN_PROGRESS)
    after = lifecycle.fee_paid(before, OPERATOR, date(2026, 11, 30)).case
    assert after.clocks.statute == date(2026, 12, 30) > before.clocks.statute


@pytest.mark.parametrize("why", [Denial.SUSPECTED_FRAUD, Denial.OTHER])
def test_only_a_lead_accuses_or_finds_a_request_unfounded(why):
    with pytest.raises(NotAllowed):
        lifecycle.deny(a_case(), OPERATOR, why)
    assert lifecycle.deny(a_case(), LEAD, why).case.reason == why


def test_what_is_verified_is_not_denied_for_want_of_verification():
    with pytest.raises(WrongState, match="Nothing is missing"):
        lifecycle.deny(a_case("ccpa", "erasure", evidence=EVERYTHING), OPERATOR, Denial.INSUF_VERIFICATION)


def test_what_the_law_makes_a_lesser_right_of_is_not_denied_as_unverified_unless_that_is_asked_already():
    specific = a_case("ccpa", "know-specific")
    with pytest.raises(WrongState, match="know-categories"):
        lifecycle.deny(specific, OPERATOR, Denial.INSUF_VERIFICATION)
    others = [a_case("ccpa", "know-categories")]
    assert lifecycle.deny(specific, OPERATOR, Denial.INSUF_VERIFICATION, others=others).case.state is State.DENIED


def test_a_request_taken_back_is_revoked():
    taken = lifecycle.revoke(a_case(), OPERATOR)
    assert (taken.case.state, taken.letter) == (State.REVOKED, LetterFor("request-withdrawn"))


# -- owner, and one of each ------------------------------------------------------------------------------------------------


def test_a_request_is_the_leads_until_somebody_takes_it():
    case = a_case()
    assert case.owner == UNASSIGNED
    assert lifecycle.assign(case, OPERATOR, "ada").case.owner == "ada"
    with pytest.raises(ReasonMissing):
        lifecycle.assign(case, OPERATOR, " ")


def test_the_same_right_of_the_same_person_is_joined_while_the_first_is_active():
    first = a_case()
    assert lifecycle.joined_to(a_case(ticket="LUM-CCCC-DDDD"), [first]) is first
    assert lifecycle.joined_to(a_case(person="ada"), [first]) is None
    assert lifecycle.joined_to(a_case(controller="tidal"), [first]) is None
    assert lifecycle.joined_to(a_case(), [replace(first, state=State.FULFILLED)]) is None


def test_what_is_reopened_keeps_its_dates_and_waits_for_proof_again():
    expired = replace(a_case("ccpa", "erasure"), state=State.EXPIRED)
    taken = lifecycle.reopen(expired, OPERATOR)
    assert (taken.case.state, taken.case.reason) == (State.IN_PROGRESS, NEED_USER_VERIFICATION)
    assert taken.case.clocks == expired.clocks and taken.letter is None


def test_a_request_is_not_reopened_beside_an_active_one():
    with pytest.raises(AlreadyActive):
        lifecycle.reopen(a_case(state=State.DENIED), LEAD, others=[a_case(ticket="LUM-CCCC-DDDD")])


@pytest.mark.parametrize("state", ACTIVE)
def test_every_active_request_has_a_date(state):
    assert a_case(state=state).clocks.respond_by
