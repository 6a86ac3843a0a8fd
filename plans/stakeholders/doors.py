"""Where stakeholders enter themselves in the rooms below."""

from __future__ import annotations

from people.permissions import register_relation
from plans.stakeholders import ownable, words  # noqa: F401
from workflow.registry import register_ownable


def enter() -> None:
    """Called once, by `plans.apps`."""
    register_ownable(ownable.STAKEHOLDER)
    register_relation("champion", ownable.is_champion)
