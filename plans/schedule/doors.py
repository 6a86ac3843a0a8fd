"""What key dates and back-schedules enter in the doors of other rooms and of this one."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people.registry import Titled, register_on_organization_created, register_titles
from plans.models import BackScheduleTemplate, KeyDate
from plans.queries import visible_plans
from plans.registry import PLAN_PANELS, PlanTab
from plans.schedule import activity_words, ownables  # noqa: F401
from plans.schedule.services import give_shipped
from workflow.registry import register_ownable


def enter() -> None:
    """The plan's tab, the names in the audit trail, and what a new organization begins with."""
    register_ownable(ownables.KEY_DATE_OWNABLE)
    PLAN_PANELS.add_tab(
        PlanTab(
            key="key-dates",
            label=_("Key dates"),
            url=lambda plan: reverse("key-dates", args=[plan.organization.slug, plan.pk]),
            order=15,
        )
    )
    register_titles(
        "plans.KeyDate",
        Titled(
            rows=lambda viewer: KeyDate.objects.filter(
                organization=viewer.organization,
                plan__in=visible_plans(viewer.organization, viewer),
            ),
            text="title",
            url=lambda slug, key, place: reverse("key-date", args=[slug, key]),
        ),
    )
    register_titles(
        "plans.BackScheduleTemplate",
        Titled(
            rows=lambda viewer: BackScheduleTemplate.objects.filter(
                organization=viewer.organization
            ),
            text="name",
            url=lambda slug, key, place: reverse("back-schedule", args=[slug, key]),
        ),
    )
    register_on_organization_created(give_shipped)
