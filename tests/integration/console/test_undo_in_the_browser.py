"""In Chromium: a step is sent by mistake, its letter waits, and it is taken back; nothing on the way is out of anybody's reach."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from conversations import BOTH, mail

from privbot.records.models import Request, Ticket
from privbot.worker.once import poll_once

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture
def ticket(imap, console_office, clock) -> Ticket:
    clock.now = datetime.now(UTC)  # the mail server's own clock is not frozen
    imap.deliver(mail(BOTH))
    poll_once(console_office)
    return Ticket.objects.get()


def test_the_page_counts_down_and_undo_takes_the_step_back(ticket, clock, person, page, sign_in):
    sign_in(person("operator", name="Mika"))
    page.goto(f"/ticket/{ticket.reference}#step-extend")  # the address opens the form
    form = page.locator("#step-extend")
    form.get_by_label("Why the answer takes longer").fill("Your data lie in many systems.")
    form.get_by_role("button", name="Extend the time").click()
    page.get_by_text("leaves in 10 seconds", exact=False).last.wait_for()
    assert Request.objects.exclude(extended_on=None).count() == 1
    undo = page.locator("#undo").get_by_role("button").first
    undo.focus()
    clock.advance(seconds=4)
    page.locator("#undo").get_by_text("leaves in 6 seconds").wait_for()  # asked for anew, without a reload
    assert undo.evaluate("button => button === document.activeElement")  # and the keyboard stays where it was
    page.keyboard.press("Enter")
    page.get_by_text("Undone: Time extended.").wait_for()
    assert not Request.objects.exclude(extended_on=None).exists()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_with_every_form_open_the_page_is_accessible_and_fits(ticket, person, page, sign_in, scheme, width):
    sign_in(person("lead"))
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"/ticket/{ticket.reference}")
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
    found = Axe().run(page, options=WCAG)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
