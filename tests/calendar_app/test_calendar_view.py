"""The pure month: which days, what is folded, and as what a post is shown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_app import calendar_view as view
from calendar_app.calendar_view import Day, Shown, Slot, build_month, grid_period
from calendar_app.queries import PostRow

NOW = datetime(2027, 3, 10, 12, tzinfo=UTC)
TOLERANCE = timedelta(hours=24)


def row(at: datetime, state: str = "draft", *, historical: bool = False) -> PostRow:
    return PostRow(1, 1, at, state, historical, 1, "First keys", None, 1)


@given(st.dates(date(1901, 1, 1), date(2199, 12, 1)), st.integers(0, 6))
def test_the_grid_is_whole_weeks_with_the_whole_month(day: date, week_start: int) -> None:
    first = day.replace(day=1)
    period = grid_period(first, week_start)
    assert period.start.weekday() == week_start
    assert len(period) % 7 == 0 and 28 <= len(period) <= 42
    assert first in period and view.month_of(first).end in period


@given(st.integers(0, 40), st.integers(0, 12), st.sampled_from([None, 4, 8]))
def test_what_is_shown_and_what_is_counted_as_more_is_everything(
    posts: int, slots: int, limit: int | None
) -> None:
    day = date(2027, 3, 12)
    cell = Day(day, limit=limit)
    cell.posts = [Shown(row(NOW), day, "09:00", "draft")] * posts
    cell.slots = [Slot(day, 1, "/", "slot empty")] * slots
    seen = len(cell.shown_posts) + len(cell.shown_slots)
    assert seen + cell.hidden == posts + slots
    assert cell.hidden != 1
    if slots:
        assert cell.shown_slots or not cell.is_folded


@pytest.mark.parametrize(
    ("state", "hours_ago", "expected"),
    [
        ("draft", 25, "missed"),
        ("draft", 24, "draft"),
        ("in_review", 25, "missed"),
        ("approved", 25, "unconfirmed"),
        ("published", 99, "published"),
        ("idea", 99, "idea"),
        ("cancelled", 99, "cancelled"),
        ("draft", -1, "draft"),
    ],
)
def test_missed_and_unconfirmed_once_time_and_tolerance_have_passed(
    state: str, hours_ago: int, expected: str
) -> None:
    post = row(NOW - timedelta(hours=hours_ago), state)
    assert view.shown_state(post, NOW, TOLERANCE) == expected


def test_a_row_of_the_past_is_never_missed() -> None:
    assert (
        view.shown_state(row(NOW - timedelta(days=99), historical=True), NOW, TOLERANCE) == "draft"
    )


@given(st.datetimes(datetime(2027, 3, 2), datetime(2027, 3, 31), timezones=st.just(UTC)))
def test_each_post_stands_on_the_day_that_its_wall_shows(at: datetime) -> None:
    post = view.shown(row(at), "America/New_York", NOW, TOLERANCE)
    local = at.astimezone(ZoneInfo("America/New_York"))
    assert (post.day, post.clock) == (local.date(), f"{local:%H:%M}")
    month = build_month(
        first=date(2027, 3, 1), today=NOW.date(), week_start=0, posts=[post], slots={}
    )
    (cell,) = [day for day in month.days if day.posts]
    assert cell.day == local.date()


def test_a_post_outside_of_the_grid_is_dropped() -> None:
    post = view.shown(row(datetime(2027, 5, 1, tzinfo=UTC)), "UTC", NOW, TOLERANCE)
    month = build_month(
        first=date(2027, 3, 1), today=NOW.date(), week_start=0, posts=[post], slots={}
    )
    assert month.posts == []


def test_the_calendar_ends_without_falling_over() -> None:
    assert view.next_month(date(2200, 12, 1)) is None
    assert view.previous_month(date(1900, 1, 1)) is None
    assert view.next_month(date(2027, 12, 1)) == date(2028, 1, 1)
    assert view.parse_month("9999-12") is None and view.parse_month("2027-03") == date(2027, 3, 1)
