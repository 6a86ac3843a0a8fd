"""Reads the matrix of a plan: one statement for the work, one for the people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, OuterRef
from django.db.models.functions import Lower
from django.shortcuts import get_object_or_404

from people.models import Membership, Organization
from plancraft.lib.gathered import gathered, made
from plans.models import (
    Channel,
    Commitment,
    Involvement,
    KeyDate,
    Plan,
    Stream,
    Task,
    TaskCollaborator,
)
from plans.models.responsibilities import SUBJECTS
from plans.models.tasks import OPEN_TASKS
from plans.queries import listed_at, visible_plans
from plans.responsibilities.rules import Letter, row_letters
from plans.work.page_queries import ABLE, everybody

MOST_TASKS = 300
LETTER_OF = {
    "responsible": Letter.RESPONSIBLE,
    "consulted": Letter.CONSULTED,
    "informed": Letter.INFORMED,
}
KIND_OF = {letter: kind for kind, letter in LETTER_OF.items()}
MODELS: dict[str, Any] = {"stream": Stream, "key_date": KeyDate, "task": Task, "channel": Channel}
"""Word in addresses (as `workflow` knows the thing) -> its model."""


@dataclass(frozen=True)
class Line:
    """One row: a piece of work, and each person's letter in it. `depth` 1 below its key date."""

    slug: str
    thing: Any
    letters: Mapping[int, Letter]
    depth: int = 0

    @property
    def name(self) -> str:
        """What the work is called."""
        return str(getattr(self.thing, "title", "") or self.thing.name)


@dataclass(frozen=True)
class Section:
    """Rows of one kind of work."""

    key: str
    lines: Sequence[Line] = field(default_factory=tuple)


@dataclass(frozen=True)
class Matrix:
    """The plan's work and whose it is; `people` are all members, deactivated ones too."""

    plan: Plan
    people: Sequence[Membership]
    sections: Sequence[Section]
    task_total: int

    @property
    def lines(self) -> list[Line]:
        """Every row."""
        return [line for section in self.sections for line in section.lines]

    @property
    def involved(self) -> list[Membership]:
        """Who stands in the matrix, the champion first, then by how much they answer for."""
        counts: dict[int, int] = defaultdict(int)
        for line in self.lines:
            for member, letter in line.letters.items():
                counts[member] += 100 if letter == Letter.ACCOUNTABLE else 1
        if self.plan.owner_id:
            counts[self.plan.owner_id] += 1_000_000
        shown = [m for m in self.people if m.is_active and counts.get(m.pk)]
        return sorted(shown, key=lambda m: (-counts[m.pk], m.name.casefold()))

    def may_be_named(self) -> list[Membership]:
        """Who can have a letter: active, and seeing the plan."""
        plan: Any = self.plan
        listed = (plan.owner_id, *plan.listed)
        return [
            m for m in self.people if m.is_active and (not plan.is_confidential or m.pk in listed)
        ]

    def line(self, slug: str, pk: int) -> Line | None:
        """The row of this thing."""
        return next((row for row in self.lines if row.slug == slug and row.thing.pk == pk), None)


def may_answer(member: Membership) -> bool:
    """Whether the member's role can be accountable or do the work."""
    return member.role in ABLE


def get_matrix(organization: Organization, viewer: Membership | None, plan_id: int) -> Matrix:
    """The matrix of a plan, in two statements however large; 404 for one they may not see."""
    rows: Any = visible_plans(organization, viewer).select_related("owner__user", "department")
    plan = get_object_or_404(rows.annotate(**_work()), pk=plan_id)
    plan.organization = organization
    people = everybody(organization)
    person = {member.pk: member for member in people}
    letters = _letters(plan)

    def line(slug: str, thing: Any, depth: int = 0) -> Line:
        found = row_letters(thing.owner_id, letters[slug, thing.pk])
        active = {pk: letter for pk, letter in found.items() if person[pk].is_active}
        return Line(slug, thing, active, depth)

    def things(slug: str, found: Iterable[Mapping[str, Any]]) -> list[Any]:
        known: dict[str, Any] = {} if slug == "channel" else {"plan": plan}
        return [
            made(
                MODELS[slug],
                row,
                organization=organization,
                owner=person.get(row["owner_id"]),
                **known,
            )
            for row in found
        ]

    tasks = things("task", plan.task_rows)
    dates = things("key_date", plan.date_rows)
    sections = [
        Section("stream", [line("stream", t) for t in things("stream", plan.stream_rows)]),
        Section("key_date", list(_by_date(dates, tasks, line))),
        Section("task", [line("task", t) for t in _loose(dates, tasks)]),
        Section("channel", [line("channel", t) for t in things("channel", plan.channel_rows)]),
    ]
    return Matrix(plan, people, [s for s in sections if s.lines], len(tasks))


def _by_date(dates: Sequence[KeyDate], tasks: Sequence[Task], line: Any) -> Iterable[Line]:
    for key_date in dates:
        yield line("key_date", key_date)
        for task in tasks:
            if task.key_date_id == key_date.pk:
                yield line("task", task, 1)


def _loose(dates: Sequence[KeyDate], tasks: Sequence[Task]) -> list[Task]:
    """The tasks of no key date that is still ahead."""
    shown = {key_date.pk for key_date in dates}
    return [task for task in tasks if task.key_date_id not in shown]


def _work() -> dict[str, Any]:
    here = OuterRef("pk")
    soonest = F("due").asc(nulls_last=True)
    tasks = Task.objects.filter(plan=here, state__in=OPEN_TASKS)
    dates = KeyDate.objects.filter(plan=here, done_at=None, cancelled_at=None)
    # Two statements deep: the plan is the outer one's outer row.
    promised = Commitment.objects.filter(plan=OuterRef(OuterRef("pk"))).values("channel")
    channels = Channel.objects.filter(archived_at=None, pk__in=promised)
    helping = TaskCollaborator.objects.filter(task__plan=here, task__state__in=OPEN_TASKS)
    return {
        "listed": listed_at("pk"),
        "stream_rows": gathered(
            Stream.objects.filter(plan=here, archived_at=None).order_by(Lower("name"))
        ),
        "date_rows": gathered(dates.order_by("date", "pk")),
        "task_rows": gathered(tasks.order_by(soonest, "pk")[:MOST_TASKS]),
        "channel_rows": gathered(channels.order_by(Lower("name"))),
        "helping_rows": gathered(helping),
        "involved_rows": gathered(Involvement.objects.filter(plan=here)),
    }


def _letters(plan: Any) -> dict[tuple[str, int], list[tuple[int, Letter]]]:
    found: dict[tuple[str, int], list[tuple[int, Letter]]] = defaultdict(list)
    for row in plan.helping_rows:
        found["task", row["task_id"]].append((row["member_id"], Letter.RESPONSIBLE))
    for row in plan.involved_rows:
        slug = next(name for name in SUBJECTS if row[f"{name}_id"] is not None)
        found[slug, row[f"{slug}_id"]].append((row["member_id"], LETTER_OF[row["kind"]]))
    return found
