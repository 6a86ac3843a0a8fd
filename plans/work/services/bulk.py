"""The same done to several tasks at once, and taking it back.

Each task is done or left as it is with the reason, so that one that cannot be done stops no other.
Who does it gets one activity for each plan concerned; from it the whole can be undone by them for a
while, task by task as far as nothing else has changed since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from people.activity import record
from people.errors import NotAllowed, Refused
from people.models import Activity, Membership, Organization
from people.working_calendar import calendar_of
from plans.models import Task
from plans.models.tasks import TaskState
from plans.queries import visible_plans
from plans.work.services._shared import count_save, lock_to_edit
from workflow import ownership
from workflow.ownership import UNDO_WITHIN

MOST = 500


@dataclass
class Done:
    """What came of it: the tasks that changed, those left with a sentence why, and the records."""

    changed: list[Task] = field(default_factory=list)
    left: list[tuple[Task, str]] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)


Fact = dict[str, Any]


@transaction.atomic
def assign_tasks(
    *, organization: Organization, tasks: Sequence[int], to: Membership, by: Membership
) -> Done:
    """Give the tasks (primary keys) to one person, at once."""

    def give(task: Task) -> Fact | None:
        if task.owner_id == to.pk:
            return None
        ownership.assign(row=task, to=to, by=by)
        return {"task": task.pk, "owner": task.owner_id}

    return _each(organization, tasks, by, give, "tasks.assigned", text=str(to), to=to.pk)


@transaction.atomic
def move_tasks(
    *,
    organization: Organization,
    tasks: Sequence[int],
    by: Membership,
    to: date | None = None,
    working_days: int | None = None,
) -> Done:
    """Set the day of the tasks (primary keys) to `to`, or shift each by that many working days.

    A task that was built back is pinned to its new day (rule 3); what is done never moves.
    """
    if (to is None) == (working_days is None):
        raise Refused(_("Say to which day, or by how many working days."))
    calendar = calendar_of(organization)

    def move(task: Task) -> Fact | None:
        task = lock_to_edit(task, by)
        if task.state == TaskState.DONE:
            raise Refused(_("This task is done, and what is done never moves."))
        if task.due is None and to is None:
            raise Refused(_("This task has no day yet that could be shifted."))
        day = to or calendar.shift(task.due, working_days or 0)  # type: ignore[arg-type]
        if day == task.due:
            return None
        fact = {"task": task.pk, "from": _iso(task.due), "pinned": task.pinned}
        task.due, task.pinned = day, task.pinned or task.lead is not None
        count_save(task, "due", "pinned")
        return {**fact, "to": day.isoformat(), "version": task.version, "owner": task.owner_id}

    return _each(organization, tasks, by, move, "tasks.moved")


@transaction.atomic
def undo_bulk(*, activity: Activity, by: Membership, now: datetime) -> Done:
    """Take back a bulk change of one's own within ten minutes, where nothing else changed since."""
    if activity.actor_id != by.pk or activity.verb not in ("tasks.assigned", "tasks.moved"):
        raise NotAllowed(_("Only who did this can take it back."))
    if now - activity.at > UNDO_WITHIN:
        raise Refused(_("That was a while ago. Change the tasks by hand."))
    facts = {fact["task"]: fact for fact in activity.payload["tasks"]}
    to = activity.payload.get("to")

    def give_back(task: Task) -> Fact | None:
        if task.owner_id != to:
            raise Refused(_("Someone changed this task since."))
        ownership.undo_assign(row=task, by=by, now=now)
        return {"task": task.pk}

    def move_back(task: Task) -> Fact | None:
        fact, task = facts[task.pk], lock_to_edit(task, by)
        if task.version != fact["version"]:
            raise Refused(_("Someone changed this task since."))
        task.due = date.fromisoformat(fact["from"]) if fact["from"] else None
        task.pinned = fact["pinned"]
        count_save(task, "due", "pinned")
        return {"task": task.pk}

    back = give_back if activity.verb == "tasks.assigned" else move_back
    return _each(activity.organization, list(facts), by, back, "tasks.undone", activity=activity.pk)


def _each(
    organization: Organization,
    tasks: Iterable[int],
    by: Membership,
    act: Callable[[Task], Fact | None],
    verb: str,
    **facts: Any,
) -> Done:
    """Do it to each task that `by` can see, one after the other, and record it plan by plan."""
    wanted = list(dict.fromkeys(tasks))
    if len(wanted) > MOST:
        raise Refused(_("At most %(most)d tasks at once.") % {"most": MOST})
    done, said = Done(), dict[int, list[Fact]]()
    for task in _found(organization, wanted, by):
        try:
            with transaction.atomic():
                fact = act(task)
        except Refused as refused:
            done.left.append((task, str(refused)))
            continue
        if fact is not None:
            task.refresh_from_db()
            done.changed.append(task)
            said.setdefault(task.plan_id, []).append(fact)
    plans = {task.plan_id: task.plan for task in done.changed}
    for plan_id, entries in said.items():
        affected = sorted({fact["owner"] for fact in entries if fact.get("owner")})
        activity = record(
            organization=organization,
            actor=by,
            verb=verb,
            subject=plans[plan_id],
            plan_id=plan_id,
            tasks=entries,
            affected=affected,
            **facts,
        )
        done.activities.append(activity)
    return done


def _found(organization: Organization, wanted: Sequence[int], by: Membership) -> list[Task]:
    plans = visible_plans(organization, by)
    rows = Task.objects.filter(
        organization=organization, pk__in=wanted, plan__in=plans.values("pk")
    ).select_related("organization", "plan__owner__user", "owner__user")
    return list(rows.order_by("plan", "pk"))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
