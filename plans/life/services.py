"""Copy a plan to a new period."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from people.activity import record
from people.errors import NotAllowed, Refused, Stale
from people.models import Membership
from people.permissions import Perm, can
from people.working_calendar import calendar_of
from plancraft.lib.dates import at_wall_clock
from plans import queries
from plans.life.approval import KIND
from plans.life.copying import Copy, Source, computed
from plans.life.queries import copied_from
from plans.models import (
    ChecklistItem,
    Commitment,
    KeyDate,
    KeyDateAnswer,
    Objective,
    Plan,
    PlanReader,
    Stream,
    Task,
    TaskLink,
)
from plans.rules import PlanState
from plans.services._shared import can_here, lock_plan, unique_name
from workflow import reviews
from workflow.models import Owned

Row = TypeVar("Row", bound=Owned)


@transaction.atomic
def copy_plan(
    *,
    plan: Plan,
    by: Membership,
    name: str,
    anchor: KeyDate | None,
    day: date,
    today: date,
    token: str,
) -> Plan:
    """A draft like this plan, in which `anchor` (null: the first day) comes on `day`.

    Everything in it is to be done again, by who owned it if they still can; the rest is unowned
    and says why. `Stale`, with the copy as it would be now, where it is not what `token` stands
    for; `Refused` for a name that is taken.
    """
    plan = lock_plan(plan)
    if not can_here(by, Perm.PLAN_CREATE, plan.organization) or not queries.may_see(by, plan):
        raise NotAllowed(_("You may read plans here, but not create one."))
    source = copied_from(plan)
    copy = plan_of_copy(source, anchor, day, today)
    if copy.token != token:
        raise Stale(_("The plan changed since you looked. Look at the dates again."), copy)
    made = _plan(source, copy, by, name)
    objectives = _objectives(source, copy, made)
    streams = _streams(source, made, objectives)
    _promises(source, copy, made)
    _schedule(source, copy, made, streams, by)
    record(
        organization=made.organization,
        actor=by,
        verb="plan.copied",
        subject=made,
        plan_id=made.pk,
        text=made.name,
        copied=plan.pk,
        days=copy.shift.days,
    )
    return made


def plan_of_copy(source: Source, anchor: KeyDate | None, day: date, today: date) -> Copy:
    """Where everything would stand with the anchor on that day."""
    if anchor is not None and anchor.pk not in {row.pk for row in source.key_dates}:
        raise Refused(_("That key date is not copied: it was called off, or is of another plan."))
    old = anchor.date if anchor is not None else source.plan.starts_on
    return computed(source, old, day, today, calendar_of(source.plan.organization))


def _own(row: Row, owner: Membership | None, had: bool) -> Row:
    """Owned by who can still own it, else by no one, with the reason."""
    row.owner = owner
    if owner is not None:
        row.unowned_since = None
    else:
        row.unowned_reason = _("its owner has left") if had else _("new")
    return row


def _plan(source: Source, copy: Copy, by: Membership, name: str) -> Plan:
    plan, organization = source.plan, source.plan.organization
    champion = source.kept(plan.owner_id)
    if champion != by and not can(by, Perm.PLAN_HAND_OVER):
        champion = by
    made = Plan(
        organization=organization,
        name=name,
        summary=plan.summary,
        starts_on=plan.starts_on + copy.shift,
        ends_on=plan.ends_on + copy.shift,
        department=plan.department,
        is_confidential=plan.is_confidential,
        state=PlanState.DRAFT,
        created_by=by,
        subject=reviews.create_subject(organization=organization, kind=KIND, by=by),
    )
    with unique_name("plans_plan_name"):
        _own(made, champion, plan.owner_id is not None).save()
    seeing = {member.pk for member in queries.readers(organization, plan)} | {by.pk, plan.owner_id}
    if plan.is_confidential:
        PlanReader.objects.bulk_create(
            PlanReader(organization=organization, plan=made, member_id=pk)
            for pk in sorted(pk for pk in seeing if pk and pk != made.owner_id)
        )
    return made


def _objectives(source: Source, copy: Copy, made: Plan) -> dict[int, Objective]:
    """The objectives with their targets, by the key of what they are copied from."""
    rows = {
        one.pk: Objective(
            organization=made.organization,
            plan=made,
            title=one.title,
            position=one.position,
            measure=one.measure,
            unit=one.unit,
            baseline=one.baseline,
            target=one.target,
            due_on=copy.moved(one.due_on),
        )
        for one in source.objectives
    }
    Objective.objects.bulk_create(rows.values())
    return rows


def _streams(source: Source, made: Plan, objectives: Mapping[int, Objective]) -> dict[int, Stream]:
    rows = {
        one.pk: _own(
            Stream(
                organization=made.organization,
                plan=made,
                name=one.name,
                objective=objectives.get(one.objective_id or 0),
                department_id=one.department_id,
                rhythm_days=one.rhythm_days,
            ),
            source.kept(one.owner_id),
            one.owner_id is not None,
        )
        for one in source.streams
    }
    Stream.objects.bulk_create(rows.values())
    return rows


def _promises(source: Source, copy: Copy, made: Plan) -> None:
    Commitment.objects.bulk_create(
        Commitment(
            organization=made.organization,
            plan=made,
            channel_id=one.channel_id,
            count=one.count,
            per=one.per,
            weekdays=one.weekdays,
            max_silence=one.max_silence,
            effective_from=copy.moved(one.effective_from),
            effective_to=copy.moved(one.effective_to),
        )
        for one in source.promises
    )


def _schedule(
    source: Source, copy: Copy, made: Plan, streams: Mapping[int, Stream], by: Membership
) -> None:
    """Key dates with whom they ask, their steps, what each precedes, and their lists."""
    key_dates = {one.pk: _key_date(source, copy, made, one, by) for one in source.key_dates}
    KeyDate.objects.bulk_create(key_dates.values())
    KeyDateAnswer.objects.bulk_create(
        KeyDateAnswer(
            organization=made.organization,
            key_date=key_dates[answer.key_date_id],
            department_id=answer.department_id,
        )
        for answer in source.answers
    )
    tasks: dict[int, Task] = {}
    for one in source.tasks:
        task = _task(source, copy, made, one, by)
        task.key_date = key_dates[one.key_date_id or 0]
        task.stream = streams.get(one.stream_id or 0)
        tasks[one.pk] = task
    Task.objects.bulk_create(tasks.values())
    _links(source, made, key_dates, tasks)
    items = ChecklistItem.objects.filter(task__in=list(tasks)).order_by("position", "id")
    ChecklistItem.objects.bulk_create(
        ChecklistItem(
            organization=made.organization,
            task=tasks[item.task_id],
            text=item.text,
            position=item.position,
        )
        for item in items
    )


def _key_date(source: Source, copy: Copy, made: Plan, one: KeyDate, by: Membership) -> KeyDate:
    day = one.date + copy.shift
    row = KeyDate(
        organization=made.organization,
        plan=made,
        kind=one.kind,
        title=one.title,
        date=day,
        at=_same_clock(one.at, day, made.organization.time_zone),
        note=one.note,
        department_id=one.department_id,
        template_version_id=one.template_version_id,
        created_by=by,
    )
    return _own(row, source.kept(one.owner_id), one.owner_id is not None)


def _same_clock(at: datetime | None, day: date, time_zone: str) -> datetime | None:
    """The same time of day on another day, on the organization's wall clock."""
    if at is None:
        return None
    zone = ZoneInfo(time_zone)
    return at_wall_clock(day, at.astimezone(zone).time(), zone)


def _task(source: Source, copy: Copy, made: Plan, one: Task, by: Membership) -> Task:
    row = Task(
        organization=made.organization,
        plan=made,
        step_key=one.step_key,
        lead=one.lead,
        title=one.title,
        description=one.description,
        role=one.role,
        due=copy.due[one.pk],
        pinned=one.pinned,
        effort_minutes=one.effort_minutes,
        created_by=by,
    )
    return _own(row, source.kept(one.owner_id), one.owner_id is not None)


def _links(
    source: Source, made: Plan, key_dates: Mapping[int, KeyDate], tasks: Mapping[int, Task]
) -> None:
    """What each copied task precedes, as far as that is copied too."""
    links: list[Any] = []
    for link in source.links:
        before, key_date = tasks.get(link.before_task_id or 0), key_dates.get(link.key_date_id or 0)
        if before is not None or key_date is not None:
            links.append(
                TaskLink(
                    organization=made.organization,
                    task=tasks[link.task_id],
                    before_task=before,
                    key_date=key_date,
                )
            )
    TaskLink.objects.bulk_create(links)
