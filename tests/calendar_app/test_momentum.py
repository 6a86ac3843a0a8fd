"""Momentum (rule 8): what counts as kept, how weeks add up, when it falls."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_app.gaps import Commitment, Period, coverage
from calendar_app.momentum import (
    State,
    Week,
    assess,
    is_falling,
    mean,
    state_of,
    weekly_adherence,
)
from tests.calendar_app.gap_worlds import MARCH, day, instant, post, promise, world

FIRST_WEEK = Period(day(1), day(7))
HOUR = timedelta(hours=1)
shares = st.fractions(0, 1, max_denominator=20)


def adherence(one_world, span=FIRST_WEEK, today=date(2027, 5, 1)):
    """(expected, delivered) of each week."""
    wide = Period(span.start - timedelta(40), span.end + timedelta(40))
    weeks = weekly_adherence(coverage(one_world, wide), span, today=today)
    return [(week.expected, week.delivered) for week in weeks]


@pytest.mark.parametrize(
    ("late", "state", "delivered"),
    [
        (timedelta(0), "published", 1),
        (-5 * HOUR, "published", 1),
        (24 * HOUR, "published", 1),
        (24 * HOUR + timedelta(microseconds=1), "published", 0),
        (None, "published", 0),  # nobody knows when
        (None, "approved", 0),
        (timedelta(0), "cancelled", 0),
    ],
)
def test_on_time_is_within_the_tolerance(late, state, delivered):
    published = None if late is None else instant(3) + late
    posts = [post("a", instant(3), state, published_at=published)]
    assert adherence(world(promise(2), posts=posts)) == [(2, delivered)]


def test_more_than_promised_is_not_more_than_kept():
    posts = [post(str(n), instant(n), "published", published_at=instant(n)) for n in range(1, 6)]
    assert adherence(world(promise(3), posts=posts)) == [(3, 3)]


def test_too_much_here_does_not_make_up_for_too_little_there():
    posts = [post(str(n), instant(1), "published", published_at=instant(1)) for n in range(5)]
    daily = promise(1, "day")
    assert adherence(world(daily, posts=posts)) == [(7, 1)]


def test_promises_of_a_week_add_up_and_a_month_counts_where_it_ends():
    monthly = Commitment("m", "p", "c", 4, "month")
    posts = [post("a", instant(30), "published", published_at=instant(30))]
    weeks = adherence(world(promise(3), monthly, posts=posts), MARCH)
    assert weeks == [(3, 0), (3, 0), (3, 0), (3, 0), (7, 2)]


def test_imported_history_is_neither_kept_nor_broken():
    old = [post("a", instant(2), "published", published_at=instant(2), historical=True)]
    assert adherence(world(promise(1), posts=old)) == [(0, 0)]
    new = post("b", instant(3), "published", published_at=instant(3))
    assert adherence(world(promise(3), posts=[*old, new])) == [(2, 1)]


@pytest.mark.parametrize(("today", "weeks"), [(7, 0), (8, 1), (14, 1), (15, 2)])
def test_only_closed_weeks_count(today, weeks):
    assert len(adherence(world(promise(3)), MARCH, today=day(today))) == weeks


def test_a_week_with_nothing_expected_has_no_value():
    assert Week(FIRST_WEEK, expected=0, delivered=0).value is None
    assert Week(FIRST_WEEK, expected=4, delivered=3).value == Fraction(3, 4)


@pytest.mark.parametrize(
    ("value", "state"),
    [
        (Fraction(1), State.HEALTHY),
        (Fraction(80, 100), State.HEALTHY),
        (Fraction(79, 100), State.SLIPPING),
        (Fraction(50, 100), State.SLIPPING),
        (Fraction(49, 100), State.LOST),
        (Fraction(0), State.LOST),
        (None, None),
    ],
)
def test_states_have_their_limits(value, state):
    assert state_of(value) == state


def weeks_of(*tenths):
    """Weeks with these tenths kept; None: nothing was expected."""
    return [
        Week(FIRST_WEEK, 0 if kept is None else 10, 0 if kept is None else kept) for kept in tenths
    ]


@pytest.mark.parametrize(
    ("tenths", "value"),
    [
        ([], None),
        ([None, None], None),
        ([6], Fraction(6, 10)),
        ([10, 10, 8, 8, 8, 8], Fraction(8, 10)),
        ([10, 8, None, 8, 8, None, 8], Fraction(8, 10)),
    ],
)
def test_momentum_is_the_mean_of_the_last_four_weeks_with_a_value(tenths, value):
    assert assess(weeks_of(*tenths)).value == value


@pytest.mark.parametrize(
    ("tenths", "falling"),
    [
        ([10, 9, 8, 7], True),  # three weeks, each lower than the one before it
        ([9, 8, 7], False),  # only two of them are known to be lower
        ([10, 9, 9, 8], False),
        ([5, 10, 9, 8, 7], True),
        ([10, 9, 8, 7, 8], False),  # it has turned
        ([10, 9, None, 8, 7], True),
        ([8, 8, 8, 8, 5], True),  # 30 points below the four before
        ([8, 9, 8, 9, 6], False),  # exactly 25
        ([8, 8, 8, 5], False),  # only three weeks before it
        ([10, 10, 10, 10, 7, 10], False),  # it was last week's fall
        ([], False),
    ],
)
def test_falling(tenths, falling):
    assert assess(weeks_of(*tenths)).falling is falling


@given(st.lists(shares, min_size=4, max_size=12))
def test_momentum_lies_between_its_weeks(values):
    four = values[-4:]
    assert min(four) <= mean(four) <= max(four)


@given(st.lists(shares, max_size=12), shares)
def test_a_week_no_lower_than_all_before_is_no_fall(values, last):
    assert not is_falling([*values, max([*values, last])])


@given(st.lists(st.integers(0, 20), max_size=10), st.integers(1, 5))
def test_no_week_keeps_more_than_it_promised(days, count):
    posts = [
        post(str(n), instant(number), "published", published_at=instant(number))
        for n, number in enumerate(days, start=1)
    ]
    for expected, delivered in adherence(world(promise(count), posts=posts), MARCH):
        assert 0 <= delivered <= expected == count
