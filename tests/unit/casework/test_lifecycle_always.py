"""What holds whatever anybody does, in any order: the promises of the lifecycle, tried with thousands of random lives – and once with a
lifecycle that is broken on purpose, which the same trial must notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from builders import RECEIVED
from cases import a_case
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from privbot.casework import lifecycle
from privbot.casework.errors import StepRefused
from privbot.casework.lifecycle import Case, Denial, Role, State, Taken
from privbot.casework.verification import Authority, Evidence, Kind
from privbot.law.errors import EventsContradict, LateExtension, NoExtension
from privbot.law.regimes import regimes

RIGHTS = sorted((name, right) for name, law in regimes().items() for right in law.rights)
OFTEN = [("gdpr", "access"), ("gdpr", "erasure"), ("ccpa", "know-specific"), ("ccpa", "erasure"), ("ccpa", "opt-out-of-sale")]
rights = st.one_of(st.sampled_from(OFTEN), st.sampled_from(RIGHTS))
roles = st.sampled_from([*Role, Role.LEAD])
evidence = st.builds(Evidence, st.frozensets(st.sampled_from(Kind), max_size=3), st.integers(0, 3), st.booleans())
words = st.sampled_from(["", "many systems"])


class Desk(RuleBasedStateMachine):
    """Some people's requests to some controllers, and everybody who may work on them."""

    def __init__(self) -> None:
        super().__init__()
        self.cases: list[Case] = []
        self.day = RECEIVED.date()

    # -- what happens ---------------------------------------------------------------------------------------------------

    @rule(
        asked=rights, person=st.sampled_from(["mel", "mel", "ada"]), controller=st.sampled_from(["lumen", "lumen", "tidal"]),
        doubt=st.booleans(), agent=st.sampled_from([None, None, None, None, *Authority]), minor=st.sampled_from([False] * 5 + [True]),
        authenticated=st.booleans(),
    )  # fmt: skip
    def arrives(self, asked, person, controller, doubt, agent, minor, authenticated):
        new = a_case(
            *asked, person=person, controller=controller, doubt=doubt, agent=agent, minor=minor,
            ticket=f"{controller}:{person}", evidence=Evidence(authenticated=authenticated),
        )  # fmt: skip
        if not lifecycle.joined_to(new, self.cases):
            self.cases.append(new)

    @rule(days=st.integers(0, 30))
    def time_passes(self, days):
        self.day += timedelta(days=days)

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), who=roles, doubt=words)
    def ask_identity(self, data, who, doubt):
        self.take(data, lambda case: lifecycle.ask_identity(case, who, self.day, doubt=doubt))

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), who=roles, shown=evidence)
    def proven(self, data, who, shown):
        self.take(data, lambda case: lifecycle.proven(case, who, self.day, shown))

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), who=roles, question=words)
    def ask(self, data, who, question):
        self.take(data, lambda case: lifecycle.ask(case, who, self.day, question))

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), who=roles)
    def answered(self, data, who):
        self.take(data, lambda case: lifecycle.answered(case, who, self.day))

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), who=roles, reason=words, override=words)
    def extend(self, data, who, reason, override):
        self.take(data, lambda case: lifecycle.extend(case, who, self.day, reason, override=override))

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), who=roles, part=st.booleans())
    def fulfil(self, data, who, part):
        """Somebody tries to get everything off the desk, in any order."""
        for number in data.draw(st.permutations(range(len(self.cases)))):
            self.take_on(number, lambda case: lifecycle.fulfil(case, who, siblings=self.siblings(case), part=part))

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), who=roles, why=st.sampled_from(Denial))
    def deny(self, data, who, why):
        self.take(data, lambda case: lifecycle.deny(case, who, why))

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), who=roles, step=st.sampled_from([lifecycle.revoke, lifecycle.expire, lifecycle.not_proven]))
    def end(self, data, who, step):
        self.take(data, lambda case: step(case, who))

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), who=roles, why=st.sampled_from(lifecycle.Dropped))
    def drop(self, data, who, why):
        self.take(data, lambda case: lifecycle.drop(case, who, why))

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), who=roles)
    def reopen(self, data, who):
        self.take(data, lambda case: lifecycle.reopen(case, who, others=[one for one in self.cases if one is not case]))

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), who=roles, owner=st.sampled_from(["", "grace", lifecycle.UNASSIGNED]))
    def assign(self, data, who, owner):
        self.take(data, lambda case: lifecycle.assign(case, who, owner))

    def take(self, data, step) -> None:
        """A step on one of the requests."""
        self.take_on(data.draw(st.integers(0, len(self.cases) - 1)), step)

    def take_on(self, number, step) -> None:
        """A step on this request; a refusal changes nothing."""
        before = self.cases[number]
        try:
            taken: Taken = step(before)
        except (StepRefused, NoExtension, LateExtension, EventsContradict):
            return
        if taken.letter and taken.letter.personal:
            assert taken.case.evidence.address_is_theirs, "personal data to an unverified address"
        if taken.case.state is State.FULFILLED and before.state is not State.FULFILLED:
            assert not taken.case.missing, "fulfilled unverified"
            assert taken.letter, "fulfilled without a word"
            waiting = [one for one in self.siblings(before) if one.active and one.category == "access"]
            assert not (before.category == "deletion" and waiting), "erased before access was answered"
        self.cases[number] = taken.case

    def siblings(self, case: Case) -> list[Case]:
        return [one for one in self.cases if one.ticket == case.ticket and one is not case]

    # -- what must hold -------------------------------------------------------------------------------------------------

    @invariant()
    def every_request_has_an_owner_and_a_clock(self):
        for case in self.cases:
            assert case.owner
            assert isinstance(case.clocks.respond_by, date)

    @invariant()
    def nobody_has_two_active_requests_for_one_right_with_one_controller(self):
        active = [(case.controller, case.person, case.right) for case in self.cases if case.active]
        assert len(active) == len(set(active))

    @invariant()
    def only_active_requests_wait_for_anything(self):
        for case in self.cases:
            if case.reason == lifecycle.NEED_USER_VERIFICATION:
                assert case.state is State.IN_PROGRESS and case.awaited
            assert case.active or not case.asking

    @invariant()
    def a_denial_has_its_reason(self):
        for case in self.cases:
            assert (case.state is State.DENIED) == (case.reason in set(Denial))


