from django.apps import AppConfig


class CalendarConfig(AppConfig):
    name = "calendar_app"

    def ready(self) -> None:
        """Enter stories into the registries of the rooms below."""
        from calendar_app import activity_words, entries, nav, relations  # noqa: F401
        from calendar_app.imports import activity_words as import_words  # noqa: F401
        from calendar_app.imports import nav as import_nav  # noqa: F401
        from people.permissions import register_relation
        from workflow.registry import register_ownable, register_subject_kind

        register_ownable(entries.STORY)
        register_subject_kind(entries.CONTENT_ITEM)
        register_relation("owner", relations.is_owner)
        register_relation("collaborator", relations.is_collaborator)
        register_relation("champion", relations.is_champion)
        register_relation("draft", relations.is_draft)
        register_relation("importer", relations.is_importer)
