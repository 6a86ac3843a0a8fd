"""What this room adds to the frame around every page: its entries, and the plans one works on."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import Membership, Organization
from people.permissions import Perm, can
from people.shell import NavItem, PlanLink, Shell
from plans import queries
from plans.rules import Phase, standing

SIDEBAR_PLANS = 7


def _dates(organization: Organization) -> str:
    """How the addresses of key dates begin, which belong to plans."""
    return reverse("key-date", args=[organization.slug, 0]).removesuffix("0/")


def frame(request: Any, membership: Membership, shell: Shell) -> None:
    """Plans and Channels, "New plan", and the plans the member works on; one query."""
    organization = membership.organization
    place = request.path
    entries = [
        (_("Plans"), "plans", "signpost-split", 32),
        (_("Tasks"), "tasks", "check2-square", 35),
        (_("Channels"), "channels", "megaphone", 45),
        (_("Stakeholders"), "stakeholders", "person-lines-fill", 55),
    ]
    for label, name, icon, order in entries:
        url = reverse(name, args=[organization.slug])
        here = place.startswith(url) or (name == "plans" and place.startswith(_dates(organization)))
        shell.nav.append(NavItem(label=label, url=url, icon=icon, current=here, order=order))
    if can(membership, Perm.TASK_CREATE):
        new = reverse("task-new", args=[organization.slug])
        shell.create.append(NavItem(label=_("Task"), url=new, icon="check2-square", order=30))
    if can(membership, Perm.PLAN_CREATE):
        new = reverse("plan-new", args=[organization.slug])
        shell.create.append(NavItem(label=_("Plan"), url=new, icon="signpost-split", order=40))
    if can(membership, Perm.WORKFLOW_EDIT):
        url = reverse("back-schedules", args=[organization.slug])
        shell.settings.append(
            NavItem(
                label=_("Back-schedules"),
                url=url,
                icon="arrow-counterclockwise",
                current=place.startswith(url),
                order=42,
            )
        )
    today = timezone.now().astimezone(ZoneInfo(organization.time_zone)).date()
    for plan in queries.plans_worked_on(organization, membership)[:SIDEBAR_PLANS]:
        at = standing(plan.starts_on, plan.ends_on, today)
        url = reverse("plan", args=[organization.slug, plan.pk])
        shell.plans.append(
            PlanLink(
                name=plan.name,
                url=url,
                current=place.startswith(url),
                nobody=plan.owner_id is None,
                days_left=at.days if at.phase == Phase.UNDER_WAY else None,
            )
        )
