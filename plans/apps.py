from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlansConfig(AppConfig):
    """Enters plans, streams and channels in the doors of the rooms below."""

    name = "plans"

    def ready(self) -> None:
        from plans import activity, titles  # noqa: F401
        from plans.objectives import activity as objective_words  # noqa: F401
        from plans.playbook import doors as playbook
        from plans.schedule import activity_words as schedule_words  # noqa: F401
        from plans.stakeholders import doors as stakeholders
        from plans.timelines import activity_words as timeline_words  # noqa: F401
        from plans.work import activity_words as work_words  # noqa: F401

        _enter_owned()
        _enter_relations()
        _enter_organizations()
        stakeholders.enter()
        playbook.enter()
        _enter_pages()


def _enter_owned() -> None:
    """What can be owned, and what lists and workflows are narrowed to."""
    from plans import ownables, queries
    from plans.models.channels import ChannelKind
    from plans.schedule import ownables as schedule_ownables
    from plans.work import ownables as work_ownables
    from workflow.registry import register_channel_kinds, register_ownable, register_places

    for ownable in (
        *ownables.OWNABLES,
        schedule_ownables.KEY_DATE_OWNABLE,
        work_ownables.TASK_OWNABLE,
    ):
        register_ownable(ownable)
    register_channel_kinds(lambda: ChannelKind.choices)
    register_places(queries.places)


def _enter_relations() -> None:
    """Who stands how to a thing of this room."""
    from people.permissions import register_relation
    from plans import ownables
    from plans.timelines import nav as timelines
    from plans.work import ownables as work_ownables

    register_relation("champion", ownables.is_champion)
    register_relation("author", work_ownables.is_author)
    register_relation("stream owner", ownables.is_stream_owner)
    register_relation("channel owner", ownables.is_channel_owner)
    register_relation("importer", timelines.is_importer)


def _enter_organizations() -> None:
    """What an organization begins with, and what its members may not learn."""
    from people.registry import register_hidden_plans, register_on_organization_created
    from plans import queries
    from plans.schedule.services import give_shipped

    register_hidden_plans(queries.unseen_plan_ids)
    register_on_organization_created(give_shipped)


def _enter_pages() -> None:
    """Navigation, what serves an objective, and the tabs of a plan."""
    from django.urls import reverse

    from people import shell as people_shell
    from plans import shell
    from plans.objectives import queries as objective_queries
    from plans.registry import PLAN_PANELS, PlanTab, ServingSource, register_serving
    from plans.timelines import nav as timelines

    people_shell.contribute(shell.frame)
    people_shell.contribute(timelines.timeline_entry)
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
