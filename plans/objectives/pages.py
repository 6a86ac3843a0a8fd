"""What the pages show of objectives and drifting streams, put into words before a template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from plans.models import Objective, Plan
from plans.objectives.queries import DriftingStream
from plans.objectives.records import figure, target_of
from plans.objectives.rules import Drift, Progress, Reading, Standing, Target, progress

STANDING = {
    Standing.UNMEASURED: ("", "rulers", gettext_lazy("not measured")),
    Standing.UNREAD: ("risk", "eye-slash", gettext_lazy("no reading yet")),
    Standing.ON_COURSE: ("ok", "check-lg", gettext_lazy("on course")),
    Standing.BEHIND: ("risk", "hourglass-split", gettext_lazy("behind a steady pace")),
    Standing.REACHED: ("ok", "flag-fill", gettext_lazy("reached")),
    Standing.MISSED: ("late", "exclamation-triangle-fill", gettext_lazy("its day passed")),
}


@dataclass(frozen=True)
class ObjectiveRow:
    """An objective in words: its goal, where it stands, and how far it is as a meter."""

    objective: Objective
    standing: Standing
    tone: str
    mark: str
    words: str
    goal: str = ""
    reading: str = ""
    percent: int | None = None
    pace: str = ""


def objective_row(
    objective: Objective, plan: Plan, today: date, readings: Sequence[Reading] | None = None
) -> ObjectiveRow:
    """By its readings, or by the latest that the query carried."""
    target = target_of(objective, plan)
    found = progress(target, _carried(objective) if readings is None else readings, today)
    tone, mark, words = STANDING[found.standing]
    return ObjectiveRow(
        objective=objective,
        standing=found.standing,
        tone="risk" if found.is_old else tone,
        mark=mark,
        words=_("%(standing)s, last looked at long ago") % {"standing": words}
        if found.is_old
        else str(words),
        goal=_goal(objective, target) if target else "",
        reading=_reading(objective, found),
        percent=_percent(found),
        pace=_pace(found),
    )


def _carried(objective: Objective) -> list[Reading]:
    on = getattr(objective, "latest_on", None)
    return [Reading(on, getattr(objective, "latest_value", Decimal(0)))] if on else []


def _goal(objective: Objective, target: Target) -> str:
    """ "From 120 to 400 first conversations by Sun 3 January 2027"."""
    return _("From %(baseline)s to %(goal)s by %(day)s") % {
        "baseline": figure(target.baseline),
        "goal": figure(target.goal, objective.unit),
        "day": date_format(target.due, _("D j F Y")),
    }


def _reading(objective: Objective, found: Progress) -> str:
    if found.latest is None:
        return ""
    value = figure(found.latest.value, objective.unit)
    return _("%(value)s on %(day)s") % {
        "value": value,
        "day": date_format(found.latest.on, _("D j F")),
    }


def _percent(found: Progress) -> int | None:
    if found.share is None:
        return None
    return int(min(max(found.share, Fraction(0)), Fraction(1)) * 100)


def _pace(found: Progress) -> str:
    if found.share is None or found.expected is None:
        return ""
    return _("%(made)d%% of the way; a steady pace would be at %(due)d%%") % {
        "made": int(found.share * 100),
        "due": int(found.expected * 100),
    }


@dataclass(frozen=True)
class Point:
    """A reading in the drawing."""

    x: float
    y: float
    label: str


@dataclass(frozen=True)
class Curve:
    """The readings as a line, between the baseline below and the goal above, in units of its own.

    `steady` is the dashed line of a steady pace; `today_x` is where today stands, if inside.
    """

    width: int = 640
    height: int = 180
    points: Sequence[Point] = field(default_factory=tuple)
    line: str = ""
    steady: str = ""
    goal_y: float = 0
    base_y: float = 0
    today_x: float | None = None


LEFT, RIGHT, TOP, BOTTOM = 8, 632, 24, 150


def curve(objective: Objective, target: Target, readings: Sequence[Reading], today: date) -> Curve:
    """Geometry only: the numbers stand in the table beside it."""
    days = max((target.due - target.begins).days, 1)
    values = [target.baseline, target.goal, *[reading.value for reading in readings]]
    low, high = min(values), max(values)
    span = float(high - low) or 1.0

    def x(day: date) -> float:
        made = min(max((day - target.begins).days / days, 0), 1)
        return round(LEFT + made * (RIGHT - LEFT), 1)

    def y(value: Decimal) -> float:
        return round(BOTTOM - float(value - low) / span * (BOTTOM - TOP), 1)

    ordered = sorted(readings, key=lambda reading: reading.on)
    points = [Point(x(r.on), y(r.value), figure(r.value)) for r in ordered]
    path = [f"{LEFT} {y(target.baseline)}", *[f"{p.x} {p.y}" for p in points]]
    return Curve(
        points=points,
        line="M" + "L".join(path) if points else "",
        steady=f"M{LEFT} {y(target.baseline)}L{RIGHT} {y(target.goal)}",
        goal_y=y(target.goal),
        base_y=y(target.baseline),
        today_x=x(today) if target.begins <= today <= target.due else None,
    )


@dataclass(frozen=True)
class DriftRow:
    """A drifting stream with its reasons in words, each with a tone and a mark."""

    stream: Any
    reasons: Sequence[tuple[str, str, str]]


def drift_row(drifting: DriftingStream) -> DriftRow:
    """The stream in words."""
    return DriftRow(drifting.stream, [_reason(drifting, reason) for reason in drifting.reasons])


def _reason(drifting: DriftingStream, reason: Drift) -> tuple[str, str, str]:
    days, outside = drifting.silent_days, drifting.facts.outside
    if reason == Drift.NO_OWNER:
        return "nobody", "question-lg", _("No one owns it")
    if reason == Drift.NO_OBJECTIVE:
        return "risk", "signpost", _("It serves no objective")
    if reason == Drift.SILENT:
        words = ngettext(
            "Silent for %(n)d day, %(rhythm)d at most",
            "Silent for %(n)d days, %(rhythm)d at most",
            days,
        )
        return "late", "volume-mute", words % {"n": days, "rhythm": drifting.facts.rhythm_days}
    words = ngettext(
        "%(n)d post planned outside the plan’s period",
        "%(n)d posts planned outside the plan’s period",
        outside,
    )
    return "risk", "calendar-x", words % {"n": outside}
