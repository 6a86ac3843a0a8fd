"""The time of a stage runs in working hours."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from people.rules import WorkingCalendar
from workflow.clock import Clock, clock
from workflow.templatetags.workflow_words import working_span

CALENDAR = WorkingCalendar()


def at(day: int, hour: int) -> datetime:
    """An hour of a day of March 2027, whose first is a Monday."""
    return datetime(2027, 3, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "left", "used", "level"),
    [
        (at(1, 9), 16, 0, "ok"),
        (at(2, 9), 8, 50, "ok"),
        (at(2, 13), 4, 75, "risk"),
        (at(2, 17), 0, 100, "risk"),
        (at(3, 8), 0, 100, "risk"),  # before work begins nothing has passed
        (at(3, 12), -3, 100, "late"),
        (at(8, 9), -24, 100, "late"),  # the weekend does not count
    ],
)
def test_a_clock_of_two_working_days(now: datetime, left: float, used: int, level: str) -> None:
    found = clock(at(1, 9), at(2, 17), now, CALENDAR)
    assert (found.left, found.used_percent, found.level) == (left, used, level)


@pytest.mark.parametrize(
    ("left", "words"),
    [(2.3334, "2 h 20 min"), (-0.5, "30 min"), (19.2, "19 h"), (-3, "3 h"), (0.0, "1 min")],
)
def test_in_words(left: float, words: str) -> None:
    assert working_span(Clock(total=24, left=left)) == words


def test_no_time_at_all_is_used_up() -> None:
    assert Clock(total=0, left=0).used_percent == 100
