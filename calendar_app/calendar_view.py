"""The month as a calendar on the wall shows it: pure, from rows to weeks of days.

A post stands on its local day, in its channel's zone (rule 1). Weeks begin on the organization's
first weekday, and the grid holds every week with a day of the month in it. A day with more than
`SHOWN` entries is folded to that many; `unfolded` names the day that is not. Weeks that are over
are marks. A post is shown as missed or unconfirmed once its time and the tolerance have passed
(rule 4), whatever its state is stored as.

`Slot` is the hook for what is promised and empty: the gap shell supplies them by day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from plancraft.lib.dates import EARLIEST, LATEST, ONE_DAY, Period, month_of, parse_day, week_of

SHOWN = 4
MARKS_SHOWN = 8
AGENDA_SHOWN = 8
SECURED = frozenset({"approved", "published"})
LIVE = frozenset({"draft", "in_review", "changes_requested", "approved", "published"})


class PostFacts(Protocol):
    """What is read of a post's row."""

    @property
    def pk(self) -> int: ...
    @property
    def at(self) -> datetime | None: ...
    @property
    def state(self) -> str: ...
    @property
    def historical(self) -> bool: ...
    @property
    def channel(self) -> int: ...
    @property
    def item(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def owner(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Slot:
    """A promised post that is not there: its day, its channel, where it is filled, and in words."""

    day: date
    channel: int
    url: str
    words: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A post on its day. `clock` is its channel's wall clock; `state` as it is shown."""

    row: PostFacts
    day: date
    clock: str
    state: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A key date on its day; `may_move` where whoever looks can put it on another one."""

    day: date
    pk: int
    title: str
    owner: int | None
    may_move: bool = False


@dataclass(slots=True)
class Day:
    """One cell. `closed` names a blackout of every channel, `note` a holiday or closure."""

    day: date
    is_today: bool = False
    is_past: bool = False
    is_outside: bool = False
    closed: str = ""
    note: str = ""
    quiet: list[tuple[str, int]] = field(default_factory=list)
    posts: list[Shown] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    limit: int | None = SHOWN

    @property
    def size(self) -> int:
        """Everything that stands on this day."""
        return len(self.posts) + len(self.slots)

    @property
    def is_folded(self) -> bool:
        """Whether some of it is hidden. One entry alone is never hidden behind "1 more"."""
        return self.limit is not None and self.size > self.limit + 1

    @property
    def hidden(self) -> int:
        """How many entries are hidden."""
        return self.size - (self.limit or 0) if self.is_folded else 0

    @property
    def shown_posts(self) -> list[Shown]:
        """The posts that are drawn; at least one place is kept for a gap."""
        if not self.is_folded:
            return self.posts
        limit = self.limit or 0
        return self.posts[: limit - 1 if self.slots else limit]

    @property
    def shown_slots(self) -> list[Slot]:
        """The gaps that are drawn."""
        if not self.is_folded:
            return self.slots
        return self.slots[: (self.limit or 0) - len(self.shown_posts)]


@dataclass(slots=True)
class Week:
    """Seven cells; `is_marks` once the week is over."""

    days: list[Day]
    is_marks: bool = False


@dataclass(slots=True)
class Month:
    """The grid, and the figures of what it holds."""

    first: date
    weeks: list[Week]

    @property
    def days(self) -> list[Day]:
        """Every cell in order."""
        return [day for week in self.weeks for day in week.days]

    @property
    def posts(self) -> list[Shown]:
        """Every post in order of its day."""
        return [post for day in self.days for post in day.posts]

    @property
    def unowned(self) -> int:
        """Posts that still have to go out and that no one owns."""
        return sum(1 for p in self.posts if p.row.owner is None and p.state != "published")

    @property
    def first_weekday(self) -> int:
        """The weekday that each row begins with, Monday = 0."""
        return self.weeks[0].days[0].day.weekday()

    @property
    def has_weekend_posts(self) -> bool:
        """Whether anything stands on a Saturday or Sunday."""
        return any(day.size or day.flags for day in self.days if day.day.weekday() >= 5)

    def week_with(self, day: date) -> Week:
        """The week with this day in it, else the first one."""
        return next(
            (w for w in self.weeks if w.days[0].day <= day <= w.days[-1].day), self.weeks[0]
        )


# Which days
def parse_month(text: str) -> date | None:
    """The first day of the month that the text (`2027-03`) names; None for anything else."""
    return parse_day(f"{text}-01")


def grid_period(first: date, week_start: int) -> Period:
    """The days of every week that has a day of this month in it."""
    month = month_of(first)
    return Period(week_of(month.start, week_start).start, week_of(month.end, week_start).end)


def next_month(first: date) -> date | None:
    """The first day of the month after, or None where the calendar ends."""
    following = month_of(first).end + ONE_DAY
    return following if following <= LATEST else None


def previous_month(first: date) -> date | None:
    """The first day of the month before, or None where the calendar begins."""
    before = first - ONE_DAY
    return before.replace(day=1) if before >= EARLIEST else None


@lru_cache(maxsize=512)
def zone_of(name: str) -> ZoneInfo:
    """The zone of that name, read once."""
    return ZoneInfo(name)


# Where a post stands, and as what
def shown(row: PostFacts, zone: str, now: datetime, tolerance: timedelta) -> Shown:
    """The post on its local day; an undated one must not be asked for."""
    if row.at is None:
        raise ValueError("an undated post stands on no day")
    local = row.at.astimezone(zone_of(zone))
    return Shown(row, local.date(), f"{local:%H:%M}", shown_state(row, now, tolerance))


def shown_state(row: PostFacts, now: datetime, tolerance: timedelta) -> str:
    """Missed or unconfirmed once time and tolerance have passed (rule 4), else the state."""
    if row.historical or row.at is None or row.state not in LIVE or row.state == "published":
        return row.state
    if row.at + tolerance >= now:
        return row.state
    return "unconfirmed" if row.state in SECURED else "missed"


# The grid
def build_month(
    *,
    first: date,
    today: date,
    week_start: int,
    posts: Iterable[Shown],
    slots: Mapping[date, Sequence[Slot]],
    flags: Iterable[Flag] = (),
    unfolded: date | None = None,
) -> Month:
    """The month of `first`; posts on days outside of the grid are dropped."""
    period = grid_period(first, week_start)
    cells = {day: _cell(day, first, today, unfolded) for day in period.days()}
    for post in posts:
        if cell := cells.get(post.day):
            cell.posts.append(post)
    for day, found in slots.items():
        if cell := cells.get(day):
            cell.slots.extend(found)
    for flag in flags:
        if cell := cells.get(flag.day):
            cell.flags.append(flag)
    rows = list(cells.values())
    weeks = [Week(rows[n : n + 7]) for n in range(0, len(rows), 7)]
    for week in weeks:
        _as_marks(week, today)
    return Month(first, weeks)


def _cell(day: date, first: date, today: date, unfolded: date | None) -> Day:
    return Day(
        day,
        is_today=day == today,
        is_past=day < today,
        is_outside=day.month != first.month,
        limit=None if day == unfolded else SHOWN,
    )


def _as_marks(week: Week, today: date) -> None:
    """A week that is over is drawn as marks, of which more fit into a cell."""
    week.is_marks = week.days[-1].day < today
    for cell in week.days if week.is_marks else ():
        if cell.limit is not None:
            cell.limit = MARKS_SHOWN


def name_days(
    month: Month,
    *,
    closures: Mapping[date, str],
    blackouts: Iterable[tuple[str, date, date, int | None]],
) -> None:
    """Write holidays, closures and blackouts onto their days; one channel's blackout is `quiet`."""
    for cell in month.days:
        cell.note = closures.get(cell.day, "")
    for name, starts_on, ends_on, channel in blackouts:
        for cell in month.days:
            if not starts_on <= cell.day <= ends_on:
                continue
            if channel is None:
                cell.closed = cell.closed or name
            else:
                cell.quiet.append((name, channel))
