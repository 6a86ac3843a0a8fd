"""Where tasks enter themselves in the rooms below."""

from __future__ import annotations

from people.permissions import register_relation
from plans.work import activity_words, ownables  # noqa: F401
from workflow.registry import register_ownable


def enter() -> None:
    """Called once, by `plans.apps`."""
    register_ownable(ownables.TASK_OWNABLE)
    register_relation("author", ownables.is_author)
