"""Where everything of a plan would stand in a new period: read, then computed, before it is copied.

    shift       the new date of the anchor (a key date, or the plan's first day) minus its old one,
                in days
    moved       each day of the plan, of its promises, objectives and key dates, plus the shift
    built back  a step with a lead that nobody pinned: counted back again in working days from its
                key date's new day (`plans.backschedule`), with everything to be done again
    pinned      and what was never built back: its day plus the shift
    shift 0     every day as it is

Cancelled key dates and tasks, archived streams, promises on archived channels, readings and tasks
that belong to no key date are not copied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.translation import gettext as _

from people.errors import Refused
from people.models import Membership
from plancraft.lib.changes import fingerprint
from plancraft.lib.dates import EARLIEST, LATEST, WorkingCalendar
from plans import backschedule
from plans.models import Commitment, KeyDate, KeyDateAnswer, Objective, Plan, Stream, Task, TaskLink
from plans.models.keydates import KEY_DATE
from plans.schedule.graph import nodes_of


@dataclass(frozen=True)
class Source:
    """Everything of a plan that is copied, as it is now; `able` are those who can own, by key."""

    plan: Plan
    objectives: Sequence[Objective]
    streams: Sequence[Stream]
    promises: Sequence[Commitment]
    key_dates: Sequence[KeyDate]
    answers: Sequence[KeyDateAnswer]
    tasks: Sequence[Task]
    links: Sequence[TaskLink]
    able: Mapping[int, Membership]

    def kept(self, owner_id: int | None) -> Membership | None:
        """The owner, if they can still own something."""
        return self.able.get(owner_id) if owner_id is not None else None


@dataclass(frozen=True)
class Line:
    """One date of the copy: what it is the date of, old and new, who owns it, and who cannot."""

    sort: str
    title: str
    old: date | None
    new: date | None
    owner: Membership | None = None
    gone: str = ""


@dataclass(frozen=True)
class Copy:
    """Where everything would stand. `due` is the new day of each task by its key; `token` stands
    for exactly these dates and owners."""

    shift: timedelta
    due: Mapping[int, date | None]
    lines: Sequence[Line]
    token: str

    def moved(self, day: date | None) -> date | None:
        """A day of the plan, moved."""
        return day + self.shift if day is not None else None


def computed(source: Source, old: date, new: date, today: date, calendar: WorkingCalendar) -> Copy:
    """Where everything would stand if what is on `old` came on `new`.

    `Refused` where a date would lie beyond what a calendar knows.
    """
    shift = new - old
    plan = source.plan
    try:
        first, last = plan.starts_on + shift, plan.ends_on + shift
        if first < EARLIEST or last > LATEST:
            raise OverflowError
        due = _due(source, shift, today, calendar)
        lines = _lines(source, shift, due)
    except (OverflowError, backschedule.TooFar):
        raise Refused(
            _("With that date the plan would lie too far away. Check the year.")
        ) from None
    except backschedule.Cycle:
        raise Refused(_("Its steps wait for each other. Put that right before copying.")) from None
    facts = {
        f"{n} {line.sort} {line.title}": f"{line.old} {line.new} {line.owner and line.owner.pk}"
        for n, line in enumerate(lines)
    }
    return Copy(shift, due, lines, fingerprint(facts))


def _due(
    source: Source, shift: timedelta, today: date, calendar: WorkingCalendar
) -> dict[int, date | None]:
    """The new day of each task by its key."""
    due = {task.pk: task.due + shift if task.due else None for task in source.tasks}
    if not shift:
        return due
    for key_date in source.key_dates:
        tasks = [task for task in source.tasks if task.key_date_id == key_date.pk]
        links = [link for link in source.links if link.task.key_date_id == key_date.pk]
        due |= _built_back(key_date, tasks, links, shift, today, calendar)
    return due


def _built_back(
    key_date: KeyDate,
    tasks: Sequence[Task],
    links: Sequence[TaskLink],
    shift: timedelta,
    today: date,
    calendar: WorkingCalendar,
) -> dict[int, date | None]:
    """The days of the steps that are counted back again; the others keep their place."""
    nodes = nodes_of(key_date, tasks, links)
    steps = []
    for node in nodes:
        task = node.task
        held = task is None or task.pinned or task.lead is None
        pinned = node.due + shift if held and node.due else None
        steps.append(replace(node.as_step(), done=False, pinned=pinned))
    anchor = backschedule.KeyDate(KEY_DATE, key_date.date + shift)
    found = backschedule.build_back(anchor, steps, today, calendar).by_id()
    return {node.task.pk: found[node.id].due for node in nodes if node.task is not None}


def _lines(source: Source, shift: timedelta, due: Mapping[int, date | None]) -> list[Line]:
    plan = source.plan
    lines = [
        Line(_("Plan"), _("First day"), plan.starts_on, plan.starts_on + shift),
        Line(_("Plan"), _("Last day"), plan.ends_on, plan.ends_on + shift),
    ]
    for objective in source.objectives:
        if objective.due_on:
            day = objective.due_on
            lines.append(Line(_("Objective"), objective.title, day, day + shift))
    for promise in source.promises:
        title = promise.channel.name
        ends = (promise.effective_from, promise.effective_to)
        lines += [Line(_("Promise"), title, day, day + shift) for day in ends if day is not None]
    for stream in source.streams:
        lines.append(_owned(source, Line(_("Stream"), stream.name, None, None), stream))
    for key_date in source.key_dates:
        day = key_date.date
        row = Line(_("Key date"), key_date.title, day, day + shift)
        lines.append(_owned(source, row, key_date))
        lines += [
            _owned(source, Line(_("Step"), task.title, task.due, due[task.pk]), task)
            for task in source.tasks
            if task.key_date_id == key_date.pk
        ]
    return lines


def _owned(source: Source, line: Line, row: Stream | KeyDate | Task) -> Line:
    """The line with who would own it, or whom it loses."""
    owner = source.kept(row.owner_id)
    gone = row.owner.name if row.owner is not None and owner is None else ""
    return replace(line, owner=owner, gone=gone)
