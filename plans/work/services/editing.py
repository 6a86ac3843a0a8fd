"""Tasks: create, edit, and take through their states."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from people import queries as people
from people.errors import NotAllowed, Refused
from people.models import Membership, Organization
from people.permissions import Perm
from plans import queries
from plans.models import KeyDate, Plan, Stream, Task, TaskCandidate, TaskCollaborator
from plans.models.tasks import TaskState
from plans.services._shared import (
    can_here,
    changed_fields,
    check_owner,
    lock_plan,
    refuse_if_closed,
    stale,
)
from plans.work.records import TaskFields, task_fields
from plans.work.rules import FEWEST_CANDIDATES, TRANSITIONS, State
from plans.work.services._shared import count_save, lock_to_edit, note
from workflow import ownership


@transaction.atomic
def create_task(
    *,
    organization: Organization,
    plan: Plan,
    title: str,
    by: Membership,
    owner: Membership | None = None,
    due: date | None = None,
    role: str = "",
    description: str = "",
    key_date: KeyDate | None = None,
    stream: Stream | None = None,
    collaborators: Iterable[Membership] = (),
    candidates: Iterable[Membership] = (),
    decide_by: date | None = None,
    effort_minutes: int | None = None,
) -> Task:
    """A new task of the plan; without an owner it is unowned from now on.

    Who writes a task may give it to anyone who can own it and see the plan. Where its owner is
    unclear, two or more candidates and the day by which to decide stand in the owner's place.
    """
    fields = TaskFields(
        title=title,
        description=description,
        role=role,
        due=due,
        effort_minutes=effort_minutes,
        stream=stream,
        key_date=key_date,
        collaborators=tuple(collaborators),
        candidates=tuple(candidates),
        decide_by=decide_by,
    )
    plan = lock_plan(plan)
    if not can_here(by, Perm.TASK_CREATE, organization) or not queries.may_see(by, plan):
        raise NotAllowed(_("You may read tasks here, but not add one."))
    refuse_if_closed(plan)
    check_owner(organization, owner, plan)
    if owner is not None and fields.candidates:
        raise Refused(_("Name an owner or candidates, not both."))
    check_fields(fields, plan)
    task = Task(organization=organization, plan=plan, owner=owner, created_by=by)
    if owner is not None:
        task.unowned_since = None
    else:
        task.unowned_reason = _("new")
    _write(task, fields)
    note(task, by, "task.created", owner=owner.pk if owner else None, due=_iso(due))
    return task


@transaction.atomic
def edit_task(*, task: Task, by: Membership, version: int, fields: TaskFields) -> Task:
    """Change what the task says. `Stale`, with the fields as they are now, if `version` is past.

    A day set by hand on a task that was built back pins it there (rule 3). Saving what is there
    already changes nothing and leaves no record.
    """
    task = lock_to_edit(task, by)
    current = fields_now(task)
    if task.version != version:
        raise stale(task, task.organization, current)
    changed = changed_fields(current.words(), fields.words())
    if not changed:
        return task
    check_fields(fields, task.plan, current)
    was_due = task.due
    if fields.due != was_due and task.lead is not None:
        _check_can_move(task)
        task.pinned = fields.due is not None
    task.version += 1
    _write(task, fields)
    note(task, by, "task.edited", fields=changed, was_due=_iso(was_due), due=_iso(task.due))
    return task


def fields_now(task: Task) -> TaskFields:
    """What the form of this task would show now; two queries."""
    rows = Membership.objects.filter(organization=task.organization).select_related("user")
    helping = rows.filter(pk__in=task.collaborations.values("member"))
    named = rows.filter(pk__in=task.candidacies.values("member"))
    return task_fields(task, helping, named)


# States ------------------------------------------------------------------------------------------
@transaction.atomic
def start_task(*, task: Task, by: Membership) -> Task:
    """Work on it has begun. Done already: nothing changes."""
    return change_state(task=task, to=State.DOING, by=by)


@transaction.atomic
def finish_task(*, task: Task, by: Membership, at: datetime | None = None) -> Task:
    """The task is done, at `at` or now by the database's clock; it will never move again (rule 3).

    Who finishes what nobody owns has taken it with that. Done already: nothing changes.
    """
    return change_state(task=task, to=State.DONE, by=by, at=at)


@transaction.atomic
def reopen_task(*, task: Task, by: Membership) -> Task:
    """Done or cancelled, it is to be done after all; nobody's, if its owner has left."""
    return change_state(task=task, to=State.OPEN, by=by)


