"""Reads about the life of a plan: whether plans are approved here, and what was approved."""

from __future__ import annotations

from dataclasses import dataclass

from people.models import Organization
from plans.life.approval import KIND
from plans.life.snapshot import snapshot
from plans.models import Plan
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
