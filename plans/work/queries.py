"""Reads of tasks. Every list goes through `visible_plans` (rule 6), with few queries.

A list of rows takes one query: owners, plan, key date and stream come along, and what is counted
(lines of the checklist, comments, files) is counted in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Lower
from django.shortcuts import get_object_or_404

from people import queries as people
from people.models import Activity, Membership, Organization
from people.working_calendar import calendar_of
from plans.models import (
    ChecklistItem,
    KeyDate,
    Plan,
    PlanReader,
    Stream,
    Task,
    TaskAttachment,
    TaskCandidate,
    TaskCollaborator,
    TaskComment,
    TaskLink,
    TaskMention,
)
from plans.models.tasks import OPEN_TASKS, TaskState
from plans.queries import OPEN_STATES, visible_plans
from plans.work.rules import Decider, decider


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks of a list are shown; what is None or empty does not narrow it.

    `states` are stored words; `helping` are those whom a member helps with; `text` is looked for in
    title and description.
    """

    plan: Plan | None = None
    key_date: KeyDate | None = None
    stream: Stream | None = None
    owner: Membership | None = None
    helping: Membership | None = None
    states: tuple[str, ...] = ()
    unowned: bool = False
    late: bool = False
    first: date | None = None
    last: date | None = None
    text: str = ""


def tasks(organization: Organization, viewer: Membership | None) -> QuerySet[Task]:
    """Every task that the viewer may see, with plan, owner, key date and stream."""
    plans = visible_plans(organization, viewer)
    return Task.objects.filter(
        organization=organization, plan__in=plans.values("pk")
    ).select_related("owner__user", "plan__owner__user", "key_date", "stream", "created_by__user")


def task_rows(
    organization: Organization,
    viewer: Membership | None,
    today: date,
    shown: TaskFilter | None = None,
) -> QuerySet[Task]:
    """The rows of a list of tasks: the earliest due first, those without a day last.

    Each carries `lines`, `lines_done`, `comment_count` and `file_count`. One query.
    """
    rows = _narrowed(tasks(organization, viewer), shown or TaskFilter(), today)
    return rows.annotate(
        lines=_count(ChecklistItem.objects.all()),
        lines_done=_count(ChecklistItem.objects.exclude(done_at=None)),
        comment_count=_count(TaskComment.objects.filter(removed_at=None)),
        file_count=_count(TaskAttachment.objects.all()),
    ).order_by(F("due").asc(nulls_last=True), "pk")


def _narrowed(rows: QuerySet[Task], shown: TaskFilter, today: date) -> QuerySet[Task]:
    exact: dict[str, Any] = {
        "plan": shown.plan,
        "key_date": shown.key_date,
        "stream": shown.stream,
        "owner": shown.owner,
        "state__in": shown.states or None,
        "due__gte": shown.first,
        "due__lte": shown.last,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value is not None})
    if shown.unowned:
        rows = rows.filter(owner=None, state__in=OPEN_TASKS)
    if shown.late:
        rows = rows.filter(state__in=OPEN_TASKS, due__lt=today)
    if shown.helping is not None:
        mine = TaskCollaborator.objects.filter(task=OuterRef("pk"), member=shown.helping)
        rows = rows.filter(Exists(mine))
    if shown.text.strip():
        words = shown.text.strip()
        rows = rows.filter(Q(title__icontains=words) | Q(description__icontains=words))
    return rows


