"""The geometry of the built-back timeline, without a browser."""

from __future__ import annotations

import re
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from plancraft.lib.dates import WorkingCalendar
from plans.schedule.timeline import LABELS, WIDTH, Bar, arrows, starts, timeline

CALENDAR = WorkingCalendar(closed=frozenset({date(2027, 3, 26)}))
TODAY = date(2027, 3, 10)


def bar(id_: str, first: date, last: date, **more: object) -> Bar:
    return Bar(id=id_, title=id_, first=first, last=last, look="plan", **more)  # type: ignore[arg-type]


def test_nothing_has_no_timeline() -> None:
    assert timeline([], TODAY, CALENDAR) is None


def test_days_are_as_wide_as_each_other_and_bars_hold_whole_days() -> None:
    line = timeline(
        [
            bar("a", date(2027, 3, 8), date(2027, 3, 8)),
            bar("b", date(2027, 3, 9), date(2027, 3, 12)),
        ],
        TODAY,
        CALENDAR,
    )
    assert line is not None
    one, four = line.shapes
    assert abs(four.width - 4 * one.width) < 0.5
    assert one.end == four.x  # the one ends where the next day begins
    assert four.y - one.y == 44
    assert line.today is not None and one.end < line.today < four.end


def test_weekends_are_shaded_and_holidays_hatched() -> None:
    line = timeline([bar("a", date(2027, 3, 22), date(2027, 3, 31))], TODAY, CALENDAR)
    assert line is not None
    assert [run.is_holiday for run in line.closed] == [False, False, True, False]


def test_over_a_year_weekends_would_be_a_veil_and_months_are_named() -> None:
    line = timeline([bar("a", date(2027, 1, 4), date(2028, 1, 4))], date(2027, 1, 4), CALENDAR)
    assert line is not None
    assert [run.is_holiday for run in line.closed] == [True]
    assert all(tick.is_month and tick.day.day == 1 for tick in line.ticks)
    gaps = [b.x - a.x for a, b in zip(line.ticks, line.ticks[1:], strict=False)]
    assert min(gaps) >= 60


def test_today_is_left_out_where_it_is_far_away() -> None:
    far = [bar("a", date(2028, 3, 1), date(2028, 3, 20))]
    line = timeline(far, TODAY, CALENDAR)
    assert line is not None and line.today is None
    near = timeline(far, date(2028, 2, 1), CALENDAR)
    assert near is not None and near.today is not None


def test_slack_and_lateness_go_on_where_the_bar_ends() -> None:
    line = timeline(
        [
            bar("late", date(2027, 3, 1), date(2027, 3, 5), late_to=TODAY),
            bar("slack", date(2027, 3, 8), date(2027, 3, 9), slack_to=date(2027, 3, 12)),
            bar("none", date(2027, 3, 8), date(2027, 3, 9)),
        ],
        TODAY,
        CALENDAR,
    )
    assert line is not None
    late, slack, none = line.shapes
    assert late.late is not None and late.late[0] == late.end
    assert slack.slack is not None and slack.slack[0] > slack.end
    assert none.late is None and none.slack is None


def test_words_stand_where_they_have_room() -> None:
    words = "Due Wed 31 March: 12 working days of slack"
    first, last = date(2027, 3, 1), date(2027, 4, 30)
    line = timeline(
        [
            bar("left", first, first, words=words),
            bar("right", last, last, words=words),
            bar("whole", first, last, words=words),
        ],
        first,
        CALENDAR,
    )
    assert line is not None
    left, right, whole = line.shapes
    assert (left.label.anchor, left.label.x > left.end) == ("start", True)
    assert (right.label.anchor, right.label.x < right.x) == ("end", True)
    assert (whole.label.anchor, whole.label.x < whole.end) == ("end", True)


def test_a_step_begins_once_what_leads_to_it_is_due() -> None:
    due = {"a": date(2027, 3, 1), "b": date(2027, 3, 5), "c": date(2027, 3, 10)}
    assert starts(due, {"a": ["c"], "b": ["c"]}) == {
        "a": date(2027, 3, 1),
        "b": date(2027, 3, 5),
        "c": date(2027, 3, 6),
    }
    late_before = starts({"a": date(2027, 3, 9), "b": date(2027, 3, 9)}, {"a": ["b"]})
    assert late_before["b"] == date(2027, 3, 9)


def test_links_lead_downwards_and_end_in_an_arrow() -> None:
    line = timeline(
        [
            bar("a", date(2027, 3, 1), date(2027, 3, 2), before=("b", "nowhere")),
            bar("b", date(2027, 3, 3), date(2027, 3, 8), before=("a",)),
        ],
        TODAY,
        CALENDAR,
    )
    assert line is not None and len(line.links) == 1
    [(path, tip)] = arrows(line.links)
    end = float(path.rsplit("V", 1)[1])
    assert end == line.shapes[1].top - 1
    assert re.fullmatch(r"M[\d.]+ [\d.]+l3 4.5 3-4.5z", tip)


DAYS = st.dates(date(2026, 1, 1), date(2030, 1, 1))


@given(st.lists(st.tuples(DAYS, st.integers(0, 400)), min_size=1, max_size=30), DAYS)
def test_everything_stays_within_the_picture(spans: list[tuple[date, int]], today: date) -> None:
    bars = [
        bar(str(n), day, day + timedelta(days=length), words="Due then")
        for n, (day, length) in enumerate(spans)
    ]
    line = timeline(bars, today, CALENDAR)
    assert line is not None
    for shape in line.shapes:
        assert LABELS <= shape.x <= shape.end <= WIDTH + 0.1
        assert 54 < shape.y < line.bottom
    for run in line.closed:
        assert run.x >= LABELS and run.x + run.width <= WIDTH + 0.1
    assert [tick.x for tick in line.ticks] == sorted(tick.x for tick in line.ticks)
