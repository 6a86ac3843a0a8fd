"""Working hours of an organization (rule 1): pure arithmetic on instants.

The working time of a day is what lies between `opens` and `closes` on the organization's wall
clock, if the day is a working day; real elapsed time, so a day on which the clocks change within
the working hours has an hour more or less.

    working_hours_between(a, b) = sum over days of |[a, b] and [opens(day), closes(day)]|
    add_working_hours(a, h), h > 0 = the first instant t >= a with working_hours_between(a, t) = h
    add_working_hours(a, h), h < 0 = the last instant t <= a with working_hours_between(t, a) = -h
    add_working_hours(a, 0) = a

Instants are aware; answers are in UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from plancraft.lib import dates

Span = tuple[datetime, datetime]
NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class WorkingCalendar(dates.WorkingCalendar):
    """When an organization works: its working days, and from when to when on each of them.

    `weekdays` and `closed` decide the day; `opens` and `closes` are wall clock times in `zone`.
    `ValueError` if it closes before it opens.
    """

    opens: time = time(9)
    closes: time = time(17)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))

    def __post_init__(self) -> None:
        dates.WorkingCalendar.__post_init__(self)
        if self.opens >= self.closes:
            raise ValueError("a working day must not end before it begins")

    def hours_of(self, day: date) -> Span | None:
        """The instants, in UTC, between which `day` is worked; None if it is not."""
        if not self.is_working_day(day):
            return None
        begin = dates.at_wall_clock(day, self.opens, self.zone)
        end = dates.at_wall_clock(day, self.closes, self.zone)
        # A zone that moves over the date line skips a whole day; nobody works on it.
        skipped = dates.local_day(begin, self.zone) != day
        return None if skipped or end <= begin else (begin, end)


def _spans(start: datetime, step: int, calendar: WorkingCalendar) -> Iterator[Span]:
    """The working time from `start` on, forwards (`step` 1) or backwards (-1), day by day."""
    first = dates.local_day(start, calendar.zone)
    for n in count():
        span = calendar.hours_of(first + timedelta(days=n * step))
        if span is None:
            continue
        begin, end = span
        begin, end = (max(begin, start), end) if step > 0 else (begin, min(end, start))
        if begin < end:
            yield begin, end


def add_working_hours(start: datetime, hours: float, calendar: WorkingCalendar) -> datetime:
    """The instant at which `hours` working hours have passed since `start` (see the module).

    With negative hours: the last instant from which that many remain until `start`.
    """
    start = _in_utc(start)
    left = timedelta(hours=abs(hours))
    if left == NOTHING:
        return start
    step = 1 if hours > 0 else -1
    for begin, end in _spans(start, step, calendar):
        if left <= end - begin:
            return begin + left if step > 0 else end - left
        left -= end - begin
    raise AssertionError("days never end")  # pragma: no cover


def working_hours_between(a: datetime, b: datetime, calendar: WorkingCalendar) -> float:
    """How many working hours lie between the instants; negative if `b` is before `a`."""
    a, b = _in_utc(a), _in_utc(b)
    if b < a:
        return -working_hours_between(b, a, calendar)
    total = NOTHING
    for begin, end in _spans(a, 1, calendar):
        if begin >= b:
            break
        total += min(end, b) - begin
    return total / timedelta(hours=1)


def _in_utc(instant: datetime) -> datetime:
    """`ValueError` for an instant without zone: guessing one moves deadlines."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(UTC)
