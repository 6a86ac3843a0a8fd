"""Learning a back-schedule from a key date and its tasks: reading them, and saving what it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from people.errors import NotAllowed, Refused
from people.models import Membership
from people.working_calendar import calendar_of
from plans.models import BackScheduleTemplate, KeyDate, Task
from plans.models.tasks import TaskState
from plans.queries import may_see
from plans.schedule.queries import able_members, links_of, steps_of
from plans.schedule.records import StepFields, free_key
from plans.schedule.services import create_template
from plans.timelines.learning import KEY_DATE, Kept, Learned, Why, learn


@dataclass(frozen=True)
class Line:
    """A task, and what was learned from it; or why nothing could be. Neither: it is not wanted."""

    task: Task
    learned: Learned | None = None
    why: Why | None = None
    before: Sequence[Task] = ()


@dataclass(frozen=True)
class Lessons:
    """A key date's tasks by their day, each with what was learned from it."""

    key_date: KeyDate
    lines: Sequence[Line]

    @property
    def taken(self) -> list[Line]:
        """The lines that make steps."""
        return [line for line in self.lines if line.learned is not None]

    @property
    def shifted(self) -> list[Line]:
        """The steps that the back-schedule puts on another day than they were on."""
        return [line for line in self.taken if line.learned and line.learned.moved]


def lessons_of(key_date: KeyDate, wanted: Collection[int] | None = None) -> Lessons:
    """What the key date's tasks teach, of those `wanted` (all, if None); three queries."""
    tasks = [t for t in steps_of(key_date) if t.state != TaskState.CANCELLED]
    before: dict[int, list[str]] = {task.pk: [] for task in tasks}
    for link in links_of(key_date):
        ours = link.key_date_id == key_date.pk
        if link.task_id in before and (ours or link.before_task_id is not None):
            before[link.task_id].append(KEY_DATE if ours else str(link.before_task_id))
    lesson = learn(
        key_date.date,
        [Kept(str(t.pk), t.due, tuple(before[t.pk]) or (KEY_DATE,)) for t in tasks],
        calendar_of(key_date.organization),
        None if wanted is None else {str(pk) for pk in wanted},
    )
    found = {step.id: step for step in lesson.steps}
    by_id = {str(task.pk): task for task in tasks}
    return Lessons(
        key_date, [_line(task, found.get(str(task.pk)), lesson.left, by_id) for task in tasks]
    )


def _line(
    task: Task, learned: Learned | None, left: Mapping[str, Why], tasks: Mapping[str, Task]
) -> Line:
    before = learned.before if learned else ()
    others = [tasks[id_] for id_ in before if id_ != KEY_DATE]
    return Line(task, learned, left.get(str(task.pk)), others)


@transaction.atomic
def learn_template(
    *,
    key_date: KeyDate,
    by: Membership,
    name: str,
    titles: Mapping[int, str],
    description: str = "",
) -> BackScheduleTemplate:
    """A new back-schedule of the tasks in `titles` (primary key to the step's title).

    Building it back from the same date gives the same days, as far as they are working days.
    """
    if not may_see(by, key_date.plan):
        raise NotAllowed(_("You cannot see this plan."))
    lessons = lessons_of(key_date, titles.keys())
    if not lessons.taken:
        raise Refused(_("Tick at least one step that has a day before the key date."))
    able = able_members(key_date.plan)
    return create_template(
        organization=key_date.organization,
        by=by,
        name=name,
        description=description,
        steps=_steps(lessons, titles, able),
    )


def _steps(
    lessons: Lessons, titles: Mapping[int, str], able: Mapping[int, Membership]
) -> list[StepFields]:
    keys: dict[str, str] = {KEY_DATE: KEY_DATE}
    for line in lessons.taken:
        keys[str(line.task.pk)] = free_key(titles[line.task.pk], keys.values())
    return [
        StepFields(
            key=keys[line.learned.id],
            title=titles[line.task.pk],
            lead=line.learned.lead,
            before=tuple(keys[other] for other in line.learned.before),
            role=line.task.role,
            member=able.get(line.task.owner_id or 0),
        )
        for line in lessons.taken
        if line.learned is not None
    ]
