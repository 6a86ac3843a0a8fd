from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlansConfig(AppConfig):
    """Enters plans, streams and channels in the doors of the rooms below."""

    name = "plans"

    def ready(self) -> None:
        from django.urls import reverse

        from people import shell as people_shell
        from people.permissions import register_relation
        from people.registry import register_hidden_plans, register_on_organization_created
        from plans import activity, ownables, queries, shell, titles  # noqa: F401
        from plans.models.channels import ChannelKind
        from plans.objectives import activity as objective_words  # noqa: F401
        from plans.objectives import queries as objective_queries
        from plans.playbook import doors as playbook
        from plans.registry import PLAN_PANELS, PlanTab, ServingSource, register_serving
        from plans.schedule import activity_words as schedule_words  # noqa: F401
        from plans.schedule import ownables as schedule_ownables
        from plans.schedule.services import give_shipped
        from plans.timelines import doors as timelines
        from plans.work import activity_words as work_words  # noqa: F401
        from plans.work import ownables as work_ownables
        from workflow.registry import (
            register_channel_kinds,
            register_ownable,
            register_places,
        )

        for ownable in (
            *ownables.OWNABLES,
            schedule_ownables.KEY_DATE_OWNABLE,
            work_ownables.TASK_OWNABLE,
        ):
            register_ownable(ownable)
        register_channel_kinds(lambda: ChannelKind.choices)
        register_places(queries.places)
        register_relation("champion", ownables.is_champion)
        register_relation("author", work_ownables.is_author)
        register_relation("stream owner", ownables.is_stream_owner)
        register_relation("channel owner", ownables.is_channel_owner)
        playbook.enter()
        timelines.enter()
        register_hidden_plans(queries.unseen_plan_ids)
        register_on_organization_created(give_shipped)
        people_shell.contribute(shell.frame)
        register_serving(ServingSource(_("Streams"), objective_queries.serving_streams, order=10))
        register_serving(ServingSource(_("Tasks"), objective_queries.serving_tasks, order=30))
        PLAN_PANELS.add_tab(
            PlanTab(
                key="overview",
                label=_("Overview"),
                url=lambda plan: reverse("plan", args=[plan.organization.slug, plan.pk]),
                order=10,
            )
        )
        PLAN_PANELS.add_tab(
            PlanTab(
                key="key-dates",
                label=_("Key dates"),
                url=lambda plan: reverse("key-dates", args=[plan.organization.slug, plan.pk]),
                order=15,
            )
        )
