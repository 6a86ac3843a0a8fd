"""PlanCraft's own entry among Django's apps."""

from django.apps import AppConfig


class PlanCraftConfig(AppConfig):
    """Makes the Celery application the current one wherever Django is set up.

    It does so here and not in `plancraft/__init__.py`, so that the runtime stays free of both.
    """

    name = "plancraft"

    def ready(self) -> None:
        from plancraft import celery, checks  # noqa: F401
