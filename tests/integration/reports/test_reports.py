"""The records the law asks for, from requests in the database: complete, in the place's days, and naming nobody."""

from __future__ import annotations

import csv
import io
import json
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from typer.testing import CliRunner

from privbot.cli import app
from privbot.config import ConfigWrong
from privbot.law.errors import UnknownRegime
from privbot.law.regimes import regimes
from privbot.records import erasure
from privbot.records.database import writing
from privbot.records.models import Request, Ticket
from privbot.reports import log_7101, metrics_7102, output, register
from privbot.reports.requests import pseudonym

RECEIVED = datetime(2026, 11, 20, 20, tzinfo=UTC)


def the_log(office, **asked: object) -> list[log_7101.Entry]:
    return list(log_7101.log(office.config, office.seals, **asked))


def erase(office, request: Request) -> None:
    with writing():
        erasure.erase_ticket(request.ticket, office.seals, reason="test", now=office.clock())


# -- the log of §7101 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        # nothing happened yet
        ({}, ("e-mail", None, "open", "", "")),
        ({"state": "in_progress", "state_reason": "need_user_verification"}, ("e-mail", None, "open", "", "")),
        ({"answered_after": 10, "state": "fulfilled", "fulfilled": "whole"}, ("e-mail", "2026-11-30", "complied", "", "")),
        ({"answered_after": 10, "state": "fulfilled", "agent": True},
         ("e-mail, through an authorized agent", "2026-11-30", "complied", "", "")),
        # the law's own reason, with where it stands
        ({"answered_after": 10, "step": "deny", "state": "denied", "state_reason": "no_match", "refusal": "no-match"},
         ("e-mail", "2026-11-30", "denied", "no-match", "Civ. Code 1798.105, 1798.106, 1798.110")),
        # granted in part: the basis of what was denied
        ({"answered_after": 10, "state": "fulfilled", "fulfilled": "part", "refusal": "not-covered"},
         ("e-mail", "2026-11-30", "complied in part", "not-covered", "Civ. Code 1798.105(d)")),
        # only the protocol's word is known
        ({"answered_after": 10, "step": "deny", "state": "denied", "state_reason": "other"},
         ("e-mail", "2026-11-30", "denied", "other", "")),
        # nobody proved who they are
        ({"answered_after": 45, "step": "expire", "state": "expired", "letter": False},
         ("e-mail", "2027-01-04", "denied", "insuf_verification", "")),
        ({"answered_after": 1, "step": "revoke", "state": "revoked"}, ("e-mail", "2026-11-21", "withdrawn", "", "")),
        # decided, but the letter has not left: not answered
        ({"answered_after": 10, "state": "fulfilled", "sent": False}, ("e-mail", None, "complied", "", "")),
        # closed without a step, by an older version: the day it was closed
        ({"closed": 3, "state": "fulfilled"}, ("e-mail", "2026-11-23", "complied", "", "")),
        # reopened: what was answered before does not count
        ({"answered_after": 10, "state": "in_progress"}, ("e-mail", None, "open", "", "")),
    ],
)  # fmt: skip
def test_the_log_has_date_nature_manner_answer_and_basis(office, asked, made, expected):
    closed = made.get("closed")
    request = asked(**{name: value for name, value in made.items() if name != "closed"})
    if closed:
        Request.objects.filter(id=request.id).update(closed_at=RECEIVED + timedelta(days=closed))
    [entry] = the_log(office)
    manner, answered, answer, basis, source = expected
    assert (entry.controller, entry.reference) == ("lumen", request.ticket.reference)
    assert (entry.received, entry.nature, entry.manner) == (date(2026, 11, 20), "know-categories", manner)
    assert (entry.answered and entry.answered.isoformat(), entry.answer, entry.basis_of_denial) == (answered, answer, basis)
    assert entry.source.startswith(source)


