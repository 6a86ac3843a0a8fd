"""What the page of a task and the list of tasks read: each in one or two statements.

A page may make twelve statements in all, and the frame around it needs half of them. So everything
that stands in a task is gathered beside its row, and whom it speaks of is read once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import Lower
from django.shortcuts import get_object_or_404

from people.models import Activity, Membership, Organization
from people.models.organizations import Role
from plancraft.lib.gathered import gathered, made
from plans.models import (
    ChecklistItem,
    KeyDate,
    Plan,
    Stream,
    Task,
    TaskAttachment,
    TaskCandidate,
    TaskCollaborator,
    TaskComment,
    TaskLink,
    TaskMention,
)
from plans.models.tasks import TaskState
from plans.queries import listed_at, visible_plans
from plans.work.queries import tasks
from workflow.models import Handover
from workflow.queries import offer_among, offer_at

ABLE = (Role.ADMIN, Role.MANAGER, Role.MEMBER)
BULK_VERBS = ("tasks.assigned", "tasks.moved")


@dataclass(frozen=True)
class TaskPage:
    """A task with everything that stands in it. `before` is what it must precede, `after` what
    must be ready before it; `everyone` are all members, deactivated ones too, by name."""

    task: Task
    everyone: Sequence[Membership]
    collaborators: Sequence[Membership]
    candidates: Sequence[Membership]
    lines: Sequence[ChecklistItem]
    comments: Sequence[TaskComment]
    attachments: Sequence[TaskAttachment]
    before: Sequence[Task | KeyDate]
    after: Sequence[Task]
    offer: Handover | None

    @property
    def able(self) -> list[Membership]:
        """Who could own it or help with it: active, doing work here, and seeing the plan."""
        return [m for m in self.everyone if m.is_active and m.role in ABLE and self.sees(m)]

    def sees(self, member: Membership) -> bool:
        """Whether the member may see the plan; no query."""
        plan: Any = self.task.plan
        known = not plan.is_confidential or member.pk in (plan.owner_id, *plan.listed)
        return member.is_active and known


def get_task_page(organization: Organization, viewer: Membership, task_id: int) -> TaskPage:
    """The task as its page shows it, in two statements; 404 for one that they may not see."""
    rows: Any = tasks(organization, viewer).annotate(
        listed=listed_at("plan"), offers=offer_at("plans.Task"), **_standing_in_it()
    )
    task = get_object_or_404(rows, pk=task_id)
    task.organization = task.plan.organization = organization
    task.plan.listed = task.listed
    everyone = everybody(organization)
    person = {member.pk: member for member in everyone}
    return TaskPage(
        task=task,
        everyone=everyone,
        collaborators=_named(task.helping_rows, everyone),
        candidates=_named(task.candidate_rows, everyone),
        lines=[_line(task, row, person) for row in task.line_rows],
        comments=[_comment(task, row, person) for row in task.comment_rows],
        attachments=[_file(task, row, person) for row in task.file_rows],
        before=[_before(row, person) for row in task.before_rows],
        after=[_owned(Task, row["task"], person) for row in task.after_rows],
        offer=offer_among(task.offers, everyone),
    )


def everybody(organization: Organization) -> list[Membership]:
    """Every member there is or was, by name; one statement."""
    rows = Membership.objects.filter(organization=organization).select_related("user")
    found = list(rows.order_by(Lower("user__name"), "pk"))
    for member in found:
        member.organization = organization
    return found


def _standing_in_it() -> dict[str, Any]:
    here = OuterRef("pk")
    mentions = TaskMention.objects.filter(comment=OuterRef("pk")).values("member_id")
    comments = TaskComment.objects.filter(task=here).annotate(addressed=ArraySubquery(mentions))
    lines = ChecklistItem.objects.filter(task=here)
    files = TaskAttachment.objects.filter(task=here)
    soonest = F("task__due").asc(nulls_last=True)
    return {
        "helping_rows": gathered(TaskCollaborator.objects.filter(task=here)),
        "candidate_rows": gathered(TaskCandidate.objects.filter(task=here)),
        "line_rows": gathered(lines.order_by("position", "pk")),
        "comment_rows": gathered(comments.order_by("created_at", "pk"), "addressed"),
        "file_rows": gathered(files.order_by("created_at", "pk")),
        "before_rows": gathered(
            TaskLink.objects.filter(task=here).order_by("pk"), before_task=Task, key_date=KeyDate
        ),
        "after_rows": gathered(
            TaskLink.objects.filter(before_task=here).order_by(soonest, "pk"), task=Task
        ),
    }


Rows = Iterable[Mapping[str, Any]]
People = Mapping[int, Membership]


def _named(rows: Rows, everyone: Iterable[Membership]) -> list[Membership]:
    named = {row["member_id"] for row in rows}
    return [member for member in everyone if member.pk in named]


def _line(task: Task, row: Mapping[str, Any], person: People) -> ChecklistItem:
    return made(ChecklistItem, row, task=task, done_by=person.get(row["done_by_id"]))


def _comment(task: Task, row: Mapping[str, Any], person: People) -> TaskComment:
    addressed = {key: person[key].name for key in row["addressed"] if key in person}
    return made(
        TaskComment, row, task=task, author=person[row["author_id"]], addressed_names=addressed
    )


def _file(task: Task, row: Mapping[str, Any], person: People) -> TaskAttachment:
    return made(TaskAttachment, row, task=task, uploaded_by=person[row["uploaded_by_id"]])


def _before(row: Mapping[str, Any], person: People) -> Task | KeyDate:
    if row["key_date_id"] is not None:
        return _owned(KeyDate, row["key_date"], person)
    return _owned(Task, row["before_task"], person)


def _owned(model: Any, row: Mapping[str, Any], person: People) -> Any:
    return made(model, row, owner=person.get(row["owner_id"]))


# Forms -------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class PlanParts:
    """What the form of a task offers of its plan."""

    plan: Plan
    streams: Sequence[Stream]
    key_dates: Sequence[KeyDate]


def get_plan_parts(organization: Organization, viewer: Membership, plan_id: int) -> PlanParts:
    """The plan with its streams in use and key dates ahead or past, in one statement; else 404."""
    here = OuterRef("pk")
    streams = Stream.objects.filter(plan=here, archived_at=None).order_by(Lower("name"))
    dates = KeyDate.objects.filter(plan=here, cancelled_at=None).order_by("date", "pk")
    rows: Any = visible_plans(organization, viewer).annotate(
        listed=listed_at("pk"), stream_rows=gathered(streams), date_rows=gathered(dates)
    )
    plan = get_object_or_404(rows.select_related("owner__user", "department"), pk=plan_id)
    plan.organization = organization
    return PlanParts(
        plan=plan,
        streams=[made(Stream, row, plan=plan) for row in plan.stream_rows],
        key_dates=[made(KeyDate, row, plan=plan) for row in plan.date_rows],
    )


def siblings(task: Task) -> list[Task]:
    """The other tasks of the plan that are not cancelled, by day: what it could precede."""
    rows = Task.objects.filter(organization=task.organization, plan=task.plan_id)
    rows = rows.exclude(pk=task.pk).exclude(state=TaskState.CANCELLED)
    return list(rows.order_by(F("due").asc(nulls_last=True), "pk"))


def bulk_activities(by: Membership, keys: Sequence[int]) -> list[Activity]:
    """What the member did to several tasks at once, of these activities."""
    rows = Activity.objects.filter(organization=by.organization, actor=by, verb__in=BULK_VERBS)
    found = rows.filter(pk__in=keys).select_related("organization", "actor__user")
    return list(found.order_by("pk"))
