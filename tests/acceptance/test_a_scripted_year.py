"""A year of requesters, through the real worker, to the last outcome – and a year in which nobody works, which the same checks must not pass."""

from __future__ import annotations

import pytest

from bench.year.people import STORIES
from bench.year.world import live

pytestmark = pytest.mark.long


def test_a_year_in_which_every_date_is_kept_and_every_request_has_its_outcome(config, imap, sink):
    year = live(config, imap, sink, requesters=len(STORIES))  # each story once
    report = year.report
    assert report.missed == []
    assert report.wrong_recipients == []
    assert report.to_machines == []
    assert report.to_unverified == []
    assert report.without_outcome == []
    assert report.lost == []
    assert year.faults == []
    assert report.dates >= len(STORIES) and report.on_time == 1.0
    assert {law for law, _ in report.requests} == {"gdpr", "uk-gdpr", "ccpa", "shine-the-light", "appi"}
    assert {state for _, state in report.requests} == {"fulfilled", "denied", "revoked", "expired"}
    assert year.reminders and report.requesters_reminded and report.operators_told > 365


def test_a_year_in_which_no_operator_ever_answers_is_counted_as_missed(config, imap, sink):
    year = live(config, imap, sink, requesters=30, days=150, at_work=False)
    assert year.report.missed and year.report.without_outcome
    assert year.report.on_time < 1
    assert year.reminders  # and the operators were told
