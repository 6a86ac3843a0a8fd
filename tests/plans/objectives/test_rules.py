"""Where an objective stands and why a stream drifts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.objectives.rules import (
    STALE_DAYS,
    Drift,
    Reading,
    Standing,
    StreamFacts,
    Target,
    drifts,
    expected,
    progress,
    share,
    silent_days,
)

BEGINS, DUE = date(2027, 1, 1), date(2027, 4, 10)
"""A hundred days."""
RISE = Target(Decimal(100), Decimal(300), BEGINS, DUE)
FALL = Target(Decimal(60), Decimal(20), BEGINS, DUE)

numbers = st.decimals(-100_000, 100_000, places=2)
days = st.dates(date(2026, 6, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("target", "value", "made"),
    [(RISE, 100, 0), (RISE, 200, "1/2"), (RISE, 400, "3/2"), (RISE, 50, "-1/4"), (FALL, 30, "3/4")],
)
def test_share_of_the_way(target: Target, value: int, made: str) -> None:
    assert share(target, Decimal(value)) == Fraction(made)


def test_a_steady_pace() -> None:
    assert expected(RISE, BEGINS - timedelta(days=1)) == 0
    assert expected(RISE, BEGINS) == Fraction(1, 100)
    assert expected(RISE, DUE) == 1
    assert expected(RISE, DUE + timedelta(days=50)) == 1


@pytest.mark.parametrize(
    ("readings", "today", "standing"),
    [
        ([], BEGINS, Standing.UNREAD),
        ([], DUE + timedelta(days=1), Standing.MISSED),
        ([(49, 198)], BEGINS + timedelta(days=50), Standing.ON_COURSE),
        ([(49, 180)], BEGINS + timedelta(days=50), Standing.BEHIND),
        ([(49, 300)], BEGINS + timedelta(days=50), Standing.REACHED),
        ([(49, 198)], DUE, Standing.ON_COURSE),
        ([(49, 198)], DUE + timedelta(days=1), Standing.MISSED),
        ([(10, 300), (49, 180)], BEGINS + timedelta(days=50), Standing.BEHIND),
        ([(80, 300)], BEGINS + timedelta(days=50), Standing.UNREAD),
    ],
)
def test_standing(readings: list[tuple[int, int]], today: date, standing: Standing) -> None:
    rows = [Reading(BEGINS + timedelta(days=after), Decimal(value)) for after, value in readings]
    assert progress(RISE, rows, today).standing == standing


def test_nothing_is_known_without_a_target() -> None:
    assert progress(None, [], BEGINS).standing == Standing.UNMEASURED


def test_an_old_reading_says_so_until_it_is_settled() -> None:
    reading = [Reading(BEGINS, Decimal(110))]
    assert not progress(RISE, reading, BEGINS + timedelta(days=STALE_DAYS)).is_old
    assert progress(RISE, reading, BEGINS + timedelta(days=STALE_DAYS + 1)).is_old
    assert not progress(RISE, reading, DUE + timedelta(days=1)).is_old


@given(numbers, numbers, numbers, days, days)
def test_turning_the_scale_round_changes_no_standing(
    baseline: Decimal, goal: Decimal, value: Decimal, on: date, today: date
) -> None:
    if baseline == goal:
        return
    reading, mirrored = [Reading(on, value)], [Reading(on, -value)]
    one = progress(Target(baseline, goal, BEGINS, DUE), reading, today)
    other = progress(Target(-baseline, -goal, BEGINS, DUE), mirrored, today)
    assert (one.standing, one.share) == (other.standing, other.share)


@given(numbers, days, days)
def test_a_better_value_never_stands_worse(value: Decimal, on: date, today: date) -> None:
    order = [Standing.MISSED, Standing.BEHIND, Standing.ON_COURSE, Standing.REACHED]
    worse = progress(RISE, [Reading(on, value)], today).standing
    better = progress(RISE, [Reading(on, value + 1)], today).standing
    if worse in order and on <= today:
        assert order.index(better) >= order.index(worse)


STREAM = StreamFacts(True, True, 14, date(2027, 1, 1), date(2027, 12, 31), date(2027, 3, 1))


def test_a_stream_that_holds_does_not_drift() -> None:
    assert drifts(STREAM, date(2027, 3, 15)) == []


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({"has_owner": False}, [Drift.NO_OWNER]),
        ({"has_objective": False}, [Drift.NO_OBJECTIVE]),
        ({"rhythm_days": 13}, [Drift.SILENT]),
        ({"last_seen": None}, [Drift.SILENT]),
        ({"outside": 1}, [Drift.OFF_PLAN]),
        ({"has_owner": False, "outside": 2}, [Drift.NO_OWNER, Drift.OFF_PLAN]),
    ],
)
def test_why_a_stream_drifts(change: dict[str, object], reasons: list[Drift]) -> None:

    assert drifts(replace(STREAM, **change), date(2027, 3, 15)) == reasons  # type: ignore[arg-type]


def test_silence_is_asked_of_the_plans_days_only() -> None:
    assert drifts(STREAM, date(2026, 12, 31)) == []
    assert drifts(STREAM, date(2028, 1, 1)) == []
    assert silent_days(STREAM, date(2026, 12, 1)) == 0
    assert silent_days(STREAM, date(2028, 6, 1)) == 305
