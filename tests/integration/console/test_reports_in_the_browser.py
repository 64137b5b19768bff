"""In a real browser: an export after signing in again, and a trail that is walked while its page waits and tells."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.contrib.sessions.backends.db import SessionStore
from pypdf import PdfReader
from report_world import ask

from privbot.records import audit
from privbot.records.audit import Event
from privbot.records.database import writing
from privbot.records.models import AuditEvent
from tests.at_the_console import PASSWORD


def that_was_long_ago(page) -> None:
    """The sign-in of this browser, as if it had been an hour ago."""
    [key] = [one["value"] for one in page.context.cookies() if one["name"] == "privbot-session"]
    session = SessionStore(key)
    session["account_authentication_methods"] = [
        {**one, "at": one["at"] - 3600} for one in session["account_authentication_methods"]
    ]
    session.save()


def test_a_report_is_taken_out_after_the_password_was_asked_for_again(console_office, person, page, sign_in, tmp_path):
    ask(console_office, "access", "gdpr", answered_after=5, state="fulfilled", fulfilled="whole")
    sign_in(person("operator", name="Ines"))
    that_was_long_ago(page)
    page.get_by_role("link", name="Reports").click()
    page.get_by_role("button", name="PDF The whole report").click()
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("input[type=password]").press("Enter")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Take out").click()
    file = tmp_path / "report.pdf"
    waiting.value.save_as(file)
    assert waiting.value.suggested_filename.startswith("report-2025")
    assert "Lumen Masks LLC" in PdfReader(file).pages[0].extract_text()
    assert AuditEvent.objects.get(action="report exported").actor == "Ines"


def test_the_page_tells_by_itself_how_a_walk_ended(console_office, person, page, sign_in):
    chores: Path = console_office.config.data_folder / "chores"
    shutil.rmtree(chores, ignore_errors=True)
    with writing():
        audit.record([Event("letter sent", "mail:1")], actor="privbot", now=console_office.clock())
    sign_in(person("lead", name="Ada"))
    page.get_by_role("link", name="Audit").click()
    page.get_by_role("button", name="Verify now").click()
    page.get_by_text("Whole.").wait_for(timeout=60_000)
    assert "by Ada" in page.locator("#verification").inner_text()
    shutil.rmtree(chores, ignore_errors=True)
