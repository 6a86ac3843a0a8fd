"""Enters questions and the playbook in the doors of the rooms below, at start-up."""

from __future__ import annotations

from people import shell as people_shell
from people.permissions import register_relation
from people.registry import register_on_organization_created
from plans.playbook import activity, ownables, services, shell  # noqa: F401
from plans.registry import PLAN_PANELS, PlanPanel
from workflow.registry import register_ownable


def enter() -> None:
    """Called once, by `plans.apps`."""
    register_ownable(ownables.QUESTION)
    register_relation("asked", ownables.is_asked)
    register_relation("asker", ownables.is_asker)
    register_relation("champion", ownables.is_champion)
    register_on_organization_created(services.give_shipped)
    people_shell.contribute(shell.entries)
    PLAN_PANELS.add_panel(
        PlanPanel(
            place="side",
            template="plans/playbook/_plan_panel.html",
            context=shell.plan_panel,
            order=90,
        )
    )
