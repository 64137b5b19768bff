"""A period, as people write it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from privbot.reports.period import Period, PeriodWrong, period


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-Q4", "2026-10-01", "2026-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),  # a leap year
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("2026-W01", "2025-12-29", "2026-01-04"),  # ISO weeks begin in the year before
        ("2026-W53", "2026-12-28", "2027-01-03"),
        ("2026-11-03..2026-11-03", "2026-11-03", "2026-11-03"),  # both ends are in it
        (" 2026-11-01 .. 2027-02-28 ", "2026-11-01", "2027-02-28"),
    ],
)
def test_a_period_is_written_as_people_write_it(text, first, last):
    found = period(text)
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)
    assert period(str(found)) == found


@pytest.mark.parametrize(
    "text",
    [
        "", "last month", "26", "2026-13", "2026-Q5", "2025-W53",  # 2025 has 52 weeks
        "2026-11-30..2026-11-01", "2026-02-30..2026-03-01", "2026-11-01", "0000", "9999", "2026-11-01..",
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_the_way_out(text):
    with pytest.raises(PeriodWrong) as refused:
        period(text)
    assert "2026-11" in str(refused.value)


def test_weeks_begin_on_monday_and_cover_the_whole_period():
    november = period("2026-11")
    assert list(november.parts("week")) == [date(2026, 10, 26), *(date(2026, 11, day) for day in (2, 9, 16, 23, 30))]
    assert list(period("2026-01-31..2026-03-01").parts("month")) == [date(2026, month, 1) for month in (1, 2, 3)]


def test_its_moments_reach_from_the_first_place_on_earth_to_the_last():
    since, before = Period(date(2026, 11, 20), date(2026, 11, 20)).moments()
    assert since <= datetime(2026, 11, 19, 10, tzinfo=UTC)  # the 20th begins in Kiritimati
    assert before >= datetime(2026, 11, 21, 12, tzinfo=UTC)  # and ends on Baker Island


def test_a_period_is_ten_years_at_most():
    assert period("2017-01-01..2026-12-31").first == date(2017, 1, 1)
    with pytest.raises(PeriodWrong, match="10 years"):
        period("2017-01-01..2027-01-01")
