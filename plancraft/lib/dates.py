"""Days, periods and clocks: pure helpers that know nothing of plans.

Every day is a ``date`` and every instant an aware ``datetime``; nothing here reads a clock.

Working days (rule 1): a working day is a working weekday that is not closed.
``shift(day, -n)`` for n >= 1 is the n-th working day before ``day``; ``shift(day, 0)`` is ``day``
if it is a working day, else the last working day before it. ``shift(day, n)`` mirrors the first.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

#: What a person may ask for. Wide enough for any plan, and far enough from the ends of ``date``
#: that no week, month or lead time computed from it can overflow.
EARLIEST = date(1900, 1, 1)
LATEST = date(2200, 12, 31)

ONE_DAY = timedelta(days=1)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})"
)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from ``start`` to ``end``, both included; ``ValueError`` if out of order."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("a period must not end before it begins")

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def __len__(self) -> int:
        return (self.end - self.start).days + 1

    def overlaps(self, other: "Period") -> bool:
        """Whether the two have a day in common."""
        return self.start <= other.end and other.start <= self.end

    def clipped(self, other: "Period") -> "Period | None":
        """The days that both have, or None."""
        if not self.overlaps(other):
            return None
        return Period(max(self.start, other.start), min(self.end, other.end))

    def days(self) -> Iterator[date]:
        """Each day, in order."""
        return (self.start + timedelta(days=n) for n in range(len(self)))


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Working weekdays (Monday = 0, at least one) and the closed days among them."""

    weekdays: frozenset[int] = frozenset(range(5))
    closed: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not self.weekdays & set(range(7)):
            raise ValueError("a working calendar needs at least one working weekday")

    def is_working_day(self, day: date) -> bool:
        """Whether ``day`` is a working weekday that is not closed."""
        return day.weekday() in self.weekdays and day not in self.closed

    def shift(self, day: date, working_days: int) -> date:
        """The day ``working_days`` working days after (positive) or before (negative) ``day``.

        0 is ``day`` itself if it is a working day, else the last working day before it (rule 1).
        """
        step = ONE_DAY if working_days > 0 else -ONE_DAY
        left = abs(working_days)
        if left == 0:
            while not self.is_working_day(day):
                day += step
            return day
        while left:
            day += step
            left -= self.is_working_day(day)
        return day


def local_day(instant: datetime, zone: tzinfo) -> date:
    """The date that a calendar on the wall in ``zone`` shows at ``instant``.

    ``ValueError`` if ``instant`` carries no zone, because guessing one moves posts to other days.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(zone).date()


def at_wall_clock(day: date, clock: time, zone: tzinfo) -> datetime:
    """The instant, in UTC, at which the clock in ``zone`` shows ``clock`` on ``day``.

    When clocks go forward and skip that time, it moves forward by what was skipped (02:30 becomes
    03:30). When clocks go back and show it twice, the first of the two is meant.
    """
    naive_clock = clock.replace(tzinfo=None, fold=0)
    return datetime.combine(day, naive_clock, tzinfo=zone).astimezone(UTC)


def week_of(day: date, week_start: int = 0) -> Period:
    """The seven days with ``day`` in them that begin on ``week_start`` (Monday = 0)."""
    start = day - timedelta(days=(day.weekday() - week_start) % 7)
    return Period(start, start + timedelta(days=6))


def month_of(day: date) -> Period:
    """The calendar month with ``day`` in it."""
    return Period(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


def period_of(day: date, per: str, week_start: int = 0) -> Period:
    """The ``day``, ``week`` or ``month`` with ``day`` in it; ``ValueError`` for another word."""
    if per == "day":
        return Period(day, day)
    if per == "week":
        return week_of(day, week_start)
    if per == "month":
        return month_of(day)
    raise ValueError(f"no such period: {per}")


def periods_in(span: Period, per: str, week_start: int = 0) -> Iterator[Period]:
    """Every whole day, week or month that has a day in ``span``, in order."""
    period = period_of(span.start, per, week_start)
    while period.start <= span.end:
        yield period
        period = period_of(period.end + ONE_DAY, per, week_start)


def parse_day(text: object) -> date | None:
    """The date that ``text`` (``2027-03-01``) names, or None for anything else.

    None too outside 1900 to 2200, so that no page can be made to overflow by its address.
    """
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def parse_instant(text: object) -> datetime | None:
    """The instant, in UTC, that ``text`` (``2027-03-01T12:00:00Z``, or with an offset) names.

    None for anything else, for an instant without zone, and outside 1900 to 2200.
    """
    if not isinstance(text, str) or not _INSTANT.fullmatch(text) or not parse_day(text[:10]):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return None
