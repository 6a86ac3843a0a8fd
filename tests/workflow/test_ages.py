"""The ages that lists narrow by and the dashboard counts: no day without one, none with two."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.workflow.conftest import NOON
from workflow.ages import AGE_KEYS, AGES, age_bucket, age_of, days_since


@pytest.mark.parametrize(
    ("days", "bucket"), [(0, 0), (3, 0), (4, 1), (7, 1), (8, 2), (14, 2), (15, 3), (30, 3), (31, 4)]
)
def test_ages_meet_without_gap_or_overlap(days: int, bucket: int) -> None:
    assert age_bucket(days) == bucket
    first, last = AGES[bucket]
    assert first <= days <= (last if last is not None else days)


@pytest.mark.parametrize(
    ("hours", "days"), [(-5, 0), (0, 0), (23, 0), (24, 1), (7 * 24 + 23, 7), (8 * 24, 8)]
)
def test_days_are_whole_and_never_negative(hours: int, days: int) -> None:
    since = NOON - timedelta(hours=hours)
    assert days_since(since, NOON) == days
    assert age_of(since, NOON) == age_bucket(days)


def test_each_age_has_its_own_word_in_an_address() -> None:
    assert AGE_KEYS == ("0-3", "4-7", "8-14", "15-30", "31-")
