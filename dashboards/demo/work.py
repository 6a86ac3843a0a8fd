"""Tasks of the demo: one late, some unowned, one that everything was said about.

One has candidates whose day to decide has passed, so that it is the champion's to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dashboards.demo.stage import EVERYDAY, GRANTS, HARBOR, HOME, World, owned
from dashboards.demo.trail import Entry, tell
from plans.models import (
    ChecklistItem,
    Involvement,
    KeyDate,
    Task,
    TaskCandidate,
    TaskCollaborator,
    TaskComment,
    TaskLink,
    TaskMention,
)
from plans.work.services import attach

OPEN_DAY = "Open day in Harlow"
AGENTS = b"name,town,asked\nHarlow Homes,Harlow,yes\nKey & Daughter,Millbrook,not yet\n"


@dataclass(frozen=True)
class TaskSpec:
    """A task of the demo; `due` in days from today, None for none; `age` in days."""

    plan: str
    title: str
    owner: str
    due: int | None
    age: int
    state: str = "open"
    role: str = ""
    effort: int | None = None
    description: str = ""
    helpers: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    decide_by: int | None = None
    for_day: bool = False


TASKS = (
    TaskSpec(
        HOME,
        "Invite the estate agents of the seven towns",
        "hanna",
        4,
        12,
        "doing",
        effort=150,
        for_day=True,
        helpers=("lucia",),
        description="By name, by hand, and with the one question we want them to bring.",
    ),
    TaskSpec(HOME, "Print the leaflet on closing costs", "tom", -3, 16, "doing", for_day=True),
    TaskSpec(HOME, "Photograph the wall of keys", "lucia", 0, 9, helpers=("tom",), for_day=True),
    TaskSpec(
        HOME,
        "Legal check of the leaflet",
        "",
        3,
        5,
        role="Legal",
        for_day=True,
        candidates=("priya", "jonas"),
        decide_by=-2,
    ),
    TaskSpec(HOME, "Order chairs and coffee", "maya", 6, 7, effort=30, for_day=True),
    TaskSpec(HOME, "Film the first visitors", "", 9, 5, role="Design", for_day=True),
    TaskSpec(HOME, "Find a balloon arch", "daniel", 5, 11, "cancelled"),
    TaskSpec(EVERYDAY, "Rewrite the page on fees in plain words", "tom", None, 20, effort=300),
    TaskSpec(
        EVERYDAY,
        "Collect the names for the spring series",
        "daniel",
        10,
        6,
        helpers=("lucia", "tom"),
    ),
    TaskSpec(EVERYDAY, "Ask the branches about their telephones", "amara", -1, 13, "done"),
    TaskSpec(GRANTS, "Read the first applications aloud with the jury", "amara", 12, 4),
    TaskSpec(GRANTS, "Ask two winners of last year for a picture", "", 5, 10),
    TaskSpec(HARBOR, "Agree in which order staff are told", "jonas", 3, 5, helpers=("priya",)),
)

SAID = (
    (5, "hanna", "Seven towns, about forty. @Lucia Ferrante, do you have the list?", "lucia"),
    (4, "lucia", "Thirty-eight. Two of them have closed; the file is below.", ""),
    (2, "hanna", "Then the letter goes out on Thursday, signed by hand.", ""),
)
"""Days ago, who, what, and whom it addresses."""


def furnish(world: World) -> None:
    """Write them, with the record that they would have left."""
    key_date = _open_day(world)
    tasks = {spec.title: _task(world, spec, key_date) for spec in TASKS}
    invite, printing, check = (
        tasks[title] for title in (TASKS[0].title, TASKS[1].title, "Legal check of the leaflet")
    )
    for task in tasks.values():
        if task.key_date_id is not None and task.pk != check.pk:
            _link(task, key_date=key_date)
    _link(check, before_task=printing)
    _checklist(world, invite)
    said = list(_comments(world, invite))
    _matrix(world, invite, key_date)
    tell(world, [*_created(world, tasks), *said])
    attach(task=invite, by=world.cast["lucia"], name="agents.csv", content=AGENTS)


def _open_day(world: World) -> KeyDate:
    return KeyDate.objects.create(
        organization=world.organization,
        plan=world.plans[HOME],
        kind="event",
        title=OPEN_DAY,
        date=world.days.day(2, 4),
        note="Doors at ten. Every question gets an answer the same day.",
        created_by=world.cast["hanna"],
        **owned(world.cast["hanna"], world.days, 0, ""),
    )


def _task(world: World, spec: TaskSpec, key_date: KeyDate) -> Task:
    days = world.days
    owner = world.who(spec.owner)
    task = Task.objects.create(
        organization=world.organization,
        plan=world.plans[spec.plan],
        key_date=key_date if spec.for_day else None,
        stream=world.streams["keys"] if spec.owner == "lucia" else None,
        title=spec.title,
        description=spec.description,
        role=spec.role,
        due=None if spec.due is None else _working(days.today + timedelta(days=spec.due)),
        state=spec.state,
        done_at=days.ago(1, "15:40") if spec.state == "done" else None,
        effort_minutes=spec.effort,
        decide_by=None if spec.decide_by is None else days.today + timedelta(days=spec.decide_by),
        created_at=days.ago(spec.age, "09:10"),
        created_by=world.plans[spec.plan].owner or world.cast["ines"],
        **owned(owner, days, spec.age, "new"),
    )
    for model, keys in ((TaskCollaborator, spec.helpers), (TaskCandidate, spec.candidates)):
        for key in keys:
            model._default_manager.create(
                organization=world.organization, task=task, member=world.cast[key]
            )
    return task


def _working(day: date) -> date:
    """The same day, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day


