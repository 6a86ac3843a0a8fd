from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlansConfig(AppConfig):
    """Enters plans, streams and channels in the doors of the rooms below."""

    name = "plans"

    def ready(self) -> None:
        from django.urls import reverse

        from people import shell as people_shell
        from people.permissions import register_relation
        from people.registry import register_hidden_plans
        from plans import activity, ownables, queries, shell  # noqa: F401
        from plans.meetings import enter as enter_meetings
        from plans.models.channels import ChannelKind
        from plans.registry import PLAN_PANELS, PlanTab
        from plans.schedule import ownables as schedule_ownables
        from plans.work import ownables as work_ownables
        from workflow.registry import register_channel_kinds, register_ownable

        for ownable in (
            *ownables.OWNABLES,
            schedule_ownables.KEY_DATE_OWNABLE,
            work_ownables.TASK_OWNABLE,
        ):
            register_ownable(ownable)
        register_channel_kinds(lambda: ChannelKind.choices)
        register_relation("champion", ownables.is_champion)
        register_relation("author", work_ownables.is_author)
        register_relation("stream owner", ownables.is_stream_owner)
        register_relation("channel owner", ownables.is_channel_owner)
        enter_meetings.enter()
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