def _count(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.filter(task=OuterRef("pk")).order_by().values("task")
    return Coalesce(Subquery(counted.annotate(n=Count("pk")).values("n")), Value(0))


def task_counts(
    organization: Organization, viewer: Membership | None, today: date, plan: Plan | None = None
) -> dict[str, int]:
    """How many tasks stand in each state, and how many of the open ones are late and unowned."""
    rows = tasks(organization, viewer)
    if plan is not None:
        rows = rows.filter(plan=plan)
    undone = Q(state__in=OPEN_TASKS)
    return rows.order_by().aggregate(
        **{str(state): Count("pk", filter=Q(state=state)) for state in TaskState.values},
        late=Count("pk", filter=undone & Q(due__lt=today)),
        unowned=Count("pk", filter=undone & Q(owner=None)),
    )


def work_of(
    organization: Organization, member: Membership, viewer: Membership | None
) -> QuerySet[Task]:
    """The open tasks that the member owns, of running or drafted plans, nearest first."""
    rows = tasks(organization, viewer).filter(
        owner=member, state__in=OPEN_TASKS, plan__state__in=OPEN_STATES
    )
    return rows.order_by(F("due").asc(nulls_last=True), "pk")


def get_task(organization: Organization, viewer: Membership | None, task_id: int) -> Task:
    """The task with everybody named in it; 404 for one that the viewer may not see."""
    collaborators = TaskCollaborator.objects.select_related("member__user").order_by(
        Lower("member__user__name")
    )
    candidates = TaskCandidate.objects.select_related("member__user").order_by(
        Lower("member__user__name")
    )
    rows = tasks(organization, viewer).prefetch_related(
        Prefetch("collaborations", collaborators), Prefetch("candidacies", candidates)
    )
    task = get_object_or_404(rows, pk=task_id)
    task.organization = task.plan.organization = organization
    return task


# What stands in a task ---------------------------------------------------------------------------
def checklist_of(task: Task) -> QuerySet[ChecklistItem]:
    """The lines in their order, with who ticked them off."""
    return ChecklistItem.objects.filter(organization=task.organization, task=task).select_related(
        "done_by__user", "task__plan"
    )


def comments_of(task: Task) -> QuerySet[TaskComment]:
    """The comments, oldest first, with authors and whom they address; two queries."""
    mentions = TaskMention.objects.select_related("member__user")
    return (
        TaskComment.objects.filter(organization=task.organization, task=task)
        .select_related("author__user")
        .prefetch_related(Prefetch("mentions", mentions))
    )


def attachments_of(task: Task) -> QuerySet[TaskAttachment]:
    """The files, oldest first, with who attached them."""
    return TaskAttachment.objects.filter(organization=task.organization, task=task).select_related(
        "uploaded_by__user"
    )


def get_line(organization: Organization, viewer: Membership | None, line_id: int) -> ChecklistItem:
    """A line of a task that the viewer may see, else 404."""
    return get_object_or_404(
        _of_visible(ChecklistItem.objects.all(), organization, viewer), pk=line_id
    )


def get_comment(
    organization: Organization, viewer: Membership | None, comment_id: int
) -> TaskComment:
    """A comment on a task that the viewer may see, else 404."""
    return get_object_or_404(
        _of_visible(TaskComment.objects.all(), organization, viewer), pk=comment_id
    )


def get_attachment(
    organization: Organization, viewer: Membership | None, attachment_id: int
) -> TaskAttachment:
    """A file of a task that the viewer may see, else 404."""
    rows = _of_visible(TaskAttachment.objects.all(), organization, viewer)
    return get_object_or_404(rows, pk=attachment_id)


def _of_visible(
    rows: QuerySet[Any], organization: Organization, viewer: Membership | None
) -> QuerySet[Any]:
    plans = visible_plans(organization, viewer)
    return rows.filter(organization=organization, task__plan__in=plans.values("pk")).select_related(
        "task__plan__owner__user", "task__organization"
    )


def links_from(task: Task) -> QuerySet[TaskLink]:
    """What the task must precede: tasks with their owners, and key dates."""
    return TaskLink.objects.filter(organization=task.organization, task=task).select_related(
        "before_task__owner__user", "key_date"
    )


def links_to(task: Task) -> QuerySet[TaskLink]:
    """The tasks that must be ready before this one, with their owners."""
    return TaskLink.objects.filter(organization=task.organization, before_task=task).select_related(
        "task__owner__user"
    )


def history_of(task: Task) -> QuerySet[Activity]:
    """What happened to the task, ownership included, newest first."""
    return people.activity_of(task.organization, "plans.Task", task.pk)


def may_be_mentioned(task: Task) -> list[Membership]:
    """Who can be addressed in a comment: everyone active who may see the plan. One query."""
    members = people.members(task.organization)
    if task.plan.is_confidential:
        listed = PlanReader.objects.filter(plan=task.plan_id, member=OuterRef("pk"))
        members = members.filter(Exists(listed) | Q(pk=task.plan.owner_id))
    return list(members)


# Whose it is to decide ---------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Undecided:
    """A task whose owner is unclear, its candidates, and whose it is to decide today (rule 2)."""

    task: Task
    candidates: Sequence[Membership]
    decider: Decider


def undecided(
    organization: Organization, viewer: Membership | None, today: date, plan: Plan | None = None
) -> list[Undecided]:
    """The open tasks with candidates and no owner, the nearest day to decide first. Few queries."""
    candidates = TaskCandidate.objects.select_related("member__user")
    rows = (
        tasks(organization, viewer)
        .filter(owner=None, state__in=OPEN_TASKS, plan__state__in=OPEN_STATES)
        .exclude(decide_by=None)
        .prefetch_related(Prefetch("candidacies", candidates))
        .order_by("decide_by", "pk")
    )
    if plan is not None:
        rows = rows.filter(plan=plan)
    calendar = calendar_of(organization)
    return [
        Undecided(
            task=task,
            candidates=[row.member for row in task.candidacies.all()],
            decider=decider(task.decide_by, today, calendar),
        )
        for task in rows
        if task.decide_by is not None
    ]
