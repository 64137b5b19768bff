"""Forms as they are drawn: labels of one row stand at one height, words beside a box stay beside it, and no hole opens between fields."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(("address", "form"), [("/deadlines", ".filters"), ("/reports", ".period"), ("/audit", ".period")])
def test_the_labels_of_filters_in_one_row_stand_at_one_height(address, form, console_office, person, page, sign_in):
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(person("admin"))
    page.goto(address)
    tops = page.locator(f"main {form} input:visible, main {form} select:visible").evaluate_all(
        "all => all.map(one => [Math.round(one.getBoundingClientRect().top), Math.round(one.labels[0].getBoundingClientRect().top)])"
    )
    assert len(tops) > 3
    for row in {top for top, _ in tops}:
        assert len({label for top, label in tops if abs(top - row) < 20}) == 1, tops


def test_words_beside_a_circle_never_run_under_it(person, page, sign_in, in_a_file):
    sign_in(person("admin"))
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto("/settings/mailbox/privacy")
    starts = page.locator("label.option:visible").evaluate_all(
        """all => all.map(one => {
          const range = document.createRange();
          range.selectNodeContents(one.lastChild);
          return Math.min(...[...range.getClientRects()].map(rect => rect.left)) - one.querySelector("input").getBoundingClientRect().right;
        })"""
    )
    assert len(starts) > 4 and min(starts) >= 0


def test_a_tall_group_of_settings_leaves_no_hole_beside_it(person, page, sign_in, in_a_file):
    sign_in(person("admin"))
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/settings/mailbox/privacy")
    gaps = page.locator(".fields").first.evaluate(
        """all => {
          const places = [...all.children].map(one => one.getBoundingClientRect());
          return places.map(one => {
            const below = places.filter(other => other.left === one.left && other.top > one.top).map(other => other.top);
            return below.length ? Math.min(...below) - one.bottom : 0;
          });
        }"""
    )
    assert max(gaps) < 40, gaps


def test_a_limit_says_per_what_it_counts(in_a_file, person, client_of):
    page = client_of(person("admin")).get("/settings/limits").content.decode()
    assert page.count("Automatic letters in 24 hours") == 3 and "To one address." not in page
