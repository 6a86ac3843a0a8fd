"""Where objectives enter themselves, and what of this room serves one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from plans.objectives import activity, queries  # noqa: F401
from plans.registry import ServingSource, register_serving


def enter() -> None:
    """Called once, by `plans.apps`."""
    register_serving(ServingSource(_("Streams"), queries.serving_streams, order=10))
    register_serving(ServingSource(_("Tasks"), queries.serving_tasks, order=30))
