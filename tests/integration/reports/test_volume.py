"""The figures of a period: reckoned by hand in small tables, read from the records, and taken out as files."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader
from report_world import RECEIVED
from typer.testing import CliRunner

from privbot.casework.lifecycle import Dropped
from privbot.cli import app
from privbot.config import ConfigWrong
from privbot.errors import WrongUse
from privbot.records import erasure
from privbot.records.audit import first_break
from privbot.records.database import writing
from privbot.records.models import AuditEvent, IncomingMail
from privbot.reports import exports, output
from privbot.reports.charts import Bar, bars
from privbot.reports.document import Document, Heading, Paragraph, Table
from privbot.reports.pdf import pdf
from privbot.reports.period import period
from privbot.reports.volume import Asked, Line, Share, measure, reckon, volume
from privbot.reports.volume_document import volume_document

NOVEMBER = period("2026-11")
TODAY = date(2026, 12, 31)
NOW = datetime(2026, 12, 31, 12, tzinfo=UTC)


def one(
    answered: int | None = None, outcome: str = "open", *, received: str = "2026-11-02", limit: int = 30, right: str = "access",
    controller: str = "lumen", regime: str = "gdpr", language: str = "en",
) -> Asked:  # fmt: skip
    """A request answered after so many days."""
    day = date.fromisoformat(received)
    return Asked(
        controller=controller, regime=regime, right=right, category="access", language=language, received=day, due=day + timedelta(days=limit),
        answered=day + timedelta(days=answered) if answered is not None else None, outcome=outcome, today=TODAY,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("requests", "expected"),
    [
        # received, in time, late, withdrawn, open, overdue, median, p90, on time
        ([], (0, 0, 0, 0, 0, 0, None, None, None)),
        # on the very day it was due
        ([one(30, "complied")], (1, 1, 0, 0, 0, 0, 30.0, 30, 1.0)),
        ([one(31, "denied")], (1, 0, 1, 0, 0, 0, 31.0, 31, 0.0)),
        # not answered, but its day has not come
        ([one(limit=365)], (1, 0, 0, 0, 1, 0, None, None, None)),
        # due today is not overdue yet
        ([one(limit=59)], (1, 0, 0, 0, 1, 0, None, None, None)),
        ([one(limit=58)], (1, 0, 0, 0, 1, 1, None, None, 0.0)),
        # decided, but the letter has not left
        ([one(None, "complied")], (1, 0, 0, 0, 1, 1, None, None, 0.0)),
        # withdrawn: neither answered nor late, whether or not that was confirmed
        ([one(40, "withdrawn"), one(None, "withdrawn")], (2, 0, 0, 2, 0, 0, None, None, None)),
        # half of it in time, by everything that was answered or should have been
        ([one(10, "complied"), one(12, "denied"), one(50, "complied"), one()], (4, 2, 1, 0, 1, 1, 12.0, 50, 0.5)),
        # an even number of answers has its median between two
        ([one(1, "complied"), one(2, "complied")], (2, 2, 0, 0, 0, 0, 1.5, 2, 1.0)),
        # nine of ten took no longer than nine days
        ([one(days, "complied") for days in range(1, 11)], (10, 10, 0, 0, 0, 0, 5.5, 9, 1.0)),
        # answered on the day it came
        ([one(0, "complied")], (1, 1, 0, 0, 0, 0, 0.0, 0, 1.0)),
    ],
)  # fmt: skip
def test_the_measures_of_some_requests(requests, expected):
    found = measure(requests)
    assert (
        found.received, found.in_time, found.late, found.withdrawn, found.open, found.overdue, found.median_days, found.p90_days, found.on_time,
    ) == expected  # fmt: skip
    assert found.received == found.answered + found.withdrawn + found.open


def test_each_controller_law_and_right_has_its_line_and_each_week_its_part():
    requests = [
        one(10, "complied", right="erasure"),
        one(20, "complied", right="erasure", received="2026-11-09"),
        one(1, "complied", right="access", received="2026-11-15"),
        one(regime="appi", right="stop-use", controller="tidal", language="ja", limit=365),
    ]
    mails = {(date(2026, 11, 2), "ticket"): 4, (date(2026, 11, 3), "ignored"): 2, (date(2026, 11, 30), "review"): 1}
    found = reckon(requests, mails, period=NOVEMBER, by="week", now=NOW, controllers=("lumen", "tidal"))
    assert [(line.controller, line.regime, line.right, line.received) for line in found.lines] == [
        ("lumen", "gdpr", "access", 1), ("lumen", "gdpr", "erasure", 2), ("tidal", "appi", "stop-use", 1),
    ]  # fmt: skip
    assert [(part.starts.day, part.mails, part.requests, part.in_time) for part in found.over_time] == [
        (26, 0, 0, 0), (2, 6, 2, 1), (9, 0, 2, 2), (16, 0, 0, 0), (23, 0, 0, 0), (30, 1, 0, 0),
    ]  # fmt: skip
    assert found.mix["right"] == {"erasure": 2, "access": 1, "stop-use": 1}
    assert found.mix["outcome"] == {"ticket": 4, "ignored": 2, "review": 1}
    assert Share("language", "ja", 1) in found.shares()
    assert list(found.per["controller"]) == ["lumen", "tidal"]


# -- from the records ---------------------------------------------------------------------------------------------------------------


def test_the_records_tell_what_was_answered_when_and_for_whom(office, asked, clock):
    asked("access", "gdpr", answered_after=10, state="fulfilled", fulfilled="whole", language="de")
    asked("erasure", "gdpr", answered_after=60, step="deny", state="denied")
    asked("know-categories", answered_after=10, state="fulfilled", sent=False)  # its letter still waits
    asked("access", "gdpr", controller="tidal")
    clock.advance(days=100)
    found = volume(office.config, NOVEMBER, now=clock())
    assert (found.total.received, found.total.in_time, found.total.late, found.total.overdue) == (4, 1, 1, 2)
    assert found.per["controller"]["tidal"].overdue == 1
    assert found.mix["language"] == {"en": 3, "de": 1}
    assert found.mix["outcome"] == {"ticket": 4}
    assert volume(office.config, NOVEMBER, now=clock(), controllers=["tidal"]).total.received == 1
    assert volume(office.config, NOVEMBER, now=clock(), controllers=[]).total.received == 0
    with pytest.raises(ConfigWrong):
        volume(office.config, NOVEMBER, now=clock(), controllers=["nobody"])


@pytest.mark.parametrize(
    ("received", "regime", "right", "counts"),
    [
        # 30 November in California, although it is 1 December in UTC
        (datetime(2026, 12, 1, 7, 59, tzinfo=UTC), "ccpa", "know-categories", True),
        (datetime(2026, 12, 1, 8, 0, tzinfo=UTC), "ccpa", "know-categories", False),
        # 1 December in Tokyo
        (datetime(2026, 11, 30, 15, 0, tzinfo=UTC), "appi", "stop-use", False),
        (datetime(2026, 10, 31, 15, 0, tzinfo=UTC), "appi", "stop-use", True),
    ],
)
def test_a_request_counts_on_the_day_of_its_laws_place(office, asked, received, regime, right, counts):
    asked(right, regime, received=received)
    assert volume(office.config, NOVEMBER, now=received).total.received == int(counts)


@pytest.mark.parametrize("why", list(Dropped))
def test_what_never_was_a_request_of_its_own_is_not_counted(office, asked, clock, why):
    asked("access", "gdpr")
    asked("erasure", "gdpr", answered_after=3, step="drop", letter=False, state="revoked", state_reason=why.value)
    found = volume(office.config, NOVEMBER, now=clock()).total
    assert (found.received, found.withdrawn) == (1, 0)


def test_an_erased_ticket_still_counts_with_all_its_figures(office, asked, clock):
    request = asked("access", "gdpr", answered_after=3, state="fulfilled", fulfilled="whole")
    before = volume(office.config, NOVEMBER, now=clock())
    with writing():
        erasure.erase_ticket(request.ticket, office.seals, reason="test", now=clock())
    assert volume(office.config, NOVEMBER, now=clock()) == before


def test_mails_that_became_nothing_are_counted_too(office, asked):
    asked()
    IncomingMail.objects.update(outcome="")
    assert volume(office.config, NOVEMBER, now=RECEIVED).mix["outcome"] == {"waiting": 1}


def test_two_questions_to_the_database_however_many_requests_there_are(office, asked):
    for number in range(30):
        asked("access", "gdpr", answered_after=number, state="fulfilled")
    with CaptureQueriesContext(connection) as questions:
        assert volume(office.config, NOVEMBER, now=RECEIVED).total.received == 30
    assert len(questions) == 2


# -- as files -----------------------------------------------------------------------------------------------------------------------


def scope(clock, **changed) -> exports.Scope:
    return exports.Scope(**({"period": NOVEMBER, "by": "week", "now": clock()} | changed))


def test_every_export_that_is_offered_can_be_taken_and_the_trail_tells_of_it(office, asked, clock):
    asked(answered_after=5, state="fulfilled", fulfilled="whole")
    asked("access", "gdpr")
    taken = 0
    for what, kinds in exports.offered(office.config, None):
        for kind in kinds:
            file = exports.export(office.config, office.seals, what, kind, scope(clock), actor="ines")
            assert file.name == f"{what}-20261101-20261130.{kind}"
            assert file.content or (kind, file.rows) == ("json", 0)
            taken += 1
    assert taken > 20
    assert AuditEvent.objects.filter(action="report exported", actor="ines").count() == taken
    told = AuditEvent.objects.get(subject="report:log-7101", data__kind="csv")
    assert told.data == {"kind": "csv", "period": "2026-11-01..2026-11-30", "controllers": "all", "rows": 1}
    assert first_break() is None


def test_an_export_holds_only_what_was_received_in_the_period_at_the_controllers_asked_for(office, asked, clock):
    asked()
    asked(received=RECEIVED + timedelta(days=20))
    asked(controller="tidal")
    rows = exports.export(office.config, office.seals, "log-7101", "csv", scope(clock, controllers=["tidal"]), actor="ines")
    assert [row["controller"] for row in csv.DictReader(io.StringIO(rows.content.decode()))] == ["tidal"]
    assert exports.export(office.config, office.seals, "log-7101", "json", scope(clock), actor="ines").rows == 2


@pytest.mark.parametrize(
    ("what", "kind"), [("salaries", "csv"), ("volume", "pdf"), ("report", "csv"), ("register-gdrp", "csv"), ("log-7101", "svg")]
)
def test_what_is_not_offered_is_refused_and_nothing_is_told(office, clock, what, kind):
    with pytest.raises(WrongUse):
        exports.export(office.config, office.seals, what, kind, scope(clock), actor="ines")
    assert not AuditEvent.objects.exists()


def test_a_controller_without_californians_is_not_offered_californias_records(office):
    settings = office.config.model_dump()
    settings["controller"][1]["regimes"] = ["gdpr"]
    office.config = type(office.config).model_validate(settings)
    assert {what for what, _ in exports.offered(office.config, ["tidal"])}.isdisjoint(
        {"log-7101", "metrics-7102", "register-ccpa"}
    )


def test_svg_files_are_well_formed(office, asked, clock):
    asked(answered_after=5, state="fulfilled", fulfilled="whole")
    for chart in exports.CHARTS:
        file = exports.export(office.config, office.seals, chart, "svg", scope(clock), actor="ines")
        assert ElementTree.fromstring(file.content).tag.endswith("svg")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=HYPERLINK(\"http://evil.example\")", "'=HYPERLINK(\"http://evil.example\")"),
        ("+1 555", "'+1 555"), ("-2+3", "'-2+3"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"), ("\r=1", "'\r=1"),
        ("harmless = text", "harmless = text"), ("", ""),
    ],
)  # fmt: skip
def test_no_cell_is_a_formula(text, cell):
    out = io.StringIO(newline="")
    output.write_csv(Share, [Share(text, "x", -5)], out)
    [_, row] = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert row == [cell, "x", "-5"]  # a number stays one


# -- as PDF -------------------------------------------------------------------------------------------------------------------------


def opened(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content), strict=True)


def test_the_report_is_printed_with_its_title_language_tables_and_charts(office, asked, clock):
    for number in range(40):
        asked("access", "gdpr", answered_after=number, state="fulfilled", fulfilled="whole")
    file = exports.export(office.config, office.seals, "report", "pdf", scope(clock), actor="ines", language="de")
    found = opened(file.content)
    text = "\n".join(page.extract_text() for page in found.pages)
    assert found.metadata.title == "Requests received from 2026-11-01 to 2026-11-30"
    assert found.trailer["/Root"]["/Lang"] == "de"
    for words in ("Requests by week", "Answered in time", "lumen", "19.5", "77.5 %"):
        assert words in text
    assert 2 <= len(found.pages) <= 6


def test_the_same_document_gives_the_same_bytes():
    document = Document(
        "Requests", "en", (Heading("One"), Table(("Right", "Count"), (("access", "3"),)), bars("b", "B", [Bar("x", 1, "1")]))
    )
    assert pdf(document) == pdf(document)


def test_japanese_is_written_and_can_be_read_out():
    words = "削除の請求"
    document = Document(
        "レポート",
        "ja",
        (Heading(words), Paragraph(words), Table((words, "件数"), (("ルーメン", "3"),)), bars("b", words, [Bar("開示", 1, "1")])),
    )
    text = opened(pdf(document)).pages[0].extract_text()
    for one_word in (words, "ルーメン", "開示", "件数"):
        assert one_word in text


def test_no_markup_in_a_name_reaches_the_printer():
    name = "<b>Lumen</b> & Co <img src='http://evil.example/x.png'/> {{ 7*7 }}"
    document = Document(
        name, "en", (Heading(name), Paragraph(name), Table((name, "n"), ((name, "1"),)), bars("b", name, [Bar(name, 1, "1")]))
    )
    assert "<b>Lumen</b>" in opened(pdf(document)).pages[0].extract_text()


def test_a_table_of_three_hundred_rows_runs_over_pages_with_its_heads():
    rows = tuple((f"right {number}", str(number)) for number in range(300))
    found = opened(pdf(Document("Long", "en", (Table(("Right", "Count"), rows),))))
    assert len(found.pages) > 3
    assert all("Count" in page.extract_text() for page in found.pages)
    assert "right 299" in found.pages[-1].extract_text()


def test_words_are_given_for_every_code(office, asked, clock):
    asked("access", "gdpr", answered_after=5, state="fulfilled", fulfilled="whole")
    spoken = volume_document(volume(office.config, NOVEMBER, now=clock()), language="en", words=lambda of, code: f"<{of} {code}>")
    told = str(spoken)
    for words in ("<controller lumen>", "<regime gdpr>", "<right access>", "<became ticket>"):
        assert words in told


# -- from the command line ----------------------------------------------------------------------------------------------------------


def test_the_command_line_prints_tables_and_writes_the_report(office, asked, monkeypatch, tmp_path):
    asked("access", "gdpr", answered_after=5, state="fulfilled", fulfilled="whole")
    monkeypatch.setattr("privbot.commands.report.open_office", lambda config: office)

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(app, ["report", "volume", "--period", "2026-11", *arguments], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    assert run().splitlines()[1] == "lumen,gdpr,access,1,1,0,0,0,0,5.0,5,1.0"
    assert run().startswith(",".join(Line.__dataclass_fields__))
    assert json.loads(run("--table", "over-time", "--json")) == {
        "starts": "2026-11-01", "mails": 1, "requests": 1, "in_time": 1, "late": 0, "overdue": 0,
    }  # fmt: skip
    assert "language,en,1" in run("--table", "mix")
    run("--pdf", str(tmp_path / "november.pdf"))
    assert len(opened((tmp_path / "november.pdf").read_bytes()).pages) >= 1
