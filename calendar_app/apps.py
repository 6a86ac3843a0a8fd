from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CalendarConfig(AppConfig):
    name = "calendar_app"

    def ready(self) -> None:
        """Enter stories into the registries of the rooms below."""
        from calendar_app import (  # noqa: F401
            activity_words,
            agenda,
            entries,
            nav,
            plan_columns,
            relations,
            streams,
            titles,
        )
        from calendar_app.gap_services import forget_stakeholder
        from calendar_app.imports import activity_words as import_words  # noqa: F401
        from calendar_app.imports import nav as import_nav  # noqa: F401
        from people.permissions import register_relation
        from plans.registry import (
            PLAN_PANELS,
            PromiseColumn,
            ServingSource,
            add_agenda_source,
            register_on_stakeholder_erased,
            register_serving,
            register_stream_signs,
        )
        from workflow.registry import register_ownable, register_subject_kind

        register_ownable(entries.STORY)
        register_on_stakeholder_erased(forget_stakeholder)
        register_subject_kind(entries.CONTENT_ITEM)
        register_relation("owner", relations.is_owner)
        register_relation("collaborator", relations.is_collaborator)
        register_relation("champion", relations.is_champion)
        register_relation("draft", relations.is_draft)
        register_relation("importer", relations.is_importer)
        register_serving(ServingSource(_("Stories"), streams.serving_stories, order=20))
        register_stream_signs(streams.signs)
        PLAN_PANELS.add_column(
            PromiseColumn(_("Next 14 days"), cells=plan_columns.next_14_days, order=10)
        )
        PLAN_PANELS.add_column(
            PromiseColumn(_("Kept, last 4 weeks"), cells=plan_columns.kept_4_weeks, order=20)
        )
        add_agenda_source("gaps", _("Gaps ahead"), 50, agenda.gap_lines, page="gaps")
        PLAN_PANELS.add_fact(plan_columns.momentum)
        for tab in plan_columns.TABS:
            PLAN_PANELS.add_tab(tab)
