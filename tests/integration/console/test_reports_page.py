"""The page of reports: figures of what somebody may see, and exports that the audit trail tells of."""

from __future__ import annotations

import csv
import io
import re
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader
from report_world import ask

from privbot.records.models import AuditEvent

NOVEMBER = {"first": "2026-11-01", "last": "2026-11-30", "by": "week", "controller": ""}


@pytest.fixture
def asked(console_office):
    return partial(ask, console_office)


def page_of(client, **changed: str) -> str:
    return client.get("/reports", NOVEMBER | changed).content.decode()


def test_without_a_choice_it_shows_the_last_twelve_months(asked, person, client_of):
    asked("access", "gdpr", answered_after=3, state="fulfilled")
    told = client_of(person("viewer")).get("/reports").content.decode()
    assert 'value="2025-12-01"' in told and 'value="2026-11-20"' in told
    assert "Requests received from 2025-12-01 to 2026-11-20" in told
    assert "Access to the data" in told and "<svg" in told


def test_the_figures_are_those_of_the_period_and_the_controller(asked, person, client_of):
    asked("access", "gdpr", answered_after=3, state="fulfilled")
    asked("erasure", "gdpr", controller="tidal")
    client = client_of(person("viewer"))
    assert "Erasure" in page_of(client)
    told = page_of(client, controller="lumen")
    assert "Lumen Masks LLC" in told and '<th scope="row">Erasure' not in told
    assert "Nothing in this period" in page_of(client, first="2026-01-01", last="2026-01-31")


def test_whoever_is_limited_to_a_controller_sees_only_that_one(asked, person, client_of):
    asked("access", "gdpr")
    asked("erasure", "gdpr", controller="tidal")
    client = client_of(person("operator", controllers=["tidal"]))
    told = page_of(client)
    assert "Erasure" in told and "Lumen" not in told and '<th scope="row">Access to the data' not in told
    assert client.get("/reports", NOVEMBER | {"controller": "lumen"}).status_code == 400
    taken = client.post("/reports/export", NOVEMBER | {"export": "volume.csv"})
    assert [row["controller"] for row in csv.DictReader(io.StringIO(taken.content.decode()))] == ["tidal"]
    assert AuditEvent.objects.get(action="report exported").data["controllers"] == ["tidal"]
    assert client.post("/reports/export", NOVEMBER | {"export": "volume.csv", "controller": "lumen"}).status_code == 400


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"first": "2026-12-01"}, "the first day comes first"),
        ({"first": "2001-01-01"}, "10 years at most"),
        ({"last": "the end"}, "Enter a valid date"),
        ({"by": "minute"}, "Select a valid choice"),
    ],
)
def test_a_wrong_period_keeps_what_was_typed_and_says_what_to_change(person, client_of, changed, sentence):
    answer = client_of(person("viewer")).get("/reports", NOVEMBER | changed)
    assert answer.status_code == 400
    told = answer.content.decode()
    assert sentence in told
    assert "Take out" not in told
    assert all(f'value="{value}"' in told for name, value in changed.items() if name != "by")


def test_an_export_is_a_file_and_told_in_the_audit_trail(asked, person, client_of):
    asked(answered_after=5, state="fulfilled", fulfilled="whole")
    operator = person("operator", name="Ines")
    client = client_of(operator)
    offered = re.findall(r'name="export" value="([^"]+)"', page_of(client))
    assert {"report.pdf", "log-7101.csv", "metrics-7102.json", "register-gdpr.csv", "over-time.svg"} <= set(offered)
    for one in offered:
        answer = client.post("/reports/export", NOVEMBER | {"export": one})
        assert answer.status_code == 200, one
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    told = AuditEvent.objects.filter(action="report exported", actor="Ines")
    assert told.count() == len(offered)
    assert told.get(subject="report:log-7101", data__kind="csv").data["rows"] == 1
    answer = client.post("/reports/export", NOVEMBER | {"export": "report.pdf"})
    text = PdfReader(io.BytesIO(answer.content), strict=True).pages[0].extract_text()
    assert "Lumen Masks LLC" in text


def test_an_export_speaks_the_language_of_whoever_takes_it(asked, person, client_of):
    asked("access", "gdpr")
    german = person("operator")
    german.language = "de"
    german.save()
    answer = client_of(german).post("/reports/export", NOVEMBER | {"export": "report.pdf"})
    assert PdfReader(io.BytesIO(answer.content)).trailer["/Root"]["/Lang"] == "de"


@pytest.mark.parametrize("what", ["", "report.csv", "salaries.csv", "../../etc/passwd", "volume.exe"])
def test_an_export_that_there_is_not_is_refused(person, client_of, what):
    assert client_of(person("operator")).post("/reports/export", NOVEMBER | {"export": what}).status_code == 400
    assert not AuditEvent.objects.filter(action="report exported").exists()


def test_an_export_needs_a_role_a_recent_sign_in_and_a_form(person, client_of):
    assert client_of(person("viewer")).post("/reports/export", NOVEMBER | {"export": "report.pdf"}).status_code == 403
    long_ago = client_of(person("operator"), signed_in_lately=False).post("/reports/export", NOVEMBER | {"export": "report.pdf"})
    assert long_ago.status_code == 302 and "/accounts/again/" in long_ago.headers["Location"]
    assert client_of(person("operator")).get("/reports/export").status_code == 405
    assert not AuditEvent.objects.filter(action="report exported").exists()
    assert "Take out" not in page_of(client_of(person("viewer")))


def test_the_page_asks_the_database_as_often_for_many_requests_as_for_few(asked, person, client_of):
    client = client_of(person("operator"))
    asked("access", "gdpr")
    page_of(client)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as questions:
            page_of(client)
        counts.append(len(questions))
        for number in range(15):
            asked("access", "gdpr", answered_after=number, state="fulfilled")
    assert counts[0] == counts[1] <= 12