class SmallDesk(Desk):
    """One person, one controller and the common rights: a broken promise shows after few steps."""

    @rule(asked=st.sampled_from(OFTEN), authenticated=st.booleans())
    def arrives(self, asked, authenticated):
        new = a_case(*asked, ticket="lumen:mel", evidence=Evidence(authenticated=authenticated))
        if not lifecycle.joined_to(new, self.cases):
            self.cases.append(new)


MANY = settings(max_examples=200, stateful_step_count=40, deadline=None, derandomize=True)


def test_the_promises_of_the_lifecycle_hold_whatever_anybody_does():
    run_state_machine_as_test(Desk, settings=MANY)


@pytest.mark.parametrize(
    ("broken", "instead", "noticed"),
    [
        ("_refuse_unverified", lambda case: None, "fulfilled unverified"),
        ("_refuse_unverified_address", lambda case, letter: None, "personal data to an unverified address"),
        ("waits_for_access", lambda case, siblings: False, "erased before access was answered"),
        ("joined_to", lambda new, others: None, None),
        ("_must_say", lambda words, sentence: None, None),
    ],
)
def test_the_same_trial_notices_a_broken_lifecycle(monkeypatch, broken, instead, noticed):
    monkeypatch.setattr(lifecycle, broken, instead)
    with pytest.raises(AssertionError, match=noticed):
        run_state_machine_as_test(
            SmallDesk, settings=settings(MANY, max_examples=2000, phases=[Phase.generate], report_multiple_bugs=False)
        )


def test_a_life_from_open_to_closed_under_each_law():
    """Every right of every law can come to a good end."""
    day = RECEIVED.date() + timedelta(days=1)  # it is tomorrow in Tokyo
    for regime, right in RIGHTS:
        case = a_case(regime, right, doubt=True)
        if case.missing:
            case = lifecycle.ask_identity(case, Role.BOT, day).case
            case = lifecycle.proven(case, Role.BOT, day, Evidence(frozenset(Kind), 3)).case
        taken = lifecycle.fulfil(replace(case, evidence=Evidence(frozenset(Kind), 3)), Role.OPERATOR)
        assert taken.letter and taken.case.state is State.FULFILLED
