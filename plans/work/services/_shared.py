"""What the services of tasks share: locking, refusing, recording."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from people.activity import record
from people.errors import NotAllowed
from people.models import Activity, Membership
from people.permissions import Perm, can
from plans import queries
from plans.models import Task
from plans.services._shared import lock_plan, refuse_if_closed


def lock_task(task: Task) -> Task:
    """The task as it is now, locked until the transaction ends; its plan is locked first.

    `Refused` where the plan is closed.
    """
    plan = lock_plan(task.plan)
    refuse_if_closed(plan)
    locked = (
        Task.objects.select_for_update(of=("self",))
        .select_related("owner__user", "stream__owner__user", "key_date", "created_by__user")
        .get(pk=task.pk)
    )
    locked.plan, locked.organization = plan, plan.organization
    return locked


def lock_to_edit(task: Task, by: Membership) -> Task:
    """As `lock_task`; `NotAllowed` unless `by` may edit this task, which includes seeing it."""
    task = lock_task(task)
    if not can(by, Perm.TASK_EDIT, task) or not queries.may_see(by, task.plan):
        raise NotAllowed(
            _("Only its owner, who wrote it, the champion or a manager can change a task.")
        )
    return task


def lock_to_help(task: Task, by: Membership) -> Task:
    """As `lock_task`; `NotAllowed` unless `by` takes part in the work and may see this task."""
    task = lock_task(task)
    if not can(by, Perm.TASK_CREATE) or not queries.may_see(by, task.plan):
        raise NotAllowed(_("You may read this task, but not work on it."))
    return task


def note(task: Task, by: Membership | None, verb: str, **facts: Any) -> Activity:
    """Record what happened to the task, under its title unless `text` says something else."""
    facts.setdefault("text", task.title)
    return record(
        organization=task.organization,
        actor=by,
        verb=verb,
        subject=task,
        plan_id=task.plan_id,
        **facts,
    )


def count_save(task: Task, *fields: str) -> None:
    """Save these fields and count the version up, so that an edit that crosses is noticed."""
    task.version += 1
    task.save(update_fields=[*fields, "version"])
