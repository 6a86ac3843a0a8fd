"""Where things stand in time: weeks count from the one with today in it, which is week 0."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from plancraft.lib.dates import at_wall_clock, local_day, week_of


@dataclass(frozen=True)
class Days:
    """The demo's calendar: `now` is an aware instant, `zone` the organization's."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The local day of `now`."""
        return local_day(self.now, self.zone)

    def day(self, week: int, weekday: int = 0) -> date:
        """A day of a week: Monday = 0, week -1 is the one before this."""
        return week_of(self.today).start + timedelta(weeks=week, days=weekday)

    def at(self, week: int, weekday: int, clock: str) -> datetime:
        """The instant of a wall clock time ("09:30") on that day."""
        return self.on(self.day(week, weekday), clock)

    def on(self, day: date, clock: str) -> datetime:
        """The instant of a wall clock time on a day."""
        return at_wall_clock(day, time.fromisoformat(clock), self.zone)

    def ago(self, days: int, clock: str = "10:20") -> datetime:
        """That many days before today, never after `now`."""
        return min(self.on(self.today - timedelta(days=days), clock), self.now)

    def ahead(self, days: int, clock: str) -> datetime:
        """That many days after today; what would fall on a weekend waits for Monday."""
        day = self.today + timedelta(days=days)
        return self.on(
            day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0), clock
        )

    def before(self, hours: int, clock: str) -> datetime:
        """The latest time at which a clock showed that and which is so many hours past."""
        limit = self.now - timedelta(hours=hours)
        day = self.today
        while self.on(day, clock) > limit:
            day -= timedelta(days=1)
        return self.on(day, clock)

    def quarter(self, delta: timedelta) -> datetime:
        """`now` moved by `delta`, on a quarter of an hour, as people set times."""
        moved = self.now + delta
        return moved.replace(minute=moved.minute // 15 * 15, second=0, microsecond=0)
