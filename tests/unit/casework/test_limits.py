"""How often and until when a right can be asked for."""

from __future__ import annotations

from datetime import date

import pytest

from privbot.casework.limits import PastRequest, limit_reached, retention_is_over


def past(right: str, received: date, fulfilled: bool = True, regime: str = "ccpa") -> PastRequest:
    return PastRequest(regime, right, received, fulfilled)


@pytest.mark.parametrize(
    ("history", "limit"),
    [
        ([], None),
        ([past("know-specific", date(2026, 5, 1))], None),  # once in twelve months
        # counted together
        ([past("know-specific", date(2026, 5, 1)), past("know-categories", date(2026, 8, 1))], "twice-in-twelve-months"),
        ([past("know-specific", date(2025, 11, 19)), past("know-specific", date(2026, 5, 1))], None),  # one is too long ago
        ([past("know-specific", date(2026, 5, 1), fulfilled=False), past("know-specific", date(2026, 6, 1))], None),  # denied
        ([past("erasure", date(2026, 5, 1)), past("erasure", date(2026, 6, 1))], None),  # another right
        # answered under another law
        ([past("know-specific", date(2026, 5, 1), regime="gdpr"), past("know-specific", date(2026, 6, 1))], None),
    ],
)
def test_what_was_answered_twice_in_twelve_months_need_not_be_answered_again(history, limit):
    reached = limit_reached("ccpa", "know-specific", date(2026, 11, 20), history)
    assert (reached.name if reached else None) == limit


@pytest.mark.parametrize(("received", "reached"), [(date(2026, 12, 31), True), (date(2027, 1, 1), False)])
def test_shine_the_light_is_answered_once_a_calendar_year(received, reached):
    history = [past("shine-the-light", date(2026, 1, 1), regime="shine-the-light")]
    assert bool(limit_reached("shine-the-light", "shine-the-light", received, history)) is reached


@pytest.mark.parametrize(
    ("received", "over"),
    [(date(2026, 3, 1), False), (date(2026, 3, 2), True), (date(2020, 1, 1), False)],
)
def test_after_the_time_data_are_kept_nothing_is_left_to_ask_for(received, over):
    assert retention_is_over(date(2019, 3, 1), received, 7) is over
