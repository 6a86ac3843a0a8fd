"""Building back and moving: a change is previewed, and applied only as it was previewed (rule 3).

`apply_change` locks the plan, the key date and its tasks, previews the change once more and refuses
as stale where that is no longer what the person saw. Everything is written in one transaction and
recorded in one activity, which names each affected owner once: whoever tells them reads it there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from people.errors import Refused, Stale
from people.models import Membership
from plancraft.lib.dates import at_wall_clock
from plans.models import BackScheduleVersion, KeyDate, Task, TaskLink
from plans.models.keydates import KEY_DATE
from plans.models.tasks import TaskState
from plans.schedule import queries
from plans.schedule.preview import (
    Build,
    Change,
    Leads,
    MoveTo,
    Pin,
    Preview,
    Recompute,
    Row,
    Unpin,
)
from plans.schedule.services._shared import lock_key_date, note, refuse_if_over


def preview_build(
    key_date: KeyDate, version: BackScheduleVersion, to: date, today: date
) -> Preview:
    """What building this version of a template back to that day would do. Changes nothing."""
    return queries.preview(key_date, Build(version, to), today)


def preview_move(key_date: KeyDate, to: date, today: date) -> Preview:
    """What moving the key date there would do. Changes nothing."""
    return queries.preview(key_date, MoveTo(to), today)


def preview_leads(key_date: KeyDate, leads: Mapping[int, int], today: date) -> Preview:
    """What other leads (by task) would do. Changes nothing."""
    return queries.preview(key_date, Leads(leads), today)


def preview_pin(key_date: KeyDate, task: Task, to: date, today: date) -> Preview:
    """What setting a step's day by hand would do. Changes nothing."""
    _check_step(task, key_date)
    return queries.preview(key_date, Pin(task, to), today)


def preview_unpin(key_date: KeyDate, task: Task, today: date) -> Preview:
    """What letting a step be built back again would do. Changes nothing."""
    _check_step(task, key_date, built_back=True)
    return queries.preview(key_date, Unpin(task), today)


def preview_recompute(key_date: KeyDate, today: date) -> Preview:
    """What building back with today's working calendar would do. Changes nothing."""
    return queries.preview(key_date, Recompute(), today)


@transaction.atomic
def apply_change(
    *, key_date: KeyDate, change: Change, by: Membership, token: str, today: date
) -> Preview:
    """Make a change that was previewed; answers with what was done.

    `Stale`, with the preview as it would be now, if `token` is not that preview's. A change that
    changes nothing leaves no record.
    """
    key_date = lock_key_date(key_date, by)
    refuse_if_over(key_date)
    _lock_tasks(key_date)
    change = _afresh(change, key_date)
    now = queries.preview(key_date, change, today)
    if now.token != token:
        raise Stale(_("Something changed since this preview was made. Look at it once more."), now)
    made = _make_tasks(now, by)
    moved = _move_tasks(now, change)
    _link(now, change, made)
    if _write_key_date(key_date, change) or made or moved:
        _record(now, change, by, made)
    return now


def apply_build(
    *,
    key_date: KeyDate,
    version: BackScheduleVersion,
    to: date,
    by: Membership,
    token: str,
    today: date,
) -> Preview:
    """Build the template back to that day, as previewed."""
    change = Build(version, to)
    return apply_change(key_date=key_date, change=change, by=by, token=token, today=today)


def apply_move(*, key_date: KeyDate, to: date, by: Membership, token: str, today: date) -> Preview:
    """Move the key date and what is built back from it, as previewed."""
    change = MoveTo(to)
    return apply_change(key_date=key_date, change=change, by=by, token=token, today=today)


# Locking -----------------------------------------------------------------------------------------
def _lock_tasks(key_date: KeyDate) -> None:
    tasks = Task.objects.select_for_update(no_key=True).filter(
        organization=key_date.organization, key_date=key_date
    )
    list(tasks.order_by("pk").values_list("pk"))


def _afresh(change: Change, key_date: KeyDate) -> Change:
    """The change on rows as they are now; `Refused` for one that does not concern the key date."""
    organization = key_date.organization
    if isinstance(change, Build):
        if change.version.organization_id != organization.pk:
            raise Refused(_("That back-schedule is not one of yours."))
        return replace(change, version=queries.get_version(organization, change.version.pk))
    if isinstance(change, Pin | Unpin):
        task = Task.objects.filter(key_date=key_date, pk=change.task.pk).first()
        _check_step(task, key_date, built_back=isinstance(change, Unpin))
        assert task is not None
        return replace(change, task=task)
    return change


def _check_step(task: Task | None, key_date: KeyDate, *, built_back: bool = False) -> None:
    if task is None or task.key_date_id != key_date.pk or task.state == TaskState.CANCELLED:
        raise Refused(_("That step is no longer part of this key date."))
    if task.state == TaskState.DONE:
        raise Refused(_("This step is done, and what is done never moves."))
    if built_back and task.lead is None:
        raise Refused(_("This task was not built back; its day is always set by hand."))


