from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    """Enters this room's relations in the doors of `people`."""

    name = "workflow"

    def ready(self) -> None:
        from people.permissions import register_relation
        from workflow import relations

        register_relation("owner", relations.is_owner)
        register_relation("approver", relations.is_approver)
        register_relation("approval giver", relations.is_approval_giver)
