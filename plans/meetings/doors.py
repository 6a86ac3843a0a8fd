"""Enters meetings in the doors of this room and of those below; called once, at start-up."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people import shell as people_shell
from people.models import Membership
from people.permissions import Perm, can, register_relation
from people.shell import NavItem, Shell
from plans.meetings import activity, ownables, sources  # noqa: F401
from plans.registry import PLAN_PANELS, PlanTab, add_agenda_source
from workflow.registry import register_ownable


def enter() -> None:
    """Ownable, relations, sources of agendas, the plan's tab and the entry in the frame."""
    register_ownable(ownables.MEETING_OWNABLE)
    register_relation("organizer", ownables.is_organizer)
    register_relation("owner", ownables.is_organizer)
    register_relation("champion", ownables.is_champion)
    late, nobody = gettext_lazy("Late"), gettext_lazy("No one owns these")
    add_agenda_source("late", late, 30, sources.late_lines, page="tasks")
    add_agenda_source("unowned", nobody, 40, sources.unowned_lines, page="unowned")
    add_agenda_source(
        "approvals", gettext_lazy("Waiting for a decision"), 60, sources.approval_lines, "approvals"
    )
    add_agenda_source("key_dates", gettext_lazy("Key dates ahead"), 70, sources.key_date_lines)
    PLAN_PANELS.add_tab(
        PlanTab(
            key="meetings",
            label=gettext_lazy("Meetings"),
            url=lambda plan: f"{reverse('meetings', args=[plan.organization.slug])}?plan={plan.pk}",
            order=60,
        )
    )
    people_shell.contribute(frame)


def frame(request: Any, membership: Membership, shell: Shell) -> None:
    """Meetings in the sidebar, and in the menu of what one can begin; no query."""
    slug = membership.organization.slug
    url = reverse("meetings", args=[slug])
    shell.nav.append(
        NavItem(
            label=_("Meetings"),
            url=url,
            icon="chat-square-text",
            current=request.path.startswith(url),
            order=42,
        )
    )
    if can(membership, Perm.MEETING_RUN):
        new = reverse("meeting-new", args=[slug])
        shell.create.append(NavItem(label=_("Meeting"), url=new, icon="chat-square-text", order=42))
