"""Random dates, reckoned a second time by walking from day to day; and what must hold for any date.

The second reckoning is that of `walking.py`; every law and event at once: test_due_twenty_thousand.py.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from walking import days_later, months_later, next_open, open_days, open_days_later, paused

from privbot.law.clocks import due
from privbot.law.model import Events, Place, Promise
from privbot.law.regimes import regime as regime_named

days = st.dates(date(2020, 1, 1), date(2040, 12, 31))
many = settings(max_examples=400, deadline=None)

AUSTRIA, ENGLAND, FEDERAL = open_days("AT"), open_days("GB", "ENG"), open_days("US")
SOMETHING_OF_EACH = [
    (name, right) for name in ("gdpr", "uk-gdpr", "ccpa", "shine-the-light", "appi") for right in regime_named(name).rights
]


def at(day: date, regime: str, hour: int = 12) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo(regime_named(regime).place.zone))


@many
@given(days, st.booleans())
def test_gdpr(received: date, extended: bool) -> None:
    answer = due("gdpr", "access", at(received, "gdpr"), events=Events(extended=extended))
    first = next_open(months_later(received, 1), AUSTRIA)
    longer = next_open(months_later(received, 3), AUSTRIA)
    cautious = next_open(months_later(months_later(received, 1), 2), AUSTRIA)
    assert answer.extend_by == first
    assert answer.extended == longer
    assert answer.cautious == (cautious if cautious != longer else None)
    assert answer.statute == (longer if extended else first)
    assert answer.promise == (None if extended else days_later(received, 30))
    assert answer.respond_by == (cautious if extended else min(first, days_later(received, 30)))


@many
@given(days, st.integers(0, 120), st.integers(0, 60), st.booleans())
def test_uk_gdpr_with_asking_back(received: date, until_asked: int, until_answered: int, extended: bool) -> None:
    asked = days_later(received, until_asked)
    answered = days_later(asked, until_answered)
    events = Events(extended=extended, clarification_asked=asked, clarification_answered=answered)
    answer = due("uk-gdpr", "access", at(received, "uk-gdpr"), events=events)

    def end(months: int) -> date:
        plain = months_later(received, months)
        too_late = asked > next_open(plain, ENGLAND)
        return next_open(plain if too_late else paused(plain, asked, answered), ENGLAND)

    assert answer.extend_by == end(1)
    assert answer.statute == answer.respond_by == (end(3) if extended else end(1))


@many
@given(days, st.integers(-30, 90), st.integers(-30, 90))
def test_uk_gdpr_with_proof_and_fee(received: date, until_proven: int, until_paid: int) -> None:
    proven, paid = days_later(received, until_proven), days_later(received, until_paid)
    answer = due("uk-gdpr", "erasure", at(received, "uk-gdpr"), events=Events(identity_proven=proven, fee_paid=paid))
    relevant = sorted([received, proven, paid])[-1]
    assert answer.statute == next_open(months_later(relevant, 1), ENGLAND)


@many
@given(days, st.booleans())
def test_ccpa(received: date, extended: bool) -> None:
    answer = due("ccpa", "rectification", at(received, "ccpa"), events=Events(extended=extended))
    assert answer.acknowledge_by == open_days_later(received, 10, FEDERAL)
    assert answer.extend_by == days_later(received, 45)
    assert answer.respond_by == answer.promise == days_later(received, 90 if extended else 45)
    assert answer.alarm == days_later(received, 89 if extended else 44)


@many
@given(days, st.sampled_from(["opt-out-of-sale", "limit-sensitive", "automated-decision"]))
def test_ccpa_opting_out(received: date, right: str) -> None:
    assert due("ccpa", right, at(received, "ccpa")).respond_by == open_days_later(received, 15, FEDERAL)


@many
@given(days)
def test_calendar_days_without_rolling(received: date) -> None:
    assert due("shine-the-light", "shine-the-light", at(received, "shine-the-light")).respond_by == days_later(received, 30)
    assert due("appi", "stop-use", at(received, "appi")).respond_by == days_later(received, 14)


@many
@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 12, 31)), st.sampled_from(SOMETHING_OF_EACH))
def test_the_same_moment_in_another_zone_and_the_same_day_at_another_hour_are_due_alike(
    moment: datetime, asked: tuple[str, str]
) -> None:
    received = moment.replace(tzinfo=UTC)
    answer = due(*asked, received)
    assert due(*asked, received.astimezone(ZoneInfo("Pacific/Apia"))) == answer
    there = received.astimezone(ZoneInfo(regime_named(asked[0]).place.zone)).date()
    assert due(*asked, at(there, asked[0], hour=23)) == answer


@many
@given(days, st.integers(1, 40), st.sampled_from(SOMETHING_OF_EACH))
def test_what_comes_later_is_never_due_earlier(received: date, later: int, asked: tuple[str, str]) -> None:
    regime, right = asked
    earlier_one, later_one = due(regime, right, at(received, regime)), due(regime, right, at(days_later(received, later), regime))
    assert earlier_one.statute <= later_one.statute
    assert earlier_one.respond_by <= later_one.respond_by
    assert (earlier_one.acknowledge_by or date.min) <= (later_one.acknowledge_by or date.min)
    assert (earlier_one.extended or date.min) <= (later_one.extended or date.min)


@many
@given(days, st.integers(1, 200), st.sampled_from(SOMETHING_OF_EACH))
def test_a_promise_only_ever_shortens(received: date, promised: int, asked: tuple[str, str]) -> None:
    regime, right = asked
    free = due(regime, right, at(received, regime), promise=None)
    bound = due(regime, right, at(received, regime), promise=Promise(promised, "its notice"))
    assert bound.statute == free.statute
    assert bound.respond_by == min(free.statute, received + timedelta(days=promised))


@many
@given(days, st.sampled_from([("gdpr", "erasure"), ("uk-gdpr", "access"), ("ccpa", "know-categories")]))
def test_an_extension_ends_after_what_it_extends_and_within_the_longest_time(received: date, asked: tuple[str, str]) -> None:
    regime, right = asked
    plain = due(regime, right, at(received, regime))
    longer = due(regime, right, at(received, regime), events=Events(extended=True))
    assert plain.statute == plain.extend_by == longer.extend_by
    assert plain.extended == longer.extended == longer.statute
    assert plain.respond_by < longer.respond_by <= longer.statute
    assert plain.cautious is None or plain.cautious < longer.statute


@pytest.mark.parametrize(("country", "subdivision"), [("DE", "BY"), ("FR", None), ("ES", "CT"), ("PL", None), ("SE", None)])
def test_any_member_states_holidays_roll(country: str, subdivision: str | None) -> None:
    """Every day of three years, in other places than the first controller's."""
    is_open = open_days(country, subdivision)
    place = Place("Europe/Berlin", country, subdivision)
    for number in range(3 * 365):
        received = days_later(date(2026, 1, 1), number)
        answer = due("gdpr", "access", datetime.combine(received, time(12), ZoneInfo("Europe/Berlin")), place=place)
        assert answer.statute == next_open(months_later(received, 1), is_open)
