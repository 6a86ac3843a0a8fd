"""Where key dates enter themselves in the rooms below, and in a plan's tabs."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people.registry import register_on_organization_created
from plans.registry import PLAN_PANELS, PlanTab
from plans.schedule import activity_words, ownables  # noqa: F401
from plans.schedule.services import give_shipped
from workflow.registry import register_ownable


def enter() -> None:
    """Called once, by `plans.apps`."""
    register_ownable(ownables.KEY_DATE_OWNABLE)
    register_on_organization_created(give_shipped)
    PLAN_PANELS.add_tab(
        PlanTab(
            key="key-dates",
            label=_("Key dates"),
            url=lambda plan: reverse("key-dates", args=[plan.organization.slug, plan.pk]),
            order=15,
        )
    )