def test_days_are_those_of_california_or_of_the_controllers_place(office, asked):
    asked(received=datetime(2026, 11, 21, 3, tzinfo=UTC), answered_after=1, state="fulfilled")  # still the 20th in California
    [entry] = the_log(office)
    assert (entry.received, entry.answered) == (date(2026, 11, 20), date(2026, 11, 21))
    settings = office.config.model_dump()
    settings["controller"][0]["places"] = {"ccpa": {"zone": "Asia/Tokyo", "country": "JP"}}
    office.config = type(office.config).model_validate(settings)
    [entry] = the_log(office)
    assert (entry.received, entry.answered) == (date(2026, 11, 21), date(2026, 11, 22))


def test_only_californias_requests_oldest_first_of_one_controller_or_of_all(office, asked):
    later = asked(received=RECEIVED + timedelta(days=1))
    first = asked("erasure")
    asked("access", "gdpr")
    other = asked("opt-out-of-sale", controller="tidal", received=RECEIVED + timedelta(days=2))
    assert [one.reference for one in the_log(office)] == [one.ticket.reference for one in (first, later, other)]
    assert [one.controller for one in the_log(office, controllers=["tidal"])] == ["tidal"]
    assert [one.reference for one in the_log(office, since=date(2026, 11, 21))] == [
        later.ticket.reference,
        other.ticket.reference,
    ]


def test_an_erased_ticket_stays_in_the_log_under_a_pseudonym(office, asked):
    request = asked(answered_after=5, state="fulfilled", fulfilled="whole")
    [before] = the_log(office)
    erase(office, request)
    [after] = the_log(office)
    assert after == replace(before, reference=pseudonym(request.ticket.reference, office.seals))
    assert after.reference.startswith("erased-")
    assert request.ticket.reference.lower() not in after.reference


def test_a_pseudonym_is_stable_tells_tickets_apart_and_needs_the_master_key(office, asked):
    one, two = asked(), asked("erasure")
    for request in (one, two):
        erase(office, request)
    first, second = the_log(office), the_log(office)
    assert first == second
    assert len({entry.reference for entry in first}) == 2
    from hashlib import sha256

    assert sha256(one.ticket.reference.encode()).hexdigest()[:12] not in first[0].reference


def test_what_is_older_than_24_months_is_still_there_also_erased(office, asked, clock):
    months = regimes()["ccpa"].figures["keep-log"].value
    old = asked(received=RECEIVED - timedelta(days=31 * int(months)), answered_after=20, state="fulfilled")
    erase(office, old)
    assert len(the_log(office)) == 1


# -- the figures of §7102 ------------------------------------------------------------------------------------------------------------


def figures(office, right: str, year: int = 2026, controller: str = "lumen") -> metrics_7102.Figures:
    lines = metrics_7102.metrics(office.config, office.seals, year, controllers=[controller])
    [found] = [one for one in lines if one.right == right]
    return found


def test_the_figures_of_a_year(office, asked):
    asked(answered_after=10, state="fulfilled", fulfilled="whole")
    asked(answered_after=20, state="fulfilled", fulfilled="whole")
    asked(answered_after=45, state="fulfilled", fulfilled="part")
    asked(answered_after=40, step="deny", state="denied", refusal="no-match")
    asked(answered_after=45, step="expire", state="expired")
    asked(answered_after=1, step="revoke", state="revoked")
    asked()
    found = figures(office, "know-categories")
    assert (found.received, found.complied, found.complied_in_part, found.denied, found.withdrawn, found.open) == (
        7,
        2,
        1,
        2,
        1,
        1,
    )
    # 10, 20, 40, 45, 45: what was withdrawn was not answered
    assert (found.median_days, found.mean_days) == (40, 32.0)


def test_a_right_nobody_asked_for_has_a_line_of_noughts(office, asked):
    asked()
    lines = metrics_7102.metrics(office.config, office.seals, 2026)
    assert {(one.controller, one.right) for one in lines} == {
        (controller, right) for controller in ("lumen", "tidal") for right in regimes()["ccpa"].rights
    }
    empty = figures(office, "limit-sensitive")
    assert (empty.received, empty.median_days, empty.mean_days) == (0, None, None)


