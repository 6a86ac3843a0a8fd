"""Key dates: create, edit, finish, call off, reopen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from people.errors import Refused
from people.models import Department, Membership
from plancraft.lib.dates import local_day
from plans.models import KeyDate, KeyDateAnswer, KeyDateKind, Plan, Task
from plans.models.tasks import OPEN_TASKS, TaskState
from plans.schedule.records import KeyDateFields, key_date_fields
from plans.schedule.services._shared import (
    lock_key_date,
    note,
    refuse_if_over,
    require_key_date_edit,
)
from plans.services._shared import (
    changed_fields,
    check_owner,
    lock_plan,
    refuse_if_closed,
    stale,
)
from plans.work.services._shared import note as note_task
from workflow import ownership


@transaction.atomic
def create_key_date(
    *,
    plan: Plan,
    by: Membership,
    fields: KeyDateFields,
    owner: Membership | None = None,
    affected: Iterable[Department] = (),
) -> KeyDate:
    """A new key date of the plan; without an owner it is unowned from now on.

    `affected` are the departments that are asked how they stand to it.
    """
    plan = lock_plan(plan)
    require_key_date_edit(by, plan, plan)
    refuse_if_closed(plan)
    check_owner(plan.organization, owner, plan)
    key_date = KeyDate(organization=plan.organization, plan=plan, owner=owner, created_by=by)
    if owner is not None:
        key_date.unowned_since = None
    else:
        key_date.unowned_reason = _("new")
    _write(key_date, fields)
    _set_affected(key_date, affected)
    note(
        key_date,
        by,
        "key_date.created",
        owner=owner.pk if owner else None,
        date=fields.date.isoformat(),
    )
    return key_date


@transaction.atomic
def edit_key_date(
    *,
    key_date: KeyDate,
    by: Membership,
    version: int,
    fields: KeyDateFields,
    affected: Iterable[Department] | None = None,
) -> KeyDate:
    """Change what the key date says; its day is moved by `apply_change` only, after a preview.

    `Stale`, with the fields as they are now, if `version` is past. Saving what is there already
    changes nothing. `affected` None leaves the departments as they are.
    """
    key_date = lock_key_date(key_date, by)
    refuse_if_over(key_date)
    current = key_date_fields(key_date)
    if key_date.version != version:
        raise stale(key_date, key_date.organization, current)
    if fields.date != key_date.date:
        raise Refused(_("Move the day by its preview, so that the steps move with it."))
    changed = changed_fields(current.words(), fields.words())
    if affected is not None and _set_affected(key_date, affected):
        changed = [*changed, "affected"]
    if changed:
        key_date.version += 1
        _write(key_date, fields)
        note(key_date, by, "key_date.edited", fields=changed)
    return key_date


@transaction.atomic
def finish_key_date(*, key_date: KeyDate, by: Membership, at: datetime) -> KeyDate:
    """The day has come and it is done. Its open tasks stay open. Done already: nothing changes."""
    key_date = lock_key_date(key_date, by)
    if key_date.done_at is not None:
        return key_date
    refuse_if_over(key_date)
    key_date.done_at = at
    _count_save(key_date, "done_at")
    note(key_date, by, "key_date.done")
    return key_date


@transaction.atomic
def cancel_key_date(
    *, key_date: KeyDate, by: Membership, at: datetime, with_tasks: bool = True
) -> KeyDate:
    """The key date is called off, and with it, if so asked, its open tasks.

    Owners keep what they owned as history. Called off already: nothing changes.
    """
    key_date = lock_key_date(key_date, by)
    if key_date.cancelled_at is not None:
        return key_date
    refuse_if_over(key_date)
    key_date.cancelled_at = at
    _count_save(key_date, "cancelled_at")
    tasks = _open_tasks(key_date) if with_tasks else []
    for task in tasks:
        task.state, task.version = TaskState.CANCELLED.value, task.version + 1
        task.save(update_fields=["state", "version"])
        note_task(task, by, "task.cancelled", reason=False)
    owners = sorted({task.owner_id for task in tasks if task.owner_id})
    note(key_date, by, "key_date.cancelled", tasks=[t.pk for t in tasks], affected=owners)
    return key_date


@transaction.atomic
def reopen_key_date(*, key_date: KeyDate, by: Membership) -> KeyDate:
    """It is ahead after all; nobody's, if its owner has left. Its tasks stay as they are."""
    key_date = lock_key_date(key_date, by)
    if not key_date.is_over:
        return key_date
    key_date.done_at = key_date.cancelled_at = None
    _count_save(key_date, "done_at", "cancelled_at")
    note(key_date, by, "key_date.reopened")
    plan = key_date.plan
    key_date = ownership.release_if_gone(key_date)
    key_date.plan = plan
    return key_date


def _open_tasks(key_date: KeyDate) -> list[Task]:
    tasks = (
        Task.objects.select_for_update(of=("self",))
        .filter(organization=key_date.organization, key_date=key_date, state__in=OPEN_TASKS)
        .order_by("pk")
    )
    rows = list(tasks)
    for task in rows:
        task.organization, task.plan = key_date.organization, key_date.plan
    return rows


def _write(key_date: KeyDate, fields: KeyDateFields) -> None:
    if not fields.title.strip():
        raise Refused(_("Give the key date a title."))
    if fields.kind not in KeyDateKind.values:
        raise Refused(_("Choose what kind of day it is."))
    zone = ZoneInfo(key_date.organization.time_zone)
    if fields.at is not None and local_day(fields.at, zone) != fields.date:
        raise Refused(_("The time lies on another day than the key date."))
    key_date.title = fields.title.strip()
    for name in ("kind", "date", "at", "department", "note"):
        setattr(key_date, name, getattr(fields, name))
    key_date.save()


def _set_affected(key_date: KeyDate, departments: Iterable[Department]) -> bool:
    """Exactly these departments are asked; who answered already keeps the answer."""
    wanted = {department.pk for department in departments}
    rows = KeyDateAnswer.objects.filter(organization=key_date.organization, key_date=key_date)
    there = set(rows.values_list("department", flat=True))
    rows.exclude(department__in=wanted).delete()
    KeyDateAnswer.objects.bulk_create(
        KeyDateAnswer(organization=key_date.organization, key_date=key_date, department_id=pk)
        for pk in sorted(wanted - there)
    )
    return wanted != there


def _count_save(key_date: KeyDate, *fields: str) -> None:
    key_date.version += 1
    key_date.save(update_fields=[*fields, "version"])
