"""The geometry of the charts: what is drawn is what was counted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.charts import (
    NARROW,
    WIDE,
    Dip,
    WeekFigure,
    age_chart,
    longest_dip,
    share,
    steps,
    week_chart,
)
from workflow.ages import AGE_KEYS

MONDAY = date(2027, 1, 4)
figures = st.integers(0, 60).flatmap(
    lambda expected: st.tuples(st.just(expected), st.integers(0, expected))
)


def weeks(*pairs: tuple[int, int]) -> list[WeekFigure]:
    return [
        WeekFigure(MONDAY + timedelta(weeks=n), expected, delivered)
        for n, (expected, delivered) in enumerate(pairs)
    ]


@given(st.lists(figures, max_size=20), st.sampled_from([WIDE, NARROW]))
def test_bars_stay_inside_and_keep_their_proportions(
    pairs: list[tuple[int, int]], canvas: object
) -> None:
    chart = week_chart(weeks(*pairs), canvas)  # type: ignore[arg-type]
    unit = chart.plot / chart.ticks[-1].value
    for bar, (expected, delivered) in zip(chart.bars, pairs, strict=True):
        assert bar.height == pytest.approx(delivered * unit, abs=0.06)
        assert bar.gap_top == pytest.approx(chart.canvas.base - expected * unit, abs=0.06)
        assert chart.canvas.left <= bar.x
        assert bar.x + bar.width <= chart.canvas.width - chart.canvas.right + 0.1
        assert bar.gap_top >= chart.canvas.top - 0.1


def test_a_week_with_nothing_promised_has_no_per_cent() -> None:
    (bar,) = week_chart(weeks((0, 0)), WIDE).bars
    assert (bar.percent, bar.height, bar.gap_height) == (None, 0, 0)


def test_per_cent_is_rounded_down_so_that_100_means_all() -> None:
    assert [w.percent for w in weeks((3, 2), (200, 199), (4, 4))] == [66, 99, 100]


def test_the_last_week_is_always_labelled() -> None:
    chart = week_chart(weeks(*[(4, 2)] * 16), NARROW, every=3)
    assert [n for n, bar in enumerate(chart.bars) if bar.is_labelled] == [0, 3, 6, 9, 12, 15]


@pytest.mark.parametrize(
    ("highest", "scale"), [(0, [0, 1, 2, 3]), (19, [0, 8, 16, 24]), (301, [0, 101, 202, 303])]
)
def test_the_scale_is_round_and_high_enough(highest: int, scale: list[int]) -> None:
    assert steps(highest) == scale


def test_few_things_are_boxes_and_many_are_one_bar() -> None:
    few = age_chart([2, 1, 0, 0, 4], [f"?age={key}" for key in AGE_KEYS])
    assert [len(bar.blocks) for bar in few.bars] == [2, 1, 0, 0, 4]
    assert [bar.url for bar in few.bars] == [f"?age={key}" for key in AGE_KEYS]
    many = age_chart([2, 40, 0, 0, 0], [""] * 5)
    assert [len(bar.blocks) for bar in many.bars] == [1, 1, 0, 0, 0]
    assert all(y >= 0 for chart in (few, many) for bar in chart.bars for y in bar.blocks)


def test_a_share_is_never_invisible_nor_more_than_all() -> None:
    assert share(1, 1000) == 2.0
    assert share(7, 7) == 200.0
    assert share(0, 7) == 0.0


@pytest.mark.parametrize(
    ("percents", "dip"),
    [
        ([94, 60, 50, 80], Dip(1, 2)),
        ([60, 90, 50, 40, 30], Dip(2, 4)),
        ([60, None, 50, 80], Dip(0, 2)),
        ([90, 60, 90], None),
        ([], None),
    ],
)
def test_the_dip_is_the_longest_run_under_the_line(
    percents: list[int | None], dip: Dip | None
) -> None:
    assert longest_dip(percents, 70) == dip


def test_the_bracket_spans_its_weeks() -> None:
    chart = week_chart(weeks((4, 4), (4, 1), (4, 2), (4, 4)), WIDE)
    mark = chart.bracket(Dip(1, 2))
    assert mark is not None
    assert mark.left < chart.bars[1].x < mark.right > chart.bars[2].x + chart.bars[2].width
    assert chart.bracket(None) is None