def test_a_request_counts_in_the_year_it_was_received_in_california(office, asked):
    asked(received=datetime(2027, 1, 1, 7, 59, tzinfo=UTC), answered_after=10, state="fulfilled")
    asked(received=datetime(2027, 1, 1, 8, tzinfo=UTC), answered_after=10, state="fulfilled")
    assert [figures(office, "know-categories", year).received for year in (2026, 2027, 2028)] == [1, 1, 0]


def test_an_erased_ticket_still_counts(office, asked):
    erase(office, asked(answered_after=12, state="fulfilled"))
    found = figures(office, "know-categories")
    assert (found.received, found.complied, found.median_days) == (1, 1, 12)


def test_a_controller_that_is_no_longer_configured_still_counts(office, asked):
    request = asked(answered_after=12, state="fulfilled")
    Ticket.objects.filter(id=request.ticket_id).update(controller="gone")
    lines = metrics_7102.metrics(office.config, office.seals, 2026)
    assert sum(one.received for one in lines if one.controller == "gone") == 1


def test_every_request_is_counted_once(office, asked):
    """Many, at random: the outcomes add up to what was received, over both reports."""
    chance = random.Random(4)
    for _ in range(120):
        state, step = chance.choice(
            [
                ("open", ""),
                ("in_progress", ""),
                ("fulfilled", "fulfil"),
                ("denied", "deny"),
                ("revoked", "revoke"),
                ("expired", "expire"),
            ]
        )
        asked(
            chance.choice(list(regimes()["ccpa"].rights)), controller=chance.choice(["lumen", "tidal"]), state=state,
            answered_after=chance.randrange(90) if step else None, step=step, letter=chance.random() < 0.7,
            fulfilled=chance.choice(["whole", "part"]) if state == "fulfilled" else "",
        )  # fmt: skip
    lines = metrics_7102.metrics(office.config, office.seals, 2026)
    assert sum(one.received for one in lines) == len(the_log(office)) == 120
    for one in lines:
        assert one.received == one.complied + one.complied_in_part + one.denied + one.withdrawn + one.open


# -- the register -----------------------------------------------------------------------------------------------------------------------


def test_the_register_shows_what_was_due_and_whether_it_was_answered_in_time(office, asked):
    asked("access", "gdpr", answered_after=3, state="fulfilled", verified_level="mailbox")
    asked("erasure", "gdpr", answered_after=60, step="deny", state="denied", state_reason="claim_not_covered", refusal="not-covered",
          extended_on=date(2026, 12, 1))  # fmt: skip
    asked("objection", "gdpr")
    asked("access", "uk-gdpr")
    in_time, late, still_open = register.register(office.config, office.seals)
    assert (in_time.article, in_time.received, in_time.due) == ("Art 15 GDPR", date(2026, 11, 20), date(2026, 12, 20))
    assert (in_time.answered, in_time.days, in_time.in_time, in_time.verified) == (date(2026, 11, 23), 3, True, "mailbox")
    assert (late.days, late.in_time, late.extended) == (60, False, date(2026, 12, 1))
    assert (late.outcome, late.basis_of_refusal) == ("denied", "not-covered")
    assert "Art 12(4)" in late.source
    assert (still_open.answered, still_open.days, still_open.in_time, still_open.outcome) == (None, None, None, "open")


def test_the_register_of_another_law(office, asked):
    asked("access", "uk-gdpr")
    [entry] = register.register(office.config, office.seals, regime="uk-gdpr")
    assert entry.article == "Art 15 UK GDPR"
    assert list(register.register(office.config, office.seals, regime="uk-gdpr", since=date(2026, 11, 21))) == []


def test_an_unknown_law_or_controller_is_refused(office):
    with pytest.raises(UnknownRegime):
        list(register.register(office.config, office.seals, regime="gdrp"))
    with pytest.raises(ConfigWrong):
        the_log(office, controllers=["nobody"])


