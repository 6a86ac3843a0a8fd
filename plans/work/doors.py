"""Where tasks enter themselves in the rooms below, and in a plan's tabs and panels."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people.permissions import register_relation
from plans.models import Plan
from plans.registry import PLAN_PANELS, PlanPanel, PlanTab
from plans.work import activity_words, ownables  # noqa: F401
from plans.work.panel import tasks_panel
from workflow.registry import register_ownable


def enter() -> None:
    """Called once, by `plans.apps`."""
    register_ownable(ownables.TASK_OWNABLE)
    register_relation("author", ownables.is_author)
    PLAN_PANELS.add_panel(PlanPanel("side", "plans/work/_plan_panel.html", tasks_panel, order=10))
    PLAN_PANELS.add_tab(PlanTab(key="tasks", label=_("Tasks"), url=_of_plan, order=14))


def _of_plan(plan: Plan) -> str:
    return reverse("tasks", args=[plan.organization.slug]) + f"?plan={plan.pk}"