# Writing -----------------------------------------------------------------------------------------
def _make_tasks(preview: Preview, by: Membership) -> dict[str, Task]:
    """The tasks of the steps that are new, by the id of their row."""
    if not isinstance(preview.change, Build):
        return {}
    key_date = preview.key_date
    steps = {f"new:{step.key}": step for step in preview.change.version.steps.all()}
    made = {}
    for row in preview.new:
        step = steps[row.id]
        task = Task(
            organization=key_date.organization,
            plan=key_date.plan,
            key_date=key_date,
            step_key=step.key,
            lead=step.lead,
            title=step.title,
            role=step.role,
            due=row.new,
            owner=row.owner,
            created_by=by,
        )
        if row.owner is not None:
            task.unowned_since = None
        else:
            task.unowned_reason = _("new")
        made[row.id] = task
    Task.objects.bulk_create(made.values())
    return made


def _move_tasks(preview: Preview, change: Change) -> int:
    """Bring each task that is there to its day, lead and pin; returns how many changed."""
    leads = _leads(change)
    changed = 0
    for row in preview.rows:
        task = row.task
        if task is None:
            continue
        pinned = _pinned(task, change)
        lead = _lead(task, change, leads)
        if (task.due, task.lead, task.pinned) == (row.new, lead, pinned):
            continue
        task.due, task.lead, task.pinned = row.new, lead, pinned
        task.version += 1
        task.save(update_fields=["due", "lead", "pinned", "version"])
        changed += 1
    return changed


def _leads(change: Change) -> dict[int | str, int]:
    """The leads that the change gives, by task or by the key of its step."""
    if isinstance(change, Leads):
        return {pk: lead for pk, lead in change.leads.items()}  # noqa: C416
    if isinstance(change, Build):
        return {step.key: step.lead for step in change.version.steps.all()}
    return {}


def _lead(task: Task, change: Change, leads: Mapping[int | str, int]) -> int | None:
    """Its new lead; a task that was not built back gets one from a template only."""
    if isinstance(change, Build):
        return leads.get(task.step_key, task.lead)
    return task.lead if task.lead is None else leads.get(task.pk, task.lead)


def _pinned(task: Task, change: Change) -> bool:
    if isinstance(change, Pin) and change.task.pk == task.pk:
        return True
    if isinstance(change, Unpin) and change.task.pk == task.pk:
        return False
    return task.pinned


def _link(preview: Preview, change: Change, made: Mapping[str, Task]) -> None:
    """What each step of the template must precede is what the template says; other links stay."""
    if not isinstance(change, Build):
        return
    key_date = preview.key_date
    tasks = {row.task.step_key: row.task for row in preview.rows if row.task}
    tasks |= {task.step_key: task for task in made.values()}
    steps = list(change.version.steps.all())
    ours = [tasks[step.key].pk for step in steps if step.key in tasks]
    of_template = Q(before_task__in=ours) | Q(key_date=key_date)
    TaskLink.objects.filter(of_template, organization=key_date.organization, task__in=ours).delete()
    TaskLink.objects.bulk_create(
        TaskLink(
            organization=key_date.organization,
            task=tasks[step.key],
            before_task=None if other == KEY_DATE else tasks[other],
            key_date=key_date if other == KEY_DATE else None,
        )
        for step in steps
        for other in dict.fromkeys(step.before)
    )


def _write_key_date(key_date: KeyDate, change: Change) -> bool:
    """Bring the key date to its new day and template; answers whether that changed it."""
    was = (key_date.date, key_date.template_version_id)
    if isinstance(change, Build | MoveTo) and change.to != key_date.date:
        key_date.at = _same_clock(key_date, change.to)
        key_date.date = change.to
    if isinstance(change, Build):
        key_date.template_version = change.version
    if was == (key_date.date, key_date.template_version_id):
        return False
    key_date.version += 1
    key_date.save(update_fields=["date", "at", "template_version", "version"])
    return True


def _same_clock(key_date: KeyDate, day: date) -> datetime | None:
    """The instant at which clocks show on `day` what they show at the key date's instant."""
    if key_date.at is None:
        return None
    zone = ZoneInfo(key_date.organization.time_zone)
    return at_wall_clock(day, key_date.at.astimezone(zone).time(), zone)


def _record(preview: Preview, change: Change, by: Membership, made: Mapping[str, Task]) -> None:
    note(
        preview.key_date,
        by,
        change.verb,
        was=preview.old_date.isoformat(),
        date=preview.new_date.isoformat(),
        affected=sorted(owner.pk for owner in preview.affected),
        moved=[_fact(row) for row in preview.moved],
        made=[task.pk for task in made.values()],
        late=len(preview.late),
    )


def _fact(row: Row) -> dict[str, Any]:
    return {
        "task": row.task.pk if row.task else None,
        "owner": row.owner.pk if row.owner else None,
        "from": row.old.isoformat() if row.old else None,
        "to": row.new.isoformat(),
    }
