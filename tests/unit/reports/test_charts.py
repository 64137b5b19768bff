"""Charts: what is drawn, that it reads without colour and without eyes, and that nothing in it can act."""

from __future__ import annotations

import itertools
from xml.etree import ElementTree

import pytest

from privbot.reports.charts import Bar, Box, Column, Line, Words, bars, columns, strokes
from privbot.reports.svg import svg

SVG = "{http://www.w3.org/2000/svg}"
SERIES = ("answered in time", "answered late", "overdue", "open or withdrawn")


def boxes(chart) -> list[Box]:
    return [one for one in chart.marks if isinstance(one, Box)]


def texts(chart) -> list[str]:
    return [one.text for one in chart.marks if isinstance(one, Words)]


def test_bars_are_as_long_as_their_values_and_each_is_written_beside_it():
    chart = bars("rights", "Requests by right", [Bar("access", 30, "30"), Bar("erasure", 15, "15"), Bar("objection", 0, "0")])
    assert [one.width for one in boxes(chart)] == pytest.approx([chart.marks[2].width, chart.marks[2].width / 2, 0])
    assert texts(chart) == ["Requests by right", "access", "30", "erasure", "15", "objection", "0"]


def test_a_tick_further_along_is_on_the_same_scale():
    chart = bars("days", "Days", [Bar("access", 10, "10 / 40", tick=40)])
    [box] = boxes(chart)
    ticks = [one.x1 for one in chart.marks if isinstance(one, Line) and one.x1 == one.x2 and one.x1 > box.x + box.width]
    assert ticks == [pytest.approx(box.x + 4 * box.width)]


def test_columns_stand_on_each_other_and_differ_by_pattern():
    chart = columns("over-time", "Requests", SERIES, [Column("2026-11", (4, 3, 2, 1)), Column("2026-12", (0, 0, 0, 0))])
    legend, drawn = boxes(chart)[:4], boxes(chart)[4:]
    assert [one.pattern for one in legend] == [one.pattern for one in drawn] == ["full", "hatched", "dotted", "empty"]
    for lower, upper in itertools.pairwise(drawn):
        assert upper.y + upper.height == pytest.approx(lower.y)
    assert drawn[0].height == pytest.approx(2 * drawn[2].height)
    assert "10" in texts(chart)


@pytest.mark.parametrize("most", [0, 1, 4, 7, 10, 99, 101, 5000, 123_456])
def test_the_scale_has_few_lines_and_nothing_reaches_above_it(most):
    chart = columns("over-time", "Requests", SERIES, [Column("2026-11", (most, 0, 0, 0))])
    lines = [one for one in chart.marks if isinstance(one, Line)]
    assert 2 <= len(lines) <= 7
    assert all(one.y >= min(line.y1 for line in lines) - 0.01 for one in boxes(chart)[4:])


def test_of_many_columns_only_some_are_labelled_so_that_no_two_touch():
    weeks = [Column(f"2026-{week:02}-01", (1, 0, 0, 0)) for week in range(53)]
    chart = columns("over-time", "Requests", SERIES, weeks)
    labels = sorted(one.x for one in chart.marks if isinstance(one, Words) and one.text.startswith("2026-"))
    assert len(labels) > 5
    assert all(right - left > 60 for left, right in itertools.pairwise(labels))


@pytest.mark.parametrize(
    "box", [Box(10, 20, 40, 8, "hatched"), Box(0, 0, 3, 200, "hatched"), Box(5, 5, 31, 33, "dotted"), Box(0, 0, 0, 0, "hatched")]
)
def test_a_pattern_stays_within_its_box(box):
    for one in strokes(box):
        assert box.x <= min(one.x1, one.x2) and max(one.x1, one.x2) <= box.x + box.width + 0.01
        assert box.y <= min(one.y1, one.y2) and max(one.y1, one.y2) <= box.y + box.height + 0.01


HOSTILE = '<script>alert(1)</script> & "quoted" \' =1+1'


@pytest.mark.parametrize("alone", [True, False])
def test_svg_is_well_formed_named_told_in_words_and_cannot_act(alone):
    chart = bars("rights", HOSTILE, [Bar(HOSTILE, 3, "3"), Bar("削除", 1, "1")])
    root = ElementTree.fromstring(svg(chart, alone=alone))
    names = {one.tag.removeprefix(SVG) for one in root.iter()}
    assert names <= {"svg", "title", "desc", "style", "rect", "path", "text"}
    assert not {name for one in root.iter() for name in one.attrib if name == "style" or name.startswith("on") or "href" in name}
    title, told = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title.text == HOSTILE
    assert "削除: 1" in told.text
    assert (
        root.get("role") == "img"
        and root.get("aria-labelledby") == title.get("id")
        and root.get("aria-describedby") == told.get("id")
    )


def test_a_chart_in_a_page_has_no_style_of_its_own():
    chart = bars("rights", "Rights", [])
    assert "<style" not in svg(chart)
    assert "prefers-color-scheme" in svg(chart, alone=True)
