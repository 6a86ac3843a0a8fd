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
        from plans import activity, ownables, queries, shell  # noqa: F401
        from plans.models.channels import ChannelKind
        from plans.playbook import activity as playbook_activity  # noqa: F401
        from plans.playbook import ownables as questions
        from plans.playbook import services as playbook
        from plans.playbook import shell as playbook_shell
        from plans.registry import PLAN_PANELS, PlanPanel, PlanTab
        from workflow.registry import register_channel_kinds, register_ownable

        for ownable in ownables.OWNABLES:
            register_ownable(ownable)
        register_channel_kinds(lambda: ChannelKind.choices)
        register_relation("champion", ownables.is_champion)
        register_relation("stream owner", ownables.is_stream_owner)
        register_relation("channel owner", ownables.is_channel_owner)
        register_ownable(questions.QUESTION)
        register_relation("asked", questions.is_asked)
        register_relation("asker", questions.is_asker)
        register_relation("champion", questions.is_champion)
        register_on_organization_created(playbook.give_shipped)
        people_shell.contribute(playbook_shell.entries)
        PLAN_PANELS.add_panel(
            PlanPanel(
                place="side",
                template="plans/playbook/_plan_panel.html",
                context=playbook_shell.plan_panel,
                order=90,
            )
        )
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
