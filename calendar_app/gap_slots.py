"""Where on the calendar a gap stands: promised posts that are not there, placed on days. Pure.

- An empty slot stands on its day.
- A shortfall of n gets n slots from its last free days backwards: working days first, since that is
  when a team posts, then the other eligible days. Free: eligible (allowed weekday, effective, not
  blacked out), not over, without a post or slot of the same promise. With fewer free days than
  missing posts, the eligible days that are left take a second one, again from the last; with none
  left, the gap's due day takes them all.
- A silence stands on its due day, the last on which a post still keeps the promise.

So the slots on the calendar add up to what the gaps are missing (`Gap.missing`), a silence's too.
Waived and past gaps have no slots.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import cycle, islice

from calendar_app.gap_queries import Gap
from calendar_app.gap_records import Kind
from calendar_app.gap_scene import Survey
from calendar_app.gap_world import Loaded
from plancraft.lib.dates import Period, WorkingCalendar


@dataclass(frozen=True, slots=True)
class EmptySlot:
    """`count` promised posts of one gap that are missing on one day."""

    day: date
    gap: Gap
    count: int = 1


def free_days(
    days: Sequence[date], taken: Collection[date], working: WorkingCalendar
) -> list[date]:
    """The days without a post in the order in which they are offered, see above."""
    free = [day for day in days if day not in taken]
    return sorted(free, key=lambda day: (working.is_working_day(day), day), reverse=True)


def spread(
    missing: int, days: Sequence[date], taken: Collection[date], working: WorkingCalendar, due: date
) -> Counter[date]:
    """On which day how many of the missing posts are shown."""
    if not days:
        return Counter({due: missing})
    offered = free_days(days, taken, working)
    rest = sorted(days, key=lambda day: (working.is_working_day(day), day), reverse=True)
    placed = offered[:missing]
    return Counter([*placed, *islice(cycle(rest), missing - len(placed))])


def eligible_days(loaded: Loaded, gap: Gap, today: date) -> list[date]:
    """The days, from today on, on which a post would fill the gap."""
    promise = loaded.commitments[int(gap.finding.commitment or 0)]
    survey = Survey(loaded.world, gap.finding.period)
    effective = survey.effective(promise)
    quiet = survey.blackouts(survey.channels[promise.channel])
    return [
        day
        for day in gap.finding.period.days()
        if day >= today
        and effective is not None
        and day in effective
        and promise.allows(day)
        and day not in quiet
    ]


def slots_of(loaded: Loaded, found: Iterable[Gap], today: date, window: Period) -> list[EmptySlot]:
    """The empty slots of every gap of a promise that counts, on the days of the window."""
    survey = Survey(loaded.world, window)
    slots = [
        slot
        for gap in found
        if gap.is_ahead and gap.is_promise
        for slot in _slots(loaded, survey, gap, today)
    ]
    return sorted((slot for slot in slots if slot.day in window), key=_place)


def _slots(loaded: Loaded, survey: Survey, gap: Gap, today: date) -> list[EmptySlot]:
    finding = gap.finding
    if finding.kind != Kind.SHORTFALL:
        return [EmptySlot(max(today, finding.due), gap, gap.missing)]
    promise = loaded.commitments[int(finding.commitment or 0)]
    days = eligible_days(loaded, gap, today)
    placed = spread(
        gap.missing, days, survey.own_days(promise), loaded.working, max(today, finding.due)
    )
    return [EmptySlot(day, gap, count) for day, count in sorted(placed.items())]


def _place(slot: EmptySlot) -> tuple[date, str, str]:
    return slot.day, slot.gap.title, slot.gap.key