def _link(task: Task, **end: Any) -> None:
    TaskLink.objects.create(organization=task.organization, task=task, **end)


def _checklist(world: World, task: Task) -> None:
    lines = (
        "List the agents by town",
        "Write the letter",
        "Sign them by hand",
        "Post them",
        "Call whoever has not answered",
    )
    for position, text in enumerate(lines, 1):
        done = position <= 2
        ChecklistItem.objects.create(
            organization=world.organization,
            task=task,
            text=text,
            position=position,
            done_at=world.days.ago(4 - position, "11:25") if done else None,
            done_by=world.cast["hanna"] if done else None,
        )


def _comments(world: World, task: Task) -> Iterator[Entry]:
    for days, key, text, addressed in SAID:
        author, at = world.cast[key], world.days.ago(days, "13:05")
        row = TaskComment.objects.create(
            organization=world.organization, task=task, author=author, text=text, created_at=at
        )
        if addressed:
            TaskMention.objects.create(
                organization=world.organization, comment=row, member=world.cast[addressed]
            )
        mentions = [world.cast[addressed].pk] if addressed else []
        facts = {"comment": row.pk, "mentions": mentions}
        yield Entry(at, author, "task.commented", task, task.plan_id, task.title, facts)


def _matrix(world: World, task: Task, key_date: KeyDate) -> None:
    """Who is asked and told, beside who owns and who helps."""
    stream = world.streams["keys"]
    for key, kind, thing in (
        ("daniel", "informed", {"task": task}),
        ("priya", "consulted", {"task": task}),
        ("lucia", "responsible", {"key_date": key_date}),
        ("maya", "consulted", {"key_date": key_date}),
        ("jonas", "informed", {"key_date": key_date}),
        ("tom", "responsible", {"stream": stream}),
        ("owen", "consulted", {"stream": stream}),
    ):
        Involvement.objects.create(
            organization=world.organization,
            plan=world.plans[HOME],
            member=world.cast[key],
            kind=kind,
            **thing,
        )


def _created(world: World, tasks: dict[str, Task]) -> Iterator[Entry]:
    for task in tasks.values():
        yield Entry(
            task.created_at,
            task.created_by,
            "task.created",
            task,
            task.plan_id,
            task.title,
            {"owner": task.owner_id, "due": task.due.isoformat() if task.due else None},
        )
        if task.done_at is not None:
            yield Entry(
                task.done_at,
                task.owner,
                "task.finished",
                task,
                task.plan_id,
                task.title,
                {"reason": False},
            )
