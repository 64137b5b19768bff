"""A morning's triage without a mouse, in a real Chromium."""

from __future__ import annotations

import time

import pytest
from test_queue_page import HELD

from privbot.records.models import Letter, Request, Review
from privbot.worker.once import poll_once

PEOPLE = ("mel", "ada", "kim")


@pytest.fixture
def held(imap, console_office):
    """Three held mails, the first of which came first."""
    for number, name in enumerate(PEOPLE):
        text = HELD.replace("mel@", f"{name}@").replace("Mel Ortega", f"{name.title()} Ortega").replace("<1-", f"<{number}-")
        imap.deliver(text.format(controller="lumen").replace("\n", "\r\n").encode())
    poll_once(console_office)
    return list(Review.objects.order_by("id"))


def rows(page) -> list[str]:
    return [one.get_attribute("id") for one in page.locator("table.queue tbody tr").all()]


def highlighted(page) -> str:
    return page.locator("tr.here").get_attribute("id")


def test_mails_are_triaged_by_keys_alone(held, person, page, sign_in):
    first, second, third = (f"review-{one.id}" for one in held)
    sign_in(person("operator", name="Mika"))
    assert rows(page) == [first, second, third]

    # j and k move; what is highlighted has the focus, so that a screen reader follows.
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert highlighted(page) == second
    assert page.evaluate("document.activeElement.closest('tr').id") == second
    page.keyboard.press("k")
    assert highlighted(page) == first

    # 2 proposes a deletion; enter confirms; the row goes and the next one is highlighted.
    page.keyboard.press("2")
    page.locator("dialog#panel[open]").get_by_text("Erasure").wait_for()
    page.keyboard.press("Enter")
    page.locator(f"#{first}").wait_for(state="detached")
    assert Request.objects.get().right == "erasure"
    page.locator("dialog#panel").wait_for(state="hidden")
    assert highlighted(page) == second

    # What was done is said where it is read aloud, and u takes it back: what came back is what the next key is meant for.
    toast = page.locator("#toast[aria-live=polite]")
    assert "Decided: Deletion." in toast.inner_text()
    page.keyboard.press("u")
    page.get_by_text("Undone.").wait_for()
    assert rows(page) == [first, second, third]
    assert not Request.objects.exists()

    assert highlighted(page) == first

    # 7 files it; escape changes one's mind first.
    page.keyboard.press("7")
    page.locator("dialog#panel[open]").get_by_role("button", name="File it").wait_for()
    page.keyboard.press("Escape")
    page.locator("dialog#panel").wait_for(state="hidden")
    assert len(rows(page)) == 3
    page.keyboard.press("7")
    page.locator("dialog#panel[open]").get_by_label("it is").select_option("support")
    page.locator("dialog#panel").get_by_role("button", name="File it").press("Enter")
    page.locator(f"#{first}").wait_for(state="detached")
    page.locator("dialog#panel").wait_for(state="hidden")
    assert Review.objects.get(id=held[0].id).decision == "no request: support"

    # x ticks, a slash leads to the search, and there keys are letters.
    page.keyboard.press("x")
    assert page.locator(f"#{second} input[type=checkbox]").is_checked()
    page.keyboard.press("/")
    page.keyboard.type("kim 7")
    assert page.locator("#search").input_value() == "kim 7"
    page.locator("#search").fill("kim ortega")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('table.queue tbody tr').length === 1")
    assert rows(page) == [third]
    assert "kim" not in page.url

    # Enter opens the row.
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/review/{held[2].id}")


def test_a_letter_is_read_and_approved_by_keys(held, console_office, person, page, sign_in):
    Letter.objects.all().delete()
    from privbot.worker import desk

    handled = desk.open_request(console_office, held[0].id, ["access"], regime="gdpr", actor="Mika")
    Letter.objects.filter(id=handled.letter.id).update(state="draft")
    sign_in(person("operator"))
    page.goto("/queue?kind=letter")
    page.keyboard.press("j")
    page.keyboard.press("a")
    page.locator("dialog#panel[open]").get_by_text("mel@ortega.example").wait_for()
    page.keyboard.press("Enter")
    page.locator(f"#letter-{handled.letter.id}").wait_for(state="detached")
    assert Letter.objects.get(id=handled.letter.id).state == "queued"


def test_the_help_lists_the_keys_and_switches_them_off(held, person, page, sign_in):
    sign_in(person("operator"))
    page.keyboard.press("?")
    page.locator("dialog#help[open]").get_by_role("button", name="Switch single keys off").press("Enter")
    page.get_by_text("Single keys do nothing now.").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("2")
    assert page.locator("tr.here").count() == 0
    assert not page.locator("dialog[open]").count()


def test_two_decide_the_same_mail_and_the_second_is_told(held, console_office, person, page, sign_in):
    from privbot.worker import desk

    sign_in(person("operator"))
    page.keyboard.press("j")
    page.keyboard.press("1")
    page.locator("dialog#panel[open]").get_by_role("button", name="Open the request").wait_for()
    desk.ignore(console_office, held[0].id, "spam", actor="Noor")
    page.keyboard.press("Enter")
    page.locator("dialog#panel").get_by_role("alert").get_by_text("Noor").wait_for()
    assert not Request.objects.exists()


def test_the_row_that_came_back_is_highlighted_and_seen_and_u_works_after_a_reload(held, person, page, sign_in):
    sign_in(person("operator"))
    page.set_viewport_size({"width": 1440, "height": 500})
    last = f"review-{held[2].id}"
    for _ in PEOPLE:
        page.keyboard.press("j")
    assert highlighted(page) == last
    page.keyboard.press("7")
    page.locator("dialog#panel[open]").get_by_role("button", name="File it").press("Enter")
    page.locator(f"#{last}").wait_for(state="detached")
    page.goto("/queue")
    page.keyboard.press("u")
    page.get_by_text("Undone.").wait_for()
    assert highlighted(page) == last
    box = page.locator(f"#{last}").bounding_box()
    assert 0 <= box["y"] <= 500 - box["height"]
    assert page.evaluate("document.activeElement.closest('tr').id") == last


def test_undo_of_a_letter_is_offered_for_ten_seconds_and_no_longer(held, clock, console_office, person, page, sign_in):
    from privbot.worker import desk

    handled = desk.open_request(console_office, held[0].id, ["access"], regime="gdpr", actor="Mika")
    Letter.objects.filter(id=handled.letter.id).update(state="draft")
    sign_in(person("operator"))
    page.goto("/queue?kind=letter")
    page.keyboard.press("j")
    page.keyboard.press("a")
    page.locator("dialog#panel[open] button[autofocus]").press("Enter")
    toast = page.locator("#toast")
    toast.get_by_text("The letter leaves in 10 seconds.").wait_for()
    assert toast.get_by_role("button", name="Undo").count() == 1
    assert page.get_by_text("Nothing waits here any more.").is_visible(), "in the place of an empty table"
    assert not page.locator("table.queue").is_visible()
    clock.advance(seconds=10)
    toast.get_by_text("The letter is on its way.").wait_for(timeout=15_000)
    assert toast.get_by_role("button").count() == 0


def test_a_key_that_comes_before_the_panel_does_nothing_to_the_row(held, person, page, sign_in):
    sign_in(person("operator"))
    page.route("**/queue/review/*/other", lambda route: (time.sleep(0.5), route.continue_()))
    page.keyboard.press("j")
    page.keyboard.press("7")
    page.keyboard.press("Enter")  # without the panel it would open the mail's page
    page.locator("dialog#panel[open]").get_by_role("button", name="File it").wait_for()
    assert len(rows(page)) == len(PEOPLE)