# -- all of them ------------------------------------------------------------------------------------------------------------------------


def test_no_report_names_anybody(office, asked):
    asked(agent=True, answered_after=5, state="fulfilled")
    asked("access", "gdpr")
    out = io.StringIO()
    output.write_csv(log_7101.Entry, the_log(office), out)
    output.write_json(register.Entry, register.register(office.config, office.seals), out)
    for personal in ("ortega", "wilhelmina"):  # longer than the four letters that stand together in a reference
        assert personal not in out.getvalue().lower()


def test_csv_and_json_say_the_same(office, asked):
    asked(answered_after=5, state="fulfilled")
    asked()
    as_csv, as_json = io.StringIO(), io.StringIO()
    output.write_csv(log_7101.Entry, the_log(office), as_csv)
    output.write_json(log_7101.Entry, the_log(office), as_json)
    rows = list(csv.DictReader(io.StringIO(as_csv.getvalue())))
    objects = [json.loads(line) for line in as_json.getvalue().splitlines()]
    assert [{name: value or None for name, value in row.items()} for row in rows] == [
        {name: value or None for name, value in one.items()} for one in objects
    ]
    assert rows[0]["answered"] == "2026-11-25"


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=cmd|'/c calc'!A0", "'=cmd|'/c calc'!A0"),  # DDE: starts a program
        ("+1+cmd|' /c calc'!A0", "'+1+cmd|' /c calc'!A0"),
        ("-2+3+cmd|' /c calc'!A0", "'-2+3+cmd|' /c calc'!A0"),
        ("@SUM(A1:A9)", "'@SUM(A1:A9)"),
        ("\t=1+1", "'\t=1+1"),  # what spreadsheets trim before they look
        ("\r=1+1", "'\r=1+1"),
        ("＝1+1", "'＝1+1"),  # full-width forms, which some spreadsheets take for the sign
        ("a=b", "a=b"),
        ("lumen", "lumen"),
        (-3, "-3"),  # a number is no formula
        (None, ""),
    ],
)
def test_no_cell_of_a_report_is_a_formula(cell, written):
    out = io.StringIO()
    line = log_7101.Entry(cell, "LUM-1", date(2026, 11, 20), "access", "e-mail", None, "open", "", "")
    output.write_csv(log_7101.Entry, [line], out)
    assert next(csv.DictReader(io.StringIO(out.getvalue(), newline="")))["controller"] == written


def test_an_empty_report_has_its_column_names():
    out = io.StringIO()
    output.write_csv(log_7101.Entry, [], out)
    assert out.getvalue() == "controller,reference,received,nature,manner,answered,answer,basis_of_denial,source\r\n"


def test_a_long_log_takes_few_questions(office, asked):
    for _ in range(30):
        asked(answered_after=5, state="fulfilled")
    with CaptureQueriesContext(connection) as questions:
        assert len(the_log(office)) == 30
    assert len(questions) <= 3


def run(office, monkeypatch, *arguments: str) -> str:
    monkeypatch.setattr("privbot.commands.report.open_office", lambda config: office)
    done = CliRunner().invoke(app, ["report", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_the_command_line_prints_each(office, asked, monkeypatch, clock):
    asked(answered_after=5, state="fulfilled")
    asked("access", "gdpr")
    [entry] = csv.DictReader(io.StringIO(run(office, monkeypatch, "log-7101", "--since", "2026-01-01")))
    assert (entry["nature"], entry["answer"]) == ("know-categories", "complied")
    assert json.loads(run(office, monkeypatch, "register", "--json"))["right"] == "access"
    lines = [json.loads(line) for line in run(office, monkeypatch, "metrics-7102", "--year", "2026", "--json").splitlines()]
    assert sum(line["received"] for line in lines) == 1
    clock.advance(days=60)  # now it is 2027, and the year before is meant
    assert "2026,lumen,know-categories,1,1,0,0,0,0,5,5.0" in run(office, monkeypatch, "metrics-7102", "--controller", "lumen")
