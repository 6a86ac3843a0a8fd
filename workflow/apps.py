from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    """Enters this room's relations in the doors of `people`."""

    name = "workflow"

    def ready(self) -> None:
        from people.permissions import register_relation
        from workflow import relations

        register_relation("owner", relations.is_owner)
