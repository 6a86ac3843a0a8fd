"""Working days by number: shifting over a thousand of them costs no more than over one.

Days are counted as in `date.toordinal()`, in which day 1 is a Monday. `rank(d)` is how many working
days there are up to and including day `d`, and `day(k)` is the k-th of them: both by arithmetic on
whole weeks and a search among the closed days, so neither walks the calendar. With them rule 1 is

    shift(d, 0)          = day(rank(d))
    shift(d, -n), n >= 1 = day(rank(d - 1) - n + 1)

Numbers may lie beyond what a `date` can hold; only who turns them into dates minds.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import lru_cache

from plancraft.lib.dates import WorkingCalendar


class WorkingDays:
    """The working days of a calendar, numbered."""

    __slots__ = ("_closed", "_closed_ranks", "_in_week", "_weekdays")

    def __init__(self, weekdays: Iterable[int], closed: Iterable[int]) -> None:
        self._weekdays = sorted(set(weekdays))
        self._in_week = [sum(w < n for w in self._weekdays) for n in range(8)]
        in_week = set(self._weekdays)
        self._closed = sorted({d for d in closed if (d - 1) % 7 in in_week})
        # How many working days lie before each closed one: where the k-th is looked for.
        self._closed_ranks = [self._on_weekdays(d) - n for n, d in enumerate(self._closed, 1)]

    def _on_weekdays(self, ordinal: int) -> int:
        """How many working weekdays there are up to this day, closed or not."""
        weeks, rest = divmod(ordinal, 7)
        return weeks * len(self._weekdays) + self._in_week[rest]

    def rank(self, ordinal: int) -> int:
        """How many working days there are up to and including this day."""
        return self._on_weekdays(ordinal) - bisect_right(self._closed, ordinal)

    def day(self, rank: int) -> int:
        """The day that is the `rank`-th working day."""
        n = rank + bisect_left(self._closed_ranks, rank) - 1
        weeks, rest = divmod(n, len(self._weekdays))
        return weeks * 7 + self._weekdays[rest] + 1

    def back(self, ordinal: int, working_days: int) -> int:
        """`shift(day, -working_days)` of rule 1."""
        if working_days == 0:
            return self.day(self.rank(ordinal))
        return self.day(self.rank(ordinal - 1) - working_days + 1)

    def forth(self, ordinal: int, working_days: int) -> int:
        """The first day from which going `back` that far does not lead to before `ordinal`."""
        first = self.rank(ordinal - 1) + 1
        if working_days == 0:
            return self.day(first)
        return self.day(first + working_days - 1) + 1

    def between(self, ordinal: int, later: int) -> int:
        """How many working days lie after the first day, up to and including the later one."""
        return self.rank(later) - self.rank(ordinal)


@lru_cache(maxsize=64)
def _numbered(weekdays: frozenset[int], closed: frozenset[object]) -> WorkingDays:
    return WorkingDays(weekdays, (day.toordinal() for day in closed))  # type: ignore[attr-defined]


def numbered(calendar: WorkingCalendar) -> WorkingDays:
    """The calendar's working days, numbered; kept for the calendars that were asked for last."""
    return _numbered(calendar.weekdays, calendar.closed)
