"""Where an objective stands, and why a stream drifts. Pure: facts and a day in, words' keys out.

A `Target` leads from its `baseline` to its `goal`, which may lie below it. Of a value,

    share(value) = (value - baseline) / (goal - baseline)

so 0 is where it began and 1 is reached, whichever way it goes. By a straight line from the day it
began to the day it is due, `expected(day)` is the share that a steady pace would have made. The
latest reading decides: reached from a share of 1; missed once the due day has passed; behind where
it is less than nine tenths of what was expected on the day of the reading; else on course. Without
a reading nothing is known, and a reading older than `STALE_DAYS` is said to be old.

A stream drifts (mission.md) if it serves no objective, has no owner, has been silent for longer
than its rhythm since the later of the plan's first day and its last sign of life (rule 5), or
plans posts outside its plan's period.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

STALE_DAYS = 31
"""A month without a reading: nobody has looked."""
ON_COURSE_FROM = Fraction(9, 10)


@dataclass(frozen=True, slots=True)
class Target:
    """From `baseline` on the day it `begins` to `goal` by the day it is `due`; they differ."""

    baseline: Decimal
    goal: Decimal
    begins: date
    due: date


@dataclass(frozen=True, slots=True)
class Reading:
    """What it stood at on a day."""

    on: date
    value: Decimal


class Standing(StrEnum):
    """Where an objective stands."""

    UNMEASURED = "unmeasured"
    UNREAD = "unread"
    ON_COURSE = "on_course"
    BEHIND = "behind"
    REACHED = "reached"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Progress:
    """Standing by the latest reading; `share` and `expected` on its day, null without one."""

    standing: Standing
    latest: Reading | None = None
    share: Fraction | None = None
    expected: Fraction | None = None
    is_old: bool = False


def share(target: Target, value: Decimal) -> Fraction:
    """How much of the way is made; below 0 where it went the wrong way, above 1 beyond the goal."""
    return Fraction(value - target.baseline) / Fraction(target.goal - target.baseline)


def expected(target: Target, day: date) -> Fraction:
    """How much of the way a steady pace would have made by the end of that day, 0 to 1."""
    whole = (target.due - target.begins).days + 1
    if whole <= 0:
        return Fraction(1)
    return min(max(Fraction((day - target.begins).days + 1, whole), Fraction(0)), Fraction(1))


def progress(target: Target | None, readings: Sequence[Reading], today: date) -> Progress:
    """Where the objective stands today, by the latest reading that is not of a day to come."""
    if target is None:
        return Progress(Standing.UNMEASURED)
    known = [reading for reading in readings if reading.on <= today]
    if not known:
        return Progress(Standing.MISSED if today > target.due else Standing.UNREAD)
    latest = max(known, key=lambda reading: reading.on)
    made, due = share(target, latest.value), expected(target, latest.on)
    standing = _standing(target, made, due, today)
    old = standing in (Standing.ON_COURSE, Standing.BEHIND)
    return Progress(standing, latest, made, due, old and (today - latest.on).days > STALE_DAYS)


def _standing(target: Target, made: Fraction, due: Fraction, today: date) -> Standing:
    if made >= 1:
        return Standing.REACHED
    if today > target.due:
        return Standing.MISSED
    return Standing.ON_COURSE if made >= due * ON_COURSE_FROM else Standing.BEHIND


class Drift(StrEnum):
    """Why a stream drifts."""

    NO_OBJECTIVE = "no_objective"
    NO_OWNER = "no_owner"
    SILENT = "silent"
    OFF_PLAN = "off_plan"


@dataclass(frozen=True, slots=True)
class StreamFacts:
    """A stream of a plan: `last_seen` its last post or touchpoint, `outside` posts off the period.

    `begins` and `ends` are the plan's period, both days included.
    """

    has_objective: bool
    has_owner: bool
    rhythm_days: int
    begins: date
    ends: date
    last_seen: date | None = None
    outside: int = 0


def silent_days(stream: StreamFacts, today: date) -> int:
    """Days since the later of the plan's first day and the last sign of life; 0 before it."""
    since = max(stream.begins, stream.last_seen) if stream.last_seen else stream.begins
    return max((min(today, stream.ends) - since).days, 0)


def drifts(stream: StreamFacts, today: date) -> list[Drift]:
    """Every reason why the stream drifts, in the order in which they are mended; none if it holds.

    Silence is asked of the days of the plan's period only.
    """
    found = []
    if not stream.has_owner:
        found.append(Drift.NO_OWNER)
    if not stream.has_objective:
        found.append(Drift.NO_OBJECTIVE)
    if stream.begins <= today <= stream.ends and silent_days(stream, today) > stream.rhythm_days:
        found.append(Drift.SILENT)
    if stream.outside:
        found.append(Drift.OFF_PLAN)
    return found
