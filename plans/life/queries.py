"""Reads about the life of a plan: whether plans are approved here, and what was approved."""

from __future__ import annotations

from dataclasses import dataclass

from people import queries as people
from people.models import Organization
from plans.life.approval import KIND
from plans.life.copying import Source
from plans.life.snapshot import contents, snapshot
from plans.models import Commitment, KeyDate, KeyDateAnswer, Plan, Task, TaskLink
from plans.models.tasks import TaskState
from plans.queries import sighted
from workflow import queries as workflow
from workflow.models import Approval, Decision, WorkflowTemplate
from workflow.queries import FieldChange, field_changes
from workflow.registry import SUBJECT_KINDS, Fields


def workflow_of_plans(organization: Organization) -> WorkflowTemplate | None:
    """The workflow that plans pass here; None where nobody set one and they just start."""
    return workflow.template_for(organization, KIND, frozenset())


@dataclass(frozen=True)
class ApprovedVersion:
    """What was approved, exactly as it was, and what reads otherwise now."""

    approval: Approval
    content: Fields
    changes: list[FieldChange]
    approved_by: list[Decision]


def approved_version(plan: Plan) -> ApprovedVersion | None:
    """The latest approval of the plan that nobody withdrew, as people read it; None without one."""
    approval = workflow.last_approval(plan.subject)
    if approval is None:
        return None
    then = approval.revision.snapshot
    content, now = SUBJECT_KINDS[KIND].fields(plan.organization, [then, snapshot(plan)])
    said = workflow.decisions_on(approval.revision).filter(choice=Decision.Choice.APPROVE)
    return ApprovedVersion(approval, content, field_changes(content, now), list(said))


def copied_from(plan: Plan) -> Source:
    """Everything of the plan that a copy takes along; a constant number of queries."""
    able = {member.pk: member for member in people.can_own(plan.organization)}
    seeing = sighted(plan)
    parts = contents([plan])[plan.pk]
    dates = KeyDate.objects.filter(plan=plan, cancelled_at=None).select_related("owner__user")
    tasks = (
        Task.objects.filter(plan=plan, key_date__in=dates)
        .exclude(state=TaskState.CANCELLED)
        .select_related("owner__user")
        .order_by("due", "id")
    )
    links = TaskLink.objects.filter(task__in=tasks.order_by())
    promises = Commitment.objects.filter(plan=plan, channel__archived_at=None)
    return Source(
        plan=plan,
        objectives=parts.objectives,
        streams=parts.streams,
        promises=list(promises.select_related("channel").order_by("channel__name", "id")),
        key_dates=list(dates.order_by("date", "id")),
        answers=list(KeyDateAnswer.objects.filter(key_date__in=dates).order_by("id")),
        tasks=list(tasks),
        links=list(links.select_related("task", "before_task", "key_date").order_by("id")),
        able={pk: m for pk, m in able.items() if seeing is None or pk in seeing},
    )
