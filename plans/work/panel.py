"""The panel *Tasks* on a plan's page: read along with the plan, counted here."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from people.permissions import Perm, can
from plancraft.lib.dates import local_day, parse_day, week_of
from plans.registry import Occasion
from plans.rules import PlanState


def tasks_panel(occasion: Occasion) -> dict[str, Any] | None:
    """How many tasks are late, due this week and without owner, each with the list of them."""
    plan: Any = occasion.plan
    rows = getattr(plan, "open_tasks", None)
    if rows is None:
        return None
    organization = plan.organization
    today = local_day(occasion.now, ZoneInfo(organization.time_zone))
    end = week_of(today, organization.week_start).end
    days = [parse_day(row["due"]) for row in rows]
    slug, is_closed = organization.slug, plan.state == PlanState.CLOSED
    return {
        "total": len(rows),
        "late": sum(1 for day in days if day and day < today),
        "week": sum(1 for day in days if day and today <= day <= end),
        "unowned": sum(1 for row in rows if row["owner"] is None),
        "url": reverse("tasks", args=[slug]) + f"?plan={plan.pk}",
        "new_url": reverse("task-new", args=[slug]) + f"?plan={plan.pk}"
        if can(occasion.membership, Perm.TASK_CREATE) and not is_closed
        else "",
    }
