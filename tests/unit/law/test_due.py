"""What is due when: the rows of the law, then the corners."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from privbot.law.calendar import working_days
from privbot.law.clocks import as_json, due, extension
from privbot.law.errors import EventsContradict, LateExtension, NaiveTime, NoExtension, RightNotGranted, UnknownRegime, WrongPlace
from privbot.law.model import Due, Events, Place, Promise
from privbot.law.periods import Pause, count
from privbot.law.regimes import regime as regime_named


def day(text: str) -> date:
    return date.fromisoformat(text)


def noon(text: str, regime: str) -> datetime:
    """Noon of a day where the regime counts its days."""
    return datetime.fromisoformat(f"{text}T12:00").replace(tzinfo=ZoneInfo(regime_named(regime).place.zone))


def ask(regime: str, right: str, received: str, **events: object) -> Due:
    happened = {name: day(value) if isinstance(value, str) else value for name, value in events.items()}
    return due(regime, right, noon(received, regime), events=Events(**happened))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("regime", "right", "received", "events", "expected"),
    [
        # 5 April is Easter Sunday, 6 April Easter Monday; the promise of 30 days does not roll
        ("gdpr", "access", "2026-03-05", {}, {"statute": "2026-04-07", "promise": "2026-04-04", "respond_by": "2026-04-04"}),
        # 31 January + 3 months = 30 April; 31 January → 28 February (+1 month) → 28 April (+2 months)
        (
            "gdpr", "access", "2027-01-31", {"extended": True},
            {"statute": "2027-04-30", "extended": "2027-04-30", "cautious": "2027-04-28",
             "respond_by": "2027-04-28", "promise": None},
        ),
        # 3 October + 11 days from 10 to 20 September, both included
        (
            "uk-gdpr", "access", "2026-09-03", {"clarification_asked": "2026-09-10", "clarification_answered": "2026-09-20"},
            {"statute": "2026-10-14", "respond_by": "2026-10-14", "promise": None, "acknowledge_by": None},
        ),
        # the month begins anew on 18 September; 18 October is a Sunday
        ("uk-gdpr", "access", "2026-09-03", {"identity_proven": "2026-09-18"}, {"respond_by": "2026-10-19"}),
        # Thanksgiving is a federal holiday, the day after it one of California only: it counts
        (
            "ccpa", "know-specific", "2026-11-20", {},
            {"acknowledge_by": "2026-12-07", "statute": "2027-01-04", "alarm": "2027-01-03", "extended": "2027-02-18",
             "extend_by": "2027-01-04", "promise": "2027-01-04", "respond_by": "2027-01-04", "cautious": None},
        ),
        # the promise grows with the extension: up to 90 days
        (
            "ccpa", "erasure", "2026-11-20", {"extended": True},
            {"statute": "2027-02-18", "promise": "2027-02-18", "respond_by": "2027-02-18", "alarm": "2027-02-17"},
        ),
        # 15 business days, and nothing to acknowledge
        ("ccpa", "opt-out-of-sale", "2026-11-20", {}, {"respond_by": "2026-12-14", "acknowledge_by": None, "extend_by": None}),
        # a Sunday, and it does not roll
        ("shine-the-light", "shine-the-light", "2026-11-20", {}, {"statute": "2026-12-20", "respond_by": "2026-12-20"}),
        # the internal target
        ("appi", "access", "2026-11-20", {}, {"respond_by": "2026-12-04", "promise": None, "extend_by": None}),
        # the ICO's own example of the date method: Saturday 3 October
        ("uk-gdpr", "erasure", "2026-09-03", {}, {"respond_by": "2026-10-05"}),
    ],
)  # fmt: skip
def test_the_examples_of_the_law_come_out(
    regime: str, right: str, received: str, events: dict[str, object], expected: dict[str, str | None]
) -> None:
    answer = as_json(ask(regime, right, received, **events))
    assert {key: answer[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("regime", "right", "received", "statute"),
    [
        ("gdpr", "access", "2028-01-29", "2028-02-29"),  # a leap year has the number
        ("gdpr", "access", "2028-01-31", "2028-02-29"),  # or its last day
        ("gdpr", "access", "2027-01-29", "2027-03-01"),  # 28 February 2027 is a Sunday
        ("gdpr", "access", "2028-02-29", "2028-03-29"),  # from the last day of February: the number, not the last day
        ("gdpr", "access", "2026-11-25", "2026-12-28"),  # Christmas Day, Saint Stephen's on a Saturday, Sunday
        ("gdpr", "access", "2026-12-01", "2027-01-04"),  # over the year's end: New Year's Day, Saturday, Sunday
        ("gdpr", "access", "2026-03-03", "2026-04-03"),  # Good Friday is no public holiday in Austria
        ("uk-gdpr", "access", "2026-03-03", "2026-04-07"),  # but in England it is, and so is Easter Monday
        ("uk-gdpr", "access", "2027-11-25", "2027-12-29"),  # 25 and 26 December 2027 are a weekend: bank holidays in lieu
        ("ccpa", "limit-sensitive", "2026-03-20", "2026-04-10"),  # Cesar Chavez Day is a holiday of California only
        ("ccpa", "limit-sensitive", "2026-09-25", "2026-10-19"),  # Columbus Day is federal, though not of California
        ("ccpa", "opt-out-of-sale", "2027-12-13", "2028-01-05"),  # Christmas kept on the 24th, New Year's on the 31st
        ("ccpa", "know-specific", "2026-11-19", "2027-01-03"),  # calendar days do not roll: a Sunday
    ],
)
def test_month_ends_holidays_and_years_ends(regime: str, right: str, received: str, statute: str) -> None:
    assert ask(regime, right, received).statute == day(statute)


@pytest.mark.parametrize(
    ("regime", "right", "received", "statute"),
    [
        ("gdpr", "access", "2026-05-31T22:30:00+00:00", "2026-07-01"),  # 1 June in Vienna, summer time
        ("gdpr", "access", "2026-05-31T21:59:59+00:00", "2026-06-30"),  # still 31 May; June has no 31st
        ("gdpr", "access", "2026-11-30T22:30:00+00:00", "2026-12-30"),  # winter time: still 30 November
        ("gdpr", "access", "2026-03-29T01:30:00+00:00", "2026-04-29"),  # within the night the clocks go forward
        ("gdpr", "access", "2026-10-25T00:30:00+00:00", "2026-11-25"),  # within the hour that comes twice
        ("gdpr", "access", "2026-05-31T18:30:00-04:00", "2026-07-01"),  # the same moment written in another zone
        ("ccpa", "erasure", "2026-11-21T07:59:59+00:00", "2027-01-04"),  # 20 November in California
        ("ccpa", "erasure", "2026-11-21T08:00:00+00:00", "2027-01-05"),
        ("appi", "access", "2026-11-19T15:00:00+00:00", "2026-12-04"),  # 20 November in Tokyo
        ("gdpr", "access", "2026-12-31T23:00:00+00:00", "2027-02-01"),  # 1 January in Vienna
    ],
)
def test_the_day_of_receipt_is_the_day_in_the_place(regime: str, right: str, received: str, statute: str) -> None:
    assert due(regime, right, datetime.fromisoformat(received)).statute == day(statute)


@pytest.mark.parametrize(
    ("right", "events", "statute", "extend_by"),
    [
        # later of proof and fee
        ("access", {"identity_proven": "2026-09-10", "fee_paid": "2026-09-18"}, "2026-10-19", "2026-10-19"),
        # proof before the request (a customer signed in) moves nothing
        ("access", {"identity_proven": "2026-09-01"}, "2026-10-05", "2026-10-05"),
        # asked and not yet answered: no end is known, so nothing moves yet
        ("access", {"clarification_asked": "2026-09-10"}, "2026-10-05", "2026-10-05"),
        # asked after the month was over
        ("access", {"clarification_asked": "2026-10-06", "clarification_answered": "2026-10-09"}, "2026-10-05", "2026-10-05"),
        # asked on the Sunday the month still rolls over
        ("access", {"clarification_asked": "2026-10-04", "clarification_answered": "2026-10-07"}, "2026-10-07", "2026-10-07"),
        # s.54(3C) speaks of access only
        ("erasure", {"clarification_asked": "2026-09-10", "clarification_answered": "2026-09-20"}, "2026-10-05", "2026-10-05"),
        # answered before proof came: the month had not begun
        ("access", {"clarification_asked": "2026-09-05", "clarification_answered": "2026-09-08", "identity_proven": "2026-09-18"},
         "2026-10-19", "2026-10-19"),
        # only the days since the month began are left out: 18 to 20 September
        ("access", {"clarification_asked": "2026-09-10", "clarification_answered": "2026-09-20", "identity_proven": "2026-09-18"},
         "2026-10-21", "2026-10-21"),
        # three months from the start, the excluded days on top, 3 + 11 December; the notice within the first month and its pause
        ("access", {"clarification_asked": "2026-09-10", "clarification_answered": "2026-09-20", "extended": True},
         "2026-12-14", "2026-10-14"),
        # asked in the extended time: excluded there, but the notice was due before; 3 + 3 December is a Sunday
        ("access", {"clarification_asked": "2026-11-10", "clarification_answered": "2026-11-12", "extended": True},
         "2026-12-07", "2026-10-05"),
    ],
)  # fmt: skip
def test_what_moves_the_british_month(right: str, events: dict[str, object], statute: str, extend_by: str) -> None:
    answer = ask("uk-gdpr", right, "2026-09-03", **events)
    assert (answer.statute, answer.extend_by) == (day(statute), day(extend_by))


@pytest.mark.parametrize(
    ("regime", "right"),
    [("gdpr", "access"), ("ccpa", "know-specific"), ("ccpa", "opt-out-of-sale"), ("shine-the-light", "shine-the-light"),
     ("appi", "access"), ("uk-gdpr", "complaint")],
)  # fmt: skip
def test_elsewhere_neither_proof_nor_asking_back_moves_a_clock_and_the_answer_says_so(regime: str, right: str) -> None:
    plain = ask(regime, right, "2026-09-03")
    waited = ask(
        regime, right, "2026-09-03",
        identity_proven="2026-09-18", clarification_asked="2026-09-10", clarification_answered="2026-09-20",
    )  # fmt: skip
    assert (waited.statute, waited.respond_by) == (plain.statute, plain.respond_by)
    assert set(waited.explanation) - set(plain.explanation)


def test_a_promise_is_the_controllers_own_and_the_earlier_date_is_due() -> None:
    received = noon("2026-03-05", "gdpr")
    slow, quick = Promise(60, "its notice"), Promise(10, "its notice")
    assert due("gdpr", "access", received, promise=slow).respond_by == day("2026-04-07")
    assert due("gdpr", "access", received, promise=quick).respond_by == day("2026-03-15")
    assert due("gdpr", "access", received, promise=None).promise is None
    assert due("gdpr", "access", received, promise=None).respond_by == day("2026-04-07")


def test_a_promise_for_the_extended_time_counts_against_the_cautious_reading_too() -> None:
    promise = Promise(30, "its notice", extended_days=80)
    answer = due("gdpr", "access", noon("2027-01-31", "gdpr"), promise=promise, events=Events(extended=True))
    assert answer.respond_by == answer.promise == day("2027-04-21")


def test_cautious_is_shown_only_where_the_readings_differ() -> None:
    # 30 January 2027: 28 February, then 28 April against 30 April
    assert ask("gdpr", "access", "2027-01-30").cautious == day("2027-04-28")
    # 30 March 2026: both readings end on 30 June
    assert ask("gdpr", "access", "2026-03-30").cautious is None
    # 31 August 2027: 30 September, then Tuesday 30 November; the other also ends on 30 November
    assert ask("gdpr", "access", "2027-08-31").cautious is None
    # 31 January 2029: 28 February → Saturday 28 April against Monday 30 April: both are Monday
    assert ask("gdpr", "access", "2029-01-31").extended == day("2029-04-30")
    assert ask("gdpr", "access", "2029-01-31").cautious is None
    # the ICO knows one reading
    assert ask("uk-gdpr", "access", "2027-01-31").cautious is None


def test_before_the_extension_the_cautious_date_does_not_shorten_what_is_due() -> None:
    assert ask("gdpr", "access", "2027-01-31").respond_by == day("2027-03-01")


def test_a_controllers_own_place_decides_day_and_holidays() -> None:
    received = datetime(2026, 5, 5, 22, 30, tzinfo=UTC)
    helsinki = due("gdpr", "access", received, place=Place("Europe/Helsinki", "FI"), promise=None)
    lisbon = due("gdpr", "access", received, place=Place("Europe/Lisbon", "PT"), promise=None)
    assert (helsinki.statute, lisbon.statute) == (day("2026-06-08"), day("2026-06-05"))
    # Corpus Christi 4 June 2026 is a holiday in Bavaria, not in Berlin
    bavaria, berlin = Place("Europe/Berlin", "DE", "BY"), Place("Europe/Berlin", "DE", "BE")
    received = datetime(2026, 5, 4, 12, tzinfo=UTC)
    assert due("gdpr", "access", received, place=bavaria).statute == day("2026-06-05")
    assert due("gdpr", "access", received, place=berlin).statute == day("2026-06-04")


def test_in_the_usa_only_federal_holidays_count_wherever_the_controller_is() -> None:
    received = datetime(2026, 11, 20, 20, tzinfo=UTC)
    texas = Place("America/Chicago", "US", "TX")
    assert due("ccpa", "erasure", received, place=texas).acknowledge_by == day("2026-12-07")


def test_an_internal_target_is_shown_as_such_and_is_not_confirmed() -> None:
    for regime, right in [("appi", "erasure"), ("gdpr", "complaint"), ("uk-gdpr", "complaint")]:
        answer = ask(regime, right, "2026-11-20")
        assert answer.internal_target
        assert not answer.confirmed
        assert any(sentence.startswith("Internal target") for sentence in answer.explanation)
        assert not any(source.startswith("statute") for source in answer.sources)
    assert ask("gdpr", "access", "2026-11-20").confirmed
    assert not ask("gdpr", "access", "2026-11-20").internal_target


def test_a_british_complaint_is_acknowledged_within_its_own_time() -> None:
    assert ask("uk-gdpr", "complaint", "2026-09-03").acknowledge_by == day("2026-10-03")


def test_the_explanation_names_dates_holidays_and_sources() -> None:
    text = "\n".join(ask("gdpr", "access", "2026-03-05").explanation)
    for words in (
        "5 April 2026 is Sunday",
        "6 April 2026 is Easter Monday",
        "Reg. 1182/71",
        "notice, section 8",
        "Due 4 April 2026",
    ):
        assert words in text


def test_every_right_of_every_regime_has_dates_in_order() -> None:
    for name in ("gdpr", "uk-gdpr", "ccpa", "shine-the-light", "appi"):
        for right in regime_named(name).rights:
            answer = ask(name, right, "2026-12-24")
            assert day("2026-12-24") <= answer.alarm < answer.respond_by <= answer.statute
            assert answer.sources
            assert answer.explanation


def test_one_mail_with_several_rights_has_a_clock_for_each() -> None:
    erasure, opt_out = ask("ccpa", "erasure", "2026-11-20"), ask("ccpa", "opt-out-of-sale", "2026-11-20")
    assert opt_out.respond_by < erasure.respond_by


def test_json_has_the_agreed_keys_and_iso_dates_or_null() -> None:
    answer = as_json(ask("appi", "access", "2026-11-20"))
    assert {"acknowledge_by", "statute", "promise", "respond_by", "alarm", "extend_by", "cautious", "sources"} <= set(answer)
    assert answer["acknowledge_by"] is None
    assert answer["statute"] == "2026-12-04"


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(NaiveTime):
        due("gdpr", "access", datetime(2026, 5, 31, 22, 30))


def test_any_kind_of_time_zone_will_do() -> None:
    fixed = datetime(2026, 6, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    assert due("gdpr", "access", fixed).statute == day("2026-07-01")


@pytest.mark.parametrize(
    "events",
    [
        {"clarification_answered": "2026-09-20"},
        {"clarification_asked": "2026-09-20", "clarification_answered": "2026-09-10"},
        {"clarification_asked": "2026-09-02"},
        {"identity_asked": "2026-09-02"},
        {"identity_asked": "2026-09-20", "identity_proven": "2026-09-10"},
    ],
)
def test_contradicting_events_are_refused(events: dict[str, object]) -> None:
    with pytest.raises(EventsContradict):
        ask("uk-gdpr", "access", "2026-09-03", **events)


@pytest.mark.parametrize(
    ("regime", "right"),
    [("ccpa", "opt-out-of-sale"), ("appi", "access"), ("shine-the-light", "shine-the-light"), ("gdpr", "complaint")],
)
def test_an_extension_the_law_does_not_know_is_refused(regime: str, right: str) -> None:
    with pytest.raises(NoExtension):
        ask(regime, right, "2026-09-03", extended=True)


def test_a_right_the_regime_does_not_grant_is_refused_with_what_it_grants() -> None:
    with pytest.raises(RightNotGranted) as refused:
        ask("ccpa", "access", "2026-09-03")
    assert refused.value.nearest == "know-specific"
    assert "know-categories" in refused.value.granted
    assert "erasure" in str(refused.value)


def test_an_unknown_regime_is_refused_with_those_known() -> None:
    with pytest.raises(UnknownRegime, match="appi, ccpa, gdpr, shine-the-light, uk-gdpr"):
        due("lgpd", "access", datetime(2026, 5, 31, tzinfo=UTC))


@pytest.mark.parametrize(
    "place",
    [Place("Europe/Atlantis", "AT"), Place("Europe/Vienna", "ZZ"), Place("Europe/London", "GB", "XX"), Place("../etc", "AT"),
     Place("", "AT")],
)  # fmt: skip
def test_an_unknown_place_is_refused(place: Place) -> None:
    with pytest.raises(WrongPlace):
        due("gdpr", "access", datetime(2026, 5, 31, tzinfo=UTC), place=place)


# -- identity, both ways --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("events", "as_of", "statute", "suspended"),
    [
        # nothing asked: one reading only
        ({}, None, "2026-04-07", None),
        # asked on the 10th, proven on the 20th: ten days left out of 5 April make 15 April
        ({"identity_asked": "2026-03-10", "identity_proven": "2026-03-20"}, None, "2026-04-07", "2026-04-15"),
        # still awaited: no end is known
        ({"identity_asked": "2026-03-10"}, None, "2026-04-07", None),
        # still awaited on the 20th
        ({"identity_asked": "2026-03-10"}, "2026-03-20", "2026-04-07", "2026-04-15"),
        # once proven, the day it is today does not matter
        ({"identity_asked": "2026-03-10", "identity_proven": "2026-03-20"}, "2026-03-30", "2026-04-07", "2026-04-15"),
        # proven on the day it was asked: nothing was waited
        ({"identity_asked": "2026-03-10", "identity_proven": "2026-03-10"}, None, "2026-04-07", None),
        # one day: Sunday 5 April becomes Easter Monday, which rolls to the same Tuesday
        ({"identity_asked": "2026-03-10", "identity_proven": "2026-03-11"}, None, "2026-04-07", "2026-04-07"),
        # asked after the month was over
        ({"identity_asked": "2026-04-08", "identity_proven": "2026-04-20"}, None, "2026-04-07", None),
        # proof that nobody asked for suspends nothing
        ({"identity_proven": "2026-03-20"}, None, "2026-04-07", None),
        # three months from 5 March, and ten days: 15 June
        ({"identity_asked": "2026-03-10", "identity_proven": "2026-03-20", "extended": True}, None, "2026-06-05", "2026-06-15"),
    ],
)  # fmt: skip
def test_waiting_for_proof_is_shown_both_ways_and_the_earlier_is_worked_to(
    events: dict[str, object], as_of: str | None, statute: str, suspended: str | None
) -> None:
    happened = Events(**{name: day(value) if isinstance(value, str) else value for name, value in events.items()})  # type: ignore[arg-type]
    answer = due(
        "gdpr", "access", noon("2026-03-05", "gdpr"), promise=None, events=happened, as_of=(as_of and day(as_of)) or None
    )
    assert (answer.statute, answer.suspended) == (day(statute), suspended and day(suspended))
    assert answer.respond_by == answer.statute
    assert as_json(answer)["suspended"] == suspended


def test_awaited_proof_says_how_many_days_would_be_left() -> None:
    answer = ask("gdpr", "access", "2026-03-05", identity_asked="2026-03-10")
    assert any("26 days are left from the day on which proof comes" in sentence for sentence in answer.explanation)


@pytest.mark.parametrize("right", ["consent-withdrawal", "complaint", "erasure"])
def test_the_extended_promise_does_not_hide_the_other_reading(right: str) -> None:
    answer = ask("gdpr", right, "2026-03-05", identity_asked="2026-03-10", identity_proven="2026-03-20")
    assert answer.suspended == day("2026-04-15")


@pytest.mark.parametrize(
    ("regime", "right"), [("uk-gdpr", "access"), ("ccpa", "know-specific"), ("shine-the-light", "shine-the-light"), ("appi", "access")]
)  # fmt: skip
def test_only_europe_has_two_readings(regime: str, right: str) -> None:
    assert ask(regime, right, "2026-09-03", identity_asked="2026-09-10", identity_proven="2026-09-20").suspended is None


def test_in_britain_asked_proof_that_is_awaited_is_said_and_moves_nothing_yet() -> None:
    answer = ask("uk-gdpr", "access", "2026-09-03", identity_asked="2026-09-10")
    assert answer.statute == day("2026-10-05")
    assert any("Proof was asked for on 10 September 2026: the dates move once it is here" in one for one in answer.explanation)


def test_a_fee_moves_the_british_month_and_no_other_clock_and_the_answer_says_so() -> None:
    british = ask("uk-gdpr", "access", "2026-09-03", fee_paid="2026-09-18")
    assert british.statute == day("2026-10-19")
    assert any("The fee was paid on 18 September 2026" in sentence for sentence in british.explanation)
    for regime, right in [("gdpr", "access"), ("appi", "access"), ("ccpa", "know-specific")]:
        paid = ask(regime, right, "2026-09-03", fee_paid="2026-09-18")
        assert paid.statute == ask(regime, right, "2026-09-03").statute
        assert any("does not move this clock" in sentence for sentence in paid.explanation)


def test_days_left_out_for_two_reasons_are_left_out_once() -> None:
    clock = regime_named("gdpr").clocks["month"]
    vienna = working_days("AT")
    overlapping = [Pause(day("2026-03-15"), day("2026-03-20")), Pause(day("2026-03-10"), day("2026-03-16"))]
    # 10 to 20 March are eleven days: 5 + 11 April is Thursday the 16th
    period = count(clock, clock.length, day("2026-03-05"), vienna, overlapping)
    assert period.end == day("2026-04-16")
    assert period.pauses == (Pause(day("2026-03-10"), day("2026-03-20")),)
    # two apart are left out one after the other
    apart = [Pause(day("2026-03-10"), day("2026-03-12")), Pause(day("2026-03-20"), day("2026-03-21"))]
    assert count(clock, clock.length, day("2026-03-05"), vienna, apart).end == day("2026-04-10")


# -- extensions ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("regime", "right", "received", "announced", "extended"),
    [
        ("gdpr", "access", "2027-01-31", "2027-03-01", "2027-04-28"),  # the last day, rolled from 28 February; cautious
        ("gdpr", "erasure", "2026-03-05", "2026-03-05", "2026-06-05"),  # at once
        ("uk-gdpr", "access", "2026-09-03", "2026-10-05", "2026-12-03"),
        ("ccpa", "erasure", "2026-11-20", "2027-01-04", "2027-02-18"),
    ],
)
def test_an_extension_announced_in_time_counts(regime: str, right: str, received: str, announced: str, extended: str) -> None:
    found = extension(regime, right, noon(received, regime), day(announced))
    assert (found.announced, found.extended, found.override) == (day(announced), day(extended), "")
    assert found.extended == ask(regime, right, received, extended=True).respond_by


@pytest.mark.parametrize(
    ("regime", "right", "received", "last_day"),
    [
        ("gdpr", "access", "2027-01-31", "2027-03-01"),
        ("uk-gdpr", "access", "2026-09-03", "2026-10-05"),
        ("ccpa", "erasure", "2026-11-20", "2027-01-04"),
    ],
)
def test_a_late_extension_is_refused_naming_the_last_day(regime: str, right: str, received: str, last_day: str) -> None:
    late = day(last_day) + timedelta(days=1)
    with pytest.raises(LateExtension, match=f"the last day was {last_day}; .*override") as refused:
        extension(regime, right, noon(received, regime), late)
    assert refused.value.last_day == day(last_day)
    with pytest.raises(LateExtension):
        extension(regime, right, noon(received, regime), late, override="  ")


def test_a_late_extension_is_recorded_with_its_reason() -> None:
    found = extension("ccpa", "erasure", noon("2026-11-20", "ccpa"), day("2027-01-05"), override=" the mail server was down ")
    assert (found.override, found.extend_by, found.extended) == ("the mail server was down", day("2027-01-04"), day("2027-02-18"))


def test_a_reason_is_not_recorded_where_none_was_needed() -> None:
    assert extension("ccpa", "erasure", noon("2026-11-20", "ccpa"), day("2027-01-04"), override="to be sure").override == ""


def test_the_last_day_for_an_extension_moves_with_the_british_month() -> None:
    received, events = noon("2026-09-03", "uk-gdpr"), Events(identity_proven=day("2026-09-18"))
    assert extension("uk-gdpr", "access", received, day("2026-10-19"), events=events).extend_by == day("2026-10-19")
    with pytest.raises(LateExtension):
        extension("uk-gdpr", "access", received, day("2026-10-19"))


def test_an_extension_before_the_request_or_of_a_clock_without_one_is_refused() -> None:
    with pytest.raises(EventsContradict):
        extension("gdpr", "access", noon("2026-03-05", "gdpr"), day("2026-03-04"))
    with pytest.raises(NoExtension):
        extension("appi", "access", noon("2026-03-05", "appi"), day("2026-03-06"))


# -- why --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("regime", "right", "received", "events", "last"),
    [
        ("gdpr", "access", "2026-03-05", {},
         "Due 4 April 2026, because 30 days are promised, earlier than the statute requires [notice, section 8]."),
        ("uk-gdpr", "erasure", "2026-09-03", {},
         "Due 5 October 2026, because the statute gives 1 month from 3 September 2026, to the next working day "
         "(3 October 2026 is Saturday, 4 October 2026 is Sunday) [Art 12(3), 12A UK GDPR"),
        ("uk-gdpr", "access", "2026-09-03", {"clarification_asked": "2026-09-10", "clarification_answered": "2026-09-20"},
         "Due 14 October 2026, because the statute gives 1 month from 3 September 2026, the days left out added ["),
        ("uk-gdpr", "access", "2026-09-03", {"identity_proven": "2026-09-18"},
         "Due 19 October 2026, because the statute gives 1 month from 18 September 2026, to the next working day ("),
        ("gdpr", "access", "2027-01-31", {"extended": True},
         "Due 28 April 2027, because the cautious reading of the extension ends then [Art 12(3) GDPR"),
        ("ccpa", "erasure", "2026-11-20", {"extended": True},
         "Due 18 February 2027, because the statute gives 90 days from 20 November 2026 [§7021(b)]."),
        ("ccpa", "opt-out-of-sale", "2026-11-20", {},
         "Due 14 December 2026, because the statute gives 15 working days from 20 November 2026 [§7026(f)]."),
        ("appi", "access", "2026-11-20", {},
         "Due 4 December 2026, because the house aims at 14 days from 20 November 2026 [Art 33 to 35 APPI"),
    ],
)  # fmt: skip
def test_every_due_day_says_why(regime: str, right: str, received: str, events: dict[str, object], last: str) -> None:
    assert ask(regime, right, received, **events).explanation[-1].startswith(last)
