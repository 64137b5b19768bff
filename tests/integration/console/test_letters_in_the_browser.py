"""Letters and Deadlines in a real browser: the live preview, the calendar box, no script where none belongs, and WCAG 2.2 AA."""

from __future__ import annotations

from functools import partial

import pytest

from tests.asked_requests import put_request


@pytest.fixture
def office(console_office, clock, tmp_path):
    """The console's office with an empty folder of letters, and something due."""
    console_office.config = console_office.config.model_copy(update={"folder": tmp_path})
    put = partial(put_request, clock)
    put("LUM-AAAA-AAAA")
    put("TID-BBBB-BBBB", "tidal", owner="Lea Lead")
    return console_office


@pytest.fixture
def as_lead(office, person, sign_in, page):
    sign_in(person("lead", name="Lea Lead"))
    return page


def test_the_preview_follows_what_is_typed(as_lead):
    page = as_lead
    page.goto("/letters/lumen/closed/en")
    page.get_by_label("Sentences that read differently").fill('common.closing = "Warm regards"\n')
    page.frame_locator("iframe.letter").get_by_text("Warm regards").wait_for()
    page.get_by_label("Sentences that read differently").fill('common.closng = "x"\n')
    page.get_by_text("there is no such fragment").wait_for()
    assert page.locator("#preview-state").inner_text().strip() == "1 thing has to change before this text can be used."
    page.get_by_label("Sentences that read differently").fill('common.closing = "Warm regards"\n')
    page.frame_locator("iframe.letter").get_by_text("Warm regards").wait_for()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("the next letter is written with it").wait_for()


def test_a_calendar_address_is_made_and_copied(as_lead):
    page = as_lead
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/deadlines")
    page.get_by_label("Name of the program").fill("phone")
    page.get_by_role("button", name="Make a calendar address").click()
    address = page.get_by_label("Your new calendar address").input_value()
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == address
    assert page.request.get(address).headers["content-type"].startswith("text/calendar")


ADDRESSES = (
    "/letters", "/letters/lumen/refusal/en", "/letters/lumen/refusal/ja?start=shipped", "/letters/lumen/refusal/en?part=structure&start=shipped",
    "/letters/lumen/closed/en/words/history", "/deadlines", "/deadlines/month?month=2027-01",
)  # fmt: skip


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_pages_break_no_rule_of_wcag_and_fit_the_screen(as_lead, office, colours, width):
    from axe_playwright_python.sync_playwright import Axe

    from privbot.worker import wording

    first = wording.save(office, "lumen", "words/en.toml", 'closed.again = "Write again."\n', actor="Ada", version=0)
    wording.save(office, "lumen", "words/en.toml", 'closed.again = "Do write again."\n', actor="Ada", version=first.id)
    page = as_lead
    page.emulate_media(color_scheme=colours)
    page.set_viewport_size({"width": width, "height": 900})
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    for address in ADDRESSES:
        page.goto(address)
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
        assert found.violations_count == 0, f"{address}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{address} is wider than {width}"
    assert complaints == []
