"""Where plans, streams, channels and promises enter themselves in the rooms below."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people import shell as people_shell
from people.permissions import register_relation
from people.registry import register_hidden_plans
from plans import activity, ownables, queries, shell  # noqa: F401
from plans.models.channels import ChannelKind
from plans.registry import PLAN_PANELS, PlanTab
from workflow.registry import register_channel_kinds, register_ownable, register_places


def enter() -> None:
    """Called once, by `plans.apps`."""
    for ownable in ownables.OWNABLES:
        register_ownable(ownable)
    register_channel_kinds(lambda: ChannelKind.choices)
    register_places(queries.places)
    register_relation("champion", ownables.is_champion)
    register_relation("stream owner", ownables.is_stream_owner)
    register_relation("channel owner", ownables.is_channel_owner)
    register_hidden_plans(queries.unseen_plan_ids)
    people_shell.contribute(shell.frame)
    PLAN_PANELS.add_tab(
        PlanTab(
            key="overview",
            label=_("Overview"),
            url=lambda plan: reverse("plan", args=[plan.organization.slug, plan.pk]),
            order=10,
        )
    )
