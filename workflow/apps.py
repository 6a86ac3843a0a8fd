from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    """Enters ownership and approval in the doors of `people`."""

    name = "workflow"

    def ready(self) -> None:
        from people.permissions import register_relation
        from people.registry import register_on_deactivate, register_on_organization_created
        from workflow import leavers, relations, shell, who_approves, words  # noqa: F401

        register_relation("owner", relations.is_owner)
        register_relation("approver", relations.is_approver)
        register_relation("approval giver", relations.is_approval_giver)
        register_on_deactivate(leavers.ENTRY)
        register_on_organization_created(who_approves.create_default)
