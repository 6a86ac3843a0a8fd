"""Where the matrix of responsibilities enters a plan's tabs."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from plans.models import Plan
from plans.registry import PLAN_PANELS, PlanTab
from plans.responsibilities import activity_words  # noqa: F401


def enter() -> None:
    """Called once, by `plans.apps`."""
    PLAN_PANELS.add_tab(
        PlanTab(key="responsibilities", label=_("Who does what"), url=_page, order=16)
    )


def _page(plan: Plan) -> str:
    return reverse("responsibilities", args=[plan.organization.slug, plan.pk])
