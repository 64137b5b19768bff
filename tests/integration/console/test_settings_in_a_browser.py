"""Settings and health in a real browser: a connection is tried in place, what is typed stays, and health refreshes by itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from privbot.config import load
from privbot.records.models import Folder
from privbot.worker.once import poll_once


def test_a_connection_is_tried_in_place_and_nothing_typed_is_lost(person, page, sign_in, in_a_file):
    sign_in(person("admin"))
    page.goto("/settings/mailbox/privacy")
    page.get_by_label("Seconds between two looks").fill("17")
    page.get_by_role("button", name="Try the connection").click()
    expect(page.locator("#tried")).to_contain_text("It works.")
    page.get_by_label("Folders, one a line").fill("Nowhere")
    page.get_by_role("button", name="Try the connection").click()
    expect(page.locator("#tried")).to_contain_text("It does not work.")
    expect(page.get_by_label("Seconds between two looks")).to_have_value("17")
    page.get_by_label("Folders, one a line").fill("INBOX")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("Saved")
    assert load(in_a_file.config.file).mailbox[0].poll_seconds == 17


@pytest.mark.parametrize("script", [True, False])
def test_a_controller_is_added_with_and_without_script(script, person, chromium, served, page, sign_in, in_a_file):
    sign_in(person("admin"))
    context = chromium.new_context(
        base_url=served, java_script_enabled=script, storage_state=page.context.storage_state(), locale="en-GB"
    )
    form = context.new_page()
    form.goto("/settings/new/controller")
    form.get_by_label("Short name").fill("sea")
    form.get_by_label("Name (needed)", exact=True).fill("Sea Ltd")
    form.get_by_label("Addresses people write to").fill("privacy@sea.example")
    form.get_by_label("EU GDPR", exact=True).check()
    form.get_by_label("Auto:").check()
    form.get_by_role("button", name="Save", exact=True).click()
    expect(form.get_by_role("alert")).to_contain_text("Confirm below")
    form.get_by_label("I confirm").check()
    form.get_by_role("button", name="Save", exact=True).click()
    expect(form.get_by_role("link", name="Sea Ltd")).to_be_visible()
    assert load(in_a_file.config.file).controllers["sea"].mode == "auto"
    context.close()


def test_health_refreshes_by_itself(console_office, person, page, sign_in):
    poll_once(console_office)
    sign_in(person("viewer"))
    page.clock.install()
    page.goto("/health")
    expect(page.get_by_text("Works")).to_be_visible()
    Folder.objects.update(last_fault="imap-login")
    page.clock.run_for(16_000)
    expect(page.get_by_text("refuses account or password")).to_be_visible()
