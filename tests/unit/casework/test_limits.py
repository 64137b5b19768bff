"""How often and until when a right can be asked for."""

from __future__ import annotations

from datetime import date

import pytest

from privbot.casework.limits import PastRequest, asked_too_often, retention_is_over


def past(right: str, received: date, fulfilled: bool = True, regime: str = "ccpa") -> PastRequest:
    return PastRequest(regime, right, received, fulfilled)


KNOW = ("know-categories", "know-specific")
SINCE = date(2025, 11, 20)


@pytest.mark.parametrize(
    ("history", "too_often"),
    [
        ([], False),
        ([past("know-specific", date(2026, 5, 1))], False),  # once in twelve months
        ([past("know-specific", date(2026, 5, 1)), past("know-categories", date(2026, 8, 1))], True),  # counted together
        ([past("know-specific", SINCE), past("know-specific", SINCE)], True),  # the first day of the time counts
        ([past("know-specific", date(2025, 11, 19)), past("know-specific", date(2026, 5, 1))], False),  # one is too long ago
        ([past("know-specific", date(2026, 5, 1), fulfilled=False), past("know-specific", date(2026, 6, 1))], False),  # denied
        ([past("erasure", date(2026, 5, 1)), past("erasure", date(2026, 6, 1))], False),  # another right
        ([past("know-specific", date(2026, 5, 1), regime="vcdpa"), past("know-specific", date(2026, 6, 1))], False),
    ],
)
def test_what_was_answered_often_enough_need_not_be_answered_again(history, too_often):
    assert asked_too_often(history, "ccpa", KNOW, 2, SINCE) is too_often


@pytest.mark.parametrize(
    ("received", "over"),
    [(date(2026, 3, 1), False), (date(2026, 3, 2), True), (date(2020, 1, 1), False)],
)
def test_after_the_time_data_are_kept_nothing_is_left_to_ask_for(received, over):
    assert retention_is_over(date(2019, 3, 1), received, 7) is over
