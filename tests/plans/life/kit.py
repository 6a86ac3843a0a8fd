"""What the tests of a plan's life do alike."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from plans.models import Objective, Plan
from tests import factories
from workflow import queries, reviews, who_approves
from workflow.models import Review, WorkflowTemplate

NOW = datetime(2027, 1, 11, 15, tzinfo=UTC)


def plans_need(cast: Any, *, approval: bool = True, **kw: Any) -> WorkflowTemplate:
    """Plans are approved by any one manager or, with `approval` False, released."""
    spec = who_approves.StageSpec("Board", "role", role="manager", **kw)
    return who_approves.save_template(
        organization=cast.organization,
        by=cast.admin,
        name="Plans",
        channel_kinds=["plan"],
        needs_approval=approval,
        stages=[spec] if approval else [],
    )


def draft(cast: Any, **kw: Any) -> Plan:
    """A whole draft, championed by the member, who also wrote it."""
    kw = {"state": "draft", "owner": cast.member, "name": "Home Buyer Spring", **kw}
    plan = factories.make_plan(cast.organization, **kw)
    reviews.note_edit(subject=plan.subject, by=cast.member)
    Objective.objects.create(organization=cast.organization, plan=plan, title="More first homes")
    channel = factories.make_channel(cast.organization, name="Facebook", owner=cast.colleague)
    factories.make_commitment(plan, channel, count=3)
    return plan


def submitted(plan: Plan, by: Any) -> Review:
    return reviews.submit(
        subject=plan.subject,
        by=by,
        expected_hash=queries.hash_now(plan.subject),
        key=uuid.uuid4(),
        now=NOW,
    )


def decided(review: Review, by: Any, choice: str = "approve", comment: str = "") -> Any:
    return reviews.decide(
        review=review,
        by=by,
        choice=choice,
        expected_hash=review.revision.hash,
        key=uuid.uuid4(),
        comment=comment,
    )
