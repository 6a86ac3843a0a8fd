"""What the form of a series carries, also for comparing two edits that cross."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.utils.translation import gettext_lazy as _

from people.models import Membership
from plans.meetings.recurrence import MONTHLY, ONCE, WEEKLY, Rule
from plans.meetings.wording import rule_words
from plans.models import MeetingSeries, Plan

SERIES_LABELS = {
    "title": _("Title"),
    "plan": _("Plan"),
    "place": _("Place or link"),
    "when": _("When"),
    "attendees": _("Who is invited"),
}


@dataclass(frozen=True)
class SeriesFields:
    """A series as a form states it; `clock` and days are those of `time_zone`."""

    title: str
    plan: Plan | None
    place: str
    time_zone: str
    clock: time
    duration_minutes: int
    frequency: str
    first_day: date
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    nth: int | None = None
    until: date | None = None
    count: int | None = None
    attendees: tuple[Membership, ...] = ()

    def rule(self, week_start: int) -> Rule:
        """The recurrence; what another frequency would need is left out."""
        if self.frequency == ONCE:
            return Rule(ONCE, self.first_day, week_start=week_start)
        return Rule(
            self.frequency,
            self.first_day,
            interval=self.interval,
            weekdays=self.weekdays if self.frequency == WEEKLY else self.weekdays[:1],
            nth=self.nth if self.frequency == MONTHLY else None,
            until=self.until,
            count=self.count,
            week_start=week_start,
        )

    def words(self, week_start: int = 0) -> dict[str, str]:
        """Each field as a person reads it."""
        names = sorted(str(member) for member in self.attendees)
        return {
            "title": self.title,
            "plan": self.plan.name if self.plan else "",
            "place": self.place,
            "when": when_words(self, week_start),
            "attendees": ", ".join(names),
        }


def when_words(fields: SeriesFields, week_start: int = 0) -> str:
    """The rule, the time and the length in one line."""
    return rule_words(
        fields.rule(week_start), fields.clock, fields.duration_minutes, fields.time_zone
    )


def rule_of(series: MeetingSeries) -> Rule:
    """The recurrence of a stored series."""
    return Rule(
        series.frequency,
        series.first_day,
        interval=series.interval,
        weekdays=tuple(series.weekdays),
        nth=series.nth,
        until=series.until,
        count=series.count,
        week_start=series.week_start,
    )


def series_fields(series: MeetingSeries, attendees: Any = ()) -> SeriesFields:
    """What is stored, as the form would state it."""
    return SeriesFields(
        title=series.title,
        plan=series.plan,
        place=series.place,
        time_zone=series.time_zone,
        clock=series.clock,
        duration_minutes=series.duration_minutes,
        frequency=series.frequency,
        first_day=series.first_day,
        interval=series.interval,
        weekdays=tuple(series.weekdays),
        nth=series.nth,
        until=series.until,
        count=series.count,
        attendees=tuple(attendees),
    )
