"""Periods and promises: tables for the corners, properties for the rest."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plancraft.lib.dates import Period
from plans.rules import (
    TRANSITIONS,
    Doubt,
    Line,
    Phase,
    PlanState,
    Standing,
    Terms,
    doubts,
    fewest_silent_days,
    match_lines,
    never_due,
    standing,
)

PLAN = Period(date(2027, 1, 4), date(2027, 3, 14))


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2027, 1, 3), Standing(Phase.AHEAD, 1)),
        (date(2027, 1, 4), Standing(Phase.UNDER_WAY, 69)),
        (date(2027, 3, 14), Standing(Phase.UNDER_WAY, 0)),
        (date(2027, 3, 15), Standing(Phase.OVER, 1)),
    ],
)
def test_where_today_lies(today: date, expected: Standing) -> None:
    assert standing(PLAN.start, PLAN.end, today) == expected


def test_a_closed_plan_reopens_and_never_becomes_a_draft_again() -> None:
    assert set(TRANSITIONS[PlanState.CLOSED]) == {PlanState.RUNNING}
    assert not any(PlanState.DRAFT in after for after in TRANSITIONS.values())


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (Terms(3, "week"), []),
        (Terms(7, "week"), []),
        (Terms(8, "week"), [Doubt.MORE_THAN_FITS]),
        (Terms(3, "week", (0, 2, 4)), []),
        (Terms(4, "week", (0, 2, 4)), [Doubt.MORE_THAN_FITS]),
        (Terms(10, "day"), []),
        (Terms(11, "day"), [Doubt.MORE_THAN_FITS]),
        (Terms(5, "month", (0,)), [Doubt.MORE_THAN_FITS]),
        (Terms(1, "week", max_silence=6), []),
        (Terms(1, "week", max_silence=5), [Doubt.SILENCE_TOO_SHORT]),
        (Terms(3, "week", (0, 2, 4), max_silence=2), []),
        (Terms(3, "week", (0, 2, 4), max_silence=1), [Doubt.SILENCE_TOO_SHORT]),
        (Terms(3, "week", effective_to=date(2027, 4, 1)), [Doubt.OUTSIDE_THE_PLAN]),
        (Terms(3, "week", effective_from=PLAN.start, effective_to=PLAN.end), []),
    ],
)
def test_odd_promises_are_asked_about(terms: Terms, expected: list[Doubt]) -> None:
    assert doubts(terms, PLAN) == expected


def test_a_second_promise_at_the_same_time_is_asked_about_and_a_later_one_is_not() -> None:
    before = Terms(2, "week", effective_to=date(2027, 1, 31))
    assert doubts(Terms(3, "week"), PLAN, [before]) == [Doubt.TWICE]
    after = Terms(3, "week", effective_from=date(2027, 2, 1))
    assert doubts(after, PLAN, [before]) == []


@given(count=st.integers(1, 60), per=st.sampled_from(["day", "week", "month"]))
def test_more_posts_never_leave_a_longer_silence(count: int, per: str) -> None:
    more, fewer = Terms(count + 1, per), Terms(count, per)
    assert 0 <= fewest_silent_days(more) <= fewest_silent_days(fewer)


@given(st.sets(st.integers(0, 6), min_size=1))
def test_the_silence_of_a_week_with_fixed_days_is_found_on_the_calendar(days: set[int]) -> None:
    terms = Terms(len(days), "week", tuple(sorted(days)))
    marks = [n for n in range(21) if n % 7 in days]
    assert fewest_silent_days(terms) == max(b - a - 1 for a, b in pairwise(marks))


@pytest.mark.parametrize(
    ("terms", "never"),
    [
        (Terms(3, "week"), False),
        (Terms(1, "week", (5,), effective_to=date(2027, 1, 8)), True),
        (Terms(1, "week", (4,), effective_to=date(2027, 1, 8)), False),
        (Terms(1, "week", effective_from=date(2027, 3, 15)), True),
        (Terms(1, "week", effective_from=date(2027, 2, 2), effective_to=date(2027, 2, 1)), True),
        (Terms(1, "week", effective_from=date(2027, 4, 1), effective_to=date(2027, 5, 1)), True),
    ],
)
def test_a_promise_that_asks_for_no_day_is_noticed(terms: Terms, never: bool) -> None:
    assert never_due(terms, PLAN) is never


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (["A", "B", "C"], [(1, "A"), (2, "B"), (3, "C")]),
        (["C", "A", "B"], [(3, "C"), (1, "A"), (2, "B")]),
        (["A", "b, reworded", "C"], [(1, "A"), (2, "b, reworded"), (3, "C")]),
        (["A", "C"], [(1, "A"), (3, "C")]),
        (["A", "B", "C", "D"], [(1, "A"), (2, "B"), (3, "C"), (None, "D")]),
        (["a", "A"], [(1, "a"), (2, "A")]),
        ([], []),
    ],
)
def test_lines_keep_their_rows(typed: list[str], expected: list[tuple[int | None, str]]) -> None:
    rows = [(1, "A"), (2, "B"), (3, "C")]
    assert match_lines(rows, typed) == [Line(pk, text) for pk, text in expected]


@given(st.lists(st.text("ab", max_size=2)), st.lists(st.text("ab", max_size=2)))
def test_no_row_is_taken_twice_and_no_line_is_lost(old: list[str], new: list[str]) -> None:
    lines = match_lines(list(enumerate(old)), new)
    kept = [line.pk for line in lines if line.pk is not None]
    assert [line.text for line in lines] == new
    assert len(kept) == len(set(kept)) == min(len(old), len(new))
