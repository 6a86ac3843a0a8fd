"""From rows to the pure core: what the steps of one key date are before, and where they stand.

- A task that was built back moves unless it is done or pinned.
- A task without lead that belongs to the key date stands where it was put, as a pinned one does.
- What is cancelled is stepped over: who was before it is before what it was before.
- Tasks and key dates beyond this one stand where they are: they hold others, and move with nothing.
- A task that is before nothing any more is before its key date.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from people.models import Membership
from plans import backschedule
from plans.models import BackScheduleStep, KeyDate, Task, TaskLink
from plans.models.keydates import KEY_DATE
from plans.models.tasks import TaskState

CHAMPION = "champion"
"""The role in a step that PlanCraft knows by itself: each plan has one, or visibly none."""


@dataclass(frozen=True, slots=True)
class Node:
    """A step on its way to the core: a task there is, or one that a template would make.

    `due` is where it stands now (None: not there yet), `pinned` where it is held. `shown` is false
    for what belongs to others and only holds ours.
    """

    id: str
    title: str
    lead: int
    before: tuple[str, ...]
    done: bool = False
    pinned: date | None = None
    due: date | None = None
    role: str = ""
    owner: Membership | None = None
    task: Task | None = None
    step: BackScheduleStep | None = None
    shown: bool = True

    def as_step(self) -> backschedule.Step:
        """As the core reads it."""
        return backschedule.Step(self.id, self.lead, self.before, self.done, self.pinned)


def task_id(pk: int) -> str:
    """The id of a task in the core."""
    return f"t{pk}"


def nodes_of(key_date: KeyDate, tasks: Sequence[Task], links: Iterable[TaskLink]) -> list[Node]:
    """The steps of the key date, and what beyond it they must precede.

    `tasks` are all that belong to it, cancelled ones too; `links` theirs, with their ends loaded.
    """
    by_task: dict[int, list[TaskLink]] = {}
    for link in links:
        by_task.setdefault(link.task_id, []).append(link)
    ours = {task.pk: task for task in tasks}
    beyond: dict[str, Node] = {}
    found = []
    for task in tasks:
        node = _node(task)
        if node is not None:
            ends = list(dict.fromkeys(_ends(task.pk, key_date, ours, by_task, beyond, {task.pk})))
            found.append(replace(node, before=tuple(ends) or (KEY_DATE,)))
    return [*found, *beyond.values()]


def _node(task: Task) -> Node | None:
    """The task without its links; None for one that has no place in the schedule."""
    if task.state == TaskState.CANCELLED or (task.due is None and task.lead is None):
        return None
    held = task.state == TaskState.DONE or task.pinned or task.lead is None
    if task.state == TaskState.DONE and task.due is None:
        return None
    return Node(
        id=task_id(task.pk),
        title=task.title,
        lead=task.lead or 0,
        before=(),
        done=task.state == TaskState.DONE,
        pinned=task.due if held else None,
        due=task.due,
        role=task.role,
        owner=task.owner,
        task=task,
    )


def _ends(
    pk: int,
    key_date: KeyDate,
    ours: Mapping[int, Task],
    by_task: Mapping[int, list[TaskLink]],
    beyond: dict[str, Node],
    seen: set[int],
) -> Iterable[str]:
    """The ids of what the task is before; `beyond` gathers those that are not ours."""
    for link in by_task.get(pk, ()):
        end = link.before_task
        if end is None:
            yield _key_date_end(link, key_date, beyond)
        elif end.pk in seen:
            continue
        elif end.pk not in ours:
            yield from _foreign_end(end, beyond)
        elif _node(ours[end.pk]) is not None:
            yield task_id(end.pk)
        else:
            yield from _ends(end.pk, key_date, ours, by_task, beyond, {*seen, end.pk})


def _key_date_end(link: TaskLink, key_date: KeyDate, beyond: dict[str, Node]) -> str:
    other = link.key_date
    if other is None or other.pk == key_date.pk or other.cancelled_at is not None:
        return KEY_DATE
    id_ = f"k{other.pk}"
    beyond[id_] = _standing(id_, other.title, other.date)
    return id_


def _foreign_end(end: Task, beyond: dict[str, Node]) -> Iterable[str]:
    if end.due is None or end.state == TaskState.CANCELLED:
        return
    id_ = task_id(end.pk)
    beyond[id_] = _standing(id_, end.title, end.due)
    yield id_


def _standing(id_: str, title: str, day: date) -> Node:
    """Something of another key date or of none: it stands where it stands."""
    return Node(
        id=id_,
        title=title,
        lead=0,
        before=(KEY_DATE,),
        done=True,
        pinned=day,
        due=day,
        shown=False,
    )


def with_template(
    nodes: Sequence[Node],
    steps: Sequence[BackScheduleStep],
    owners: Mapping[int, Membership],
    champion: int | None = None,
) -> list[Node]:
    """The nodes with a template's steps: those that are there take its lead and its order.

    A step is there if a task of the key date bears its key; what else it must precede stays. It is
    built back from now on unless it is done or pinned. `owners` are those of the steps' members
    who may own a task of the plan, by their primary key; a step meant for the champion is its
    `champion`'s.
    """
    there = {node.task.step_key: node for node in nodes if node.task and node.task.step_key}
    names = {step.key: there[step.key].id if step.key in there else _new(step) for step in steps}
    names[KEY_DATE] = KEY_DATE
    made = {node.id: node for node in nodes}
    for step in steps:
        before = tuple(names[key] for key in step.before)
        old = there.get(step.key)
        if old is not None:
            made[old.id] = _brought_up(old, step, before, set(names.values()))
            continue
        made[_new(step)] = Node(
            id=_new(step),
            title=step.title,
            lead=step.lead,
            before=before,
            role=step.role,
            owner=owners.get(_meant_for(step, champion) or 0),
            step=step,
        )
    return list(made.values())


def _meant_for(step: BackScheduleStep, champion: int | None) -> int | None:
    """The person whom the step names, or the plan's champion where it is meant for that role."""
    if step.member_id is not None:
        return step.member_id
    return champion if step.role.strip().casefold() == CHAMPION else None


def _brought_up(
    old: Node, step: BackScheduleStep, before: tuple[str, ...], of_template: set[str]
) -> Node:
    others = tuple(id_ for id_ in old.before if id_ not in of_template)
    held = old.done or (old.task is not None and old.task.pinned)
    return replace(
        old,
        lead=step.lead,
        before=before + others,
        pinned=old.pinned if held else None,
        step=step,
    )


def _new(step: BackScheduleStep) -> str:
    return f"new:{step.key}"
