"""How much of a stage's time is used, in working hours: pure.

total = working hours between submission and limit
left  = working hours between now and limit, negative once it is over
used  = (total - left) / total, at most 1
late  if left < 0 · risk if at most a quarter of the time is left · else ok
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from people.rules import WorkingCalendar, working_hours_between

RISK_FROM = 0.75


class Level(StrEnum):
    """How the ring is coloured."""

    OK = "ok"
    RISK = "risk"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Clock:
    """The time of one stage, in working hours."""

    total: float
    left: float

    @property
    def used_percent(self) -> int:
        """The part of the ring that is drawn, 0 to 100."""
        if self.total <= 0:
            return 100
        return round(100 * min(1.0, max(0.0, (self.total - self.left) / self.total)))

    @property
    def level(self) -> Level:
        """ok, risk or late."""
        if self.left < 0:
            return Level.LATE
        return Level.RISK if self.used_percent >= RISK_FROM * 100 else Level.OK

    @property
    def minutes(self) -> int:
        """Working minutes left or over, never negative."""
        return round(abs(self.left) * 60)

    @property
    def hours(self) -> int:
        """Whole working hours left or over, for the ring."""
        return int(abs(self.left))


def clock(opened: datetime, due: datetime, now: datetime, calendar: WorkingCalendar) -> Clock:
    """The clock of a stage that opened and ends at these instants."""
    return Clock(
        total=working_hours_between(opened, due, calendar),
        left=working_hours_between(now, due, calendar),
    )