@transaction.atomic
def cancel_task(*, task: Task, by: Membership, reason: str = "") -> Task:
    """The task will not be done; it keeps its owner as history. Done already: nothing changes."""
    return change_state(task=task, to=State.CANCELLED, by=by, reason=reason)


@transaction.atomic
def change_state(
    *, task: Task, to: State, by: Membership, at: datetime | None = None, reason: str = ""
) -> Task:
    """Take the task where the table of states leads. `Refused` for a way that is not in it."""
    lock_plan(task.plan)
    # Who may come to own it by finishing it: always locked between plan and task.
    list(Membership.objects.select_for_update(no_key=True).filter(pk=by.pk))
    task = lock_to_edit(task, by)
    if task.state == to:
        return task
    was = State(task.state)
    word = TRANSITIONS[was].get(to)
    if word is None:
        raise Refused(_("Reopen this task first."))
    if to == State.DONE and task.owner_id is None:
        task = _keep_plan(ownership.claim(row=task, by=by), task.plan)
    task.state = TaskState(to).value
    task.done_at = (at or Now()) if to == State.DONE else None
    count_save(task, "state", "done_at")
    if to == State.DONE:
        task.refresh_from_db(fields=["done_at"])
    note(task, by, f"task.{word}", reason=bool(reason), **({"text": reason} if reason else {}))
    if word == "reopened":
        return _keep_plan(ownership.release_if_gone(task), task.plan)
    return task


def _keep_plan(task: Task, plan: Plan) -> Task:
    """The row that `ownership` answers is read afresh; it keeps the plan that was locked."""
    task.plan = plan
    return task


# Checks and writing ------------------------------------------------------------------------------
def check_fields(fields: TaskFields, plan: Plan, before: TaskFields | None = None) -> None:
    """`Refused`, in one sentence, for what cannot stand together or belongs elsewhere.

    Who stood there `before` may stay, even where they can no longer act: that is history.
    """
    if not fields.title.strip():
        raise Refused(_("Give the task a title."))
    if fields.stream is not None and fields.stream.plan_id != plan.pk:
        raise Refused(_("That stream belongs to another plan."))
    if fields.key_date is not None and fields.key_date.plan_id != plan.pk:
        raise Refused(_("That key date belongs to another plan."))
    _check_candidates(fields)
    named = {*fields.collaborators, *fields.candidates}
    _check_people(named - ({*before.collaborators, *before.candidates} if before else set()), plan)


def _check_candidates(fields: TaskFields) -> None:
    candidates = set(fields.candidates)
    if not candidates and fields.decide_by is None:
        return
    if len(candidates) < FEWEST_CANDIDATES:
        raise Refused(_("Name at least two candidates, or give the task to the one you mean."))
    if fields.decide_by is None:
        raise Refused(_("Say by when the candidates are to decide among themselves."))


def _check_people(named: Collection[Membership], plan: Plan) -> None:
    able = set(people.can_own(plan.organization).filter(pk__in=[member.pk for member in named]))
    for member in named:
        if member not in able:
            raise Refused(
                _("%(name)s cannot take part here: choose active members.") % {"name": member}
            )
        if not queries.may_see(member, plan):
            raise Refused(
                _("%(name)s cannot see this confidential plan. Add them to its readers first.")
                % {"name": member}
            )


def _check_can_move(task: Task) -> None:
    if task.state == TaskState.DONE:
        raise Refused(_("This step is done, and what is done never moves."))


def _write(task: Task, fields: TaskFields) -> None:
    fields = replace(fields, title=fields.title.strip())
    for name in ("title", "description", "role", "due", "effort_minutes", "stream", "key_date"):
        setattr(task, name, getattr(fields, name))
    task.decide_by = fields.decide_by
    if task.due is None:
        task.pinned = False
    task.save()
    _set_people(task, TaskCollaborator, fields.collaborators)
    _set_people(task, TaskCandidate, fields.candidates)


def _set_people(
    task: Task,
    model: type[TaskCollaborator] | type[TaskCandidate],
    members: Sequence[Membership],
) -> None:
    """Exactly these stand in the list; who stood there already keeps their row."""
    rows: QuerySet[Any] = model._default_manager.filter(task=task)
    wanted = {member.pk for member in members}
    rows.exclude(member__in=wanted).delete()
    there = set(rows.values_list("member", flat=True))
    for pk in sorted(wanted - there):
        rows.create(organization=task.organization, task=task, member_id=pk)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
