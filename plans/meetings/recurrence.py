"""When a meeting takes place: pure, from a rule to days, and from days to instants.

    weekly     each of `weekdays` in every `interval`-th week, weeks counted from `week_start`
    monthly    the `nth` (1 to 4, -1: the last) of the one weekday in every `interval`-th month
    once       `first`, and no other day

The weeks (months) are counted from the one with the first day on or after `first` that fits, so
that "every second Monday, from Wednesday" begins on the next Monday. `until` is included; `count`
counts cancelled occurrences too, as calendar programs do; the earlier of the two ends it.

Days are days on the wall of the meeting's zone, and so is its time: a meeting at 09:00 stays at
09:00 when clocks change. A time that a change skips moves forward by what was skipped (02:30 is
held at 03:30); of a time that a change repeats the first is meant. RFC 5545 says both the same.

Written here, and not taken from python-dateutil, because a rule is a thing of our own that is kept,
compared and said in words; the tests hold it against dateutil's `rrule` as the independent answer.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import islice, takewhile

from plancraft.lib.dates import LATEST, at_wall_clock, week_of

ONCE, WEEKLY, MONTHLY = "once", "weekly", "monthly"
LAST = -1
ONE_WEEK = timedelta(days=7)
MOST = 5000
"""More occurrences than anybody's meetings have: almost a century of them each week."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A recurrence. Weekdays are Monday = 0; `ValueError` for what no day could fit."""

    frequency: str
    first: date
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    nth: int | None = None
    until: date | None = None
    count: int | None = None
    week_start: int = 0

    def __post_init__(self) -> None:
        if self.frequency not in (ONCE, WEEKLY, MONTHLY):
            raise ValueError(f"no such recurrence: {self.frequency}")
        if self.interval < 1 or (self.count is not None and self.count < 1):
            raise ValueError("an interval and a count are 1 or more")
        if self.frequency != ONCE and not set(self.weekdays) & set(range(7)):
            raise ValueError("a recurrence needs a weekday")
        if self.frequency == MONTHLY and (
            len(self.weekdays) != 1 or self.nth not in (1, 2, 3, 4, LAST)
        ):
            raise ValueError("a monthly meeting needs one weekday and which one of the month")


def days(rule: Rule) -> Iterator[date]:
    """Every day of the rule, in order, to its end or the end of all calendars."""
    found = takewhile(lambda day: day <= (rule.until or LATEST), _unended(rule))
    return islice(found, min(rule.count or MOST, MOST))


def between(
    rule: Rule, start: date, end: date, exceptions: Collection[date] = frozenset()
) -> list[date]:
    """The days of the rule from `start` to `end`, both included, without the exceptions."""
    upto = takewhile(lambda day: day <= end, days(rule))
    return [day for day in upto if day >= start and day not in exceptions]


def upcoming(
    rule: Rule, start: date, most: int, exceptions: Collection[date] = frozenset()
) -> list[date]:
    """The next `most` days from `start` on, without the exceptions."""
    ahead = (day for day in days(rule) if day >= start and day not in exceptions)
    return list(islice(ahead, most))


def is_day(rule: Rule, day: date) -> bool:
    """Whether the rule has this day."""
    return bool(between(rule, day, day))


def first_day(rule: Rule) -> date | None:
    """The first day of all, or None where the rule ends before it began."""
    return next(days(rule), None)


def last_day(rule: Rule) -> date | None:
    """The last day, or None where it goes on without end (or never began)."""
    if rule.frequency != ONCE and rule.until is None and rule.count is None:
        return None
    return max(days(rule), default=None)


def instant(day: date, clock: time, zone: tzinfo) -> datetime:
    """The instant, in UTC, at which it begins on that day (see above for what clocks do)."""
    return at_wall_clock(day, clock, zone)


def _unended(rule: Rule) -> Iterator[date]:
    if rule.frequency == ONCE:
        return iter([rule.first])
    return _weekly(rule) if rule.frequency == WEEKLY else _monthly(rule)


def _weekly(rule: Rule) -> Iterator[date]:
    """Week by week from the one with the first day that fits."""
    ahead = (rule.first + timedelta(days=n) for n in range(7))
    anchor = next(day for day in ahead if day.weekday() in rule.weekdays)
    week = week_of(anchor, rule.week_start)
    while week.start <= LATEST:
        for day in week.days():
            if day >= anchor and day.weekday() in rule.weekdays:
                yield day
        week = week_of(week.start + rule.interval * ONE_WEEK, rule.week_start)


def _monthly(rule: Rule) -> Iterator[date]:
    """Month by month from the one with the first day that fits."""
    assert rule.nth is not None
    month = rule.first.year * 12 + rule.first.month - 1
    if _nth_of(month, rule.weekdays[0], rule.nth) < rule.first:
        month += 1
    while month // 12 <= LATEST.year:
        yield _nth_of(month, rule.weekdays[0], rule.nth)
        month += rule.interval


def _nth_of(month: int, weekday: int, nth: int) -> date:
    """The n-th such weekday of a month, given as months since the year 0."""
    year, number = divmod(month, 12)
    if nth == LAST:
        last = date(year, number + 1, monthrange(year, number + 1)[1])
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, number + 1, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7, weeks=nth - 1)
