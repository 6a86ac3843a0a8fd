"""Reads of key dates, back-schedules, and of what changes would do.

Every list goes through `visible_plans` (rule 6) and takes a constant number of queries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    Count,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce, Lower
from django.shortcuts import get_object_or_404

from people import queries as people
from people.errors import Refused
from people.models import Membership, Organization
from people.working_calendar import calendar_of
from plancraft.lib.dates import WorkingCalendar
from plans.models import (
    BackScheduleStep,
    BackScheduleTemplate,
    BackScheduleVersion,
    KeyDate,
    KeyDateAnswer,
    Plan,
    PlanReader,
    Task,
    TaskLink,
)
from plans.models.tasks import OPEN_TASKS
from plans.queries import OPEN_STATES, visible_plans
from plans.schedule.graph import Node, nodes_of
from plans.schedule.preview import Build, Change, Preview, Recompute, previewed


# Key dates ---------------------------------------------------------------------------------------
def key_dates(
    organization: Organization,
    viewer: Membership | None,
    *,
    plan: Plan | None = None,
    first: date | None = None,
    last: date | None = None,
    cancelled: bool = False,
) -> QuerySet[KeyDate]:
    """The key dates that the viewer may see, by day, with owner, plan and department.

    Of one plan, and from `first` to `last` (both included) where given; cancelled ones if asked.
    """
    plans = visible_plans(organization, viewer)
    rows = KeyDate.objects.filter(organization=organization, plan__in=plans.values("pk"))
    if plan is not None:
        rows = rows.filter(plan=plan)
    if first is not None:
        rows = rows.filter(date__gte=first)
    if last is not None:
        rows = rows.filter(date__lte=last)
    if not cancelled:
        rows = rows.filter(cancelled_at=None)
    return rows.select_related("owner__user", "plan", "department", "template_version__template")


def key_date_rows(
    organization: Organization, viewer: Membership, today: date, *, plan: Plan | None = None
) -> QuerySet[KeyDate]:
    """As `key_dates`, each with `steps`, `steps_done`, `steps_late` and `steps_unowned`."""
    undone = Q(state__in=OPEN_TASKS)
    return key_dates(organization, viewer, plan=plan, cancelled=True).annotate(
        steps=_count(~Q(state="cancelled")),
        steps_done=_count(Q(state="done")),
        steps_late=_count(undone & Q(due__lt=today)),
        steps_unowned=_count(undone & Q(owner=None)),
    )


def _count(which: Q) -> Coalesce:
    tasks = Task.objects.filter(which, key_date=OuterRef("pk")).order_by().values("key_date")
    return Coalesce(Subquery(tasks.annotate(n=Count("pk")).values("n")), Value(0))


def get_key_date(
    organization: Organization, viewer: Membership | None, key_date_id: int
) -> KeyDate:
    """The key date with plan, champion and owner; 404 for one that the viewer may not see."""
    rows = key_dates(organization, viewer, cancelled=True)
    key_date = get_object_or_404(rows.select_related("plan__owner__user"), pk=key_date_id)
    key_date.organization = key_date.plan.organization = organization
    return key_date


def steps_of(key_date: KeyDate) -> list[Task]:
    """The tasks of the key date by their day, with owners; cancelled ones too. One query."""
    tasks = Task.objects.filter(organization=key_date.organization, key_date=key_date)
    rows = list(tasks.select_related("owner__user").order_by(F("due").asc(nulls_last=True), "pk"))
    for task in rows:
        task.organization, task.plan, task.key_date = (
            key_date.organization,
            key_date.plan,
            key_date,
        )
    return rows


def links_of(key_date: KeyDate) -> QuerySet[TaskLink]:
    """What the tasks of the key date must precede, both ends loaded."""
    return TaskLink.objects.filter(
        organization=key_date.organization, task__key_date=key_date
    ).select_related("before_task", "key_date")


def answers_of(key_date: KeyDate) -> QuerySet[KeyDateAnswer]:
    """The departments that the key date names as affected, with what they answered, by name."""
    return (
        KeyDateAnswer.objects.filter(organization=key_date.organization, key_date=key_date)
        .select_related("department", "answered_by__user")
        .order_by(Lower("department__name"))
    )


# Back-schedules ----------------------------------------------------------------------------------
def templates(
    organization: Organization, *, archived: bool = False
) -> QuerySet[BackScheduleTemplate]:
    """The back-schedules in use (or the archived ones), by name.

    Each carries `number` and `version_id` of its newest version, and its `step_count`.
    """
    newest = BackScheduleVersion.objects.filter(template=OuterRef("pk")).order_by("-number")
    steps = (
        BackScheduleStep.objects.filter(version=OuterRef("version_id"))
        .order_by()
        .values("version")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return (
        BackScheduleTemplate.objects.filter(
            organization=organization, archived_at__isnull=not archived
        )
        .annotate(
            number=Subquery(newest.values("number")[:1]),
            version_id=Subquery(newest.values("pk")[:1]),
        )
        .annotate(step_count=Coalesce(Subquery(steps), Value(0)))
        .order_by(Lower("name"))
    )


def get_template(organization: Organization, template_id: int) -> BackScheduleTemplate:
    """The back-schedule, archived or not; else 404."""
    return get_object_or_404(BackScheduleTemplate, organization=organization, pk=template_id)


def versions(organization: Organization) -> QuerySet[BackScheduleVersion]:
    """Every version with its template and steps (members loaded), newest first; three queries."""
    steps = BackScheduleStep.objects.select_related("member__user")
    return (
        BackScheduleVersion.objects.filter(organization=organization)
        .select_related("template", "created_by__user")
        .prefetch_related(Prefetch("steps", steps))
        .order_by("-number")
    )


def get_version(organization: Organization, version_id: int) -> BackScheduleVersion:
    """The version with its steps; else 404."""
    return get_object_or_404(versions(organization), pk=version_id)


def newest_version(template: BackScheduleTemplate) -> BackScheduleVersion:
    """What is built back when the template is used now."""
    return versions(template.organization).filter(template=template)[0]


def newest_of(template: Any) -> BackScheduleVersion:
    """The newest version of a row of `templates`, with its steps; one query."""
    version = BackScheduleVersion(
        pk=template.version_id,
        organization_id=template.organization_id,
        template=template,
        number=template.number,
    )
    steps = BackScheduleStep.objects.select_related("member__user")
    prefetch_related_objects([version], Prefetch("steps", steps))
    return version


# Previews ----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Loaded:
    """A key date with all that building it back needs."""

    key_date: KeyDate
    nodes: Sequence[Node]
    calendar: WorkingCalendar

    def preview(self, change: Change, today: date) -> Preview:
        """What the change would do; `Refused` where it cannot be."""
        owners = able_members(self.key_date.plan) if isinstance(change, Build) else {}
        return previewed(
            self.key_date,
            self.nodes,
            change,
            today=today,
            calendar=self.calendar,
            owners=owners,
        )


def load(key_date: KeyDate) -> Loaded:
    """The key date's steps and working calendar, in three queries."""
    tasks = steps_of(key_date)
    nodes = nodes_of(key_date, tasks, links_of(key_date))
    return Loaded(key_date, nodes, calendar_of(key_date.organization))


def preview(key_date: KeyDate, change: Change, today: date) -> Preview:
    """What a change to the key date would do; `today` is the organization's local day."""
    return load(key_date).preview(change, today)


def standing(key_date: KeyDate, today: date) -> Preview:
    """Where everything stands: a preview of what only recomputing would do."""
    return preview(key_date, Recompute(), today)


def able_members(plan: Plan) -> dict[int, Membership]:
    """Who may own a task of this plan, by primary key; one query."""
    members = people.can_own(plan.organization)
    if plan.is_confidential:
        listed = PlanReader.objects.filter(plan=plan, member=OuterRef("pk"))
        members = members.filter(Exists(listed) | Q(pk=plan.owner_id))
    return {member.pk: member for member in members}


def would_move(organization: Organization, viewer: Membership | None, today: date) -> list[Preview]:
    """For each open key date ahead whose steps no longer stand where they are built back to, what
    recomputing would move: after holidays, closures or leads changed. A constant number of queries.
    """
    rows = key_dates(organization, viewer, first=today).filter(
        done_at=None, plan__state__in=OPEN_STATES
    )
    dates = list(rows)
    tasks = steps_by_key_date(organization, [row.pk for row in dates])
    return recomputed(organization, dates, tasks, calendar_of(organization), today)


def recomputed(
    organization: Organization,
    dates: Sequence[KeyDate],
    tasks: Mapping[int, Sequence[Task]],
    calendar: WorkingCalendar,
    today: date,
) -> list[Preview]:
    """What recomputing would move of these key dates, where it would move anything. One query."""
    keys = [key_date.pk for key_date in dates]
    links: dict[int, list[TaskLink]] = {}
    for link in TaskLink.objects.filter(
        organization=organization, task__key_date__in=keys
    ).select_related("task", "before_task", "key_date"):
        links.setdefault(link.task.key_date_id or 0, []).append(link)
    found = []
    for key_date in dates:
        key_date.organization = key_date.plan.organization = organization
        nodes = nodes_of(key_date, tasks.get(key_date.pk, []), links.get(key_date.pk, []))
        with suppress(Refused):  # without a schedule there is nothing to compare; its page says why
            found.append(previewed(key_date, nodes, Recompute(), today=today, calendar=calendar))
    return [each for each in found if each.moved]


def steps_by_key_date(
    organization: Organization, key_dates: Sequence[int]
) -> dict[int, list[Task]]:
    """The tasks of several key dates with owners, by the key date's primary key; one query."""
    tasks = Task.objects.filter(organization=organization, key_date__in=key_dates)
    return _by_key_date(tasks.select_related("owner__user").order_by("due", "pk"))


def _by_key_date(tasks: Iterable[Task]) -> dict[int, list[Task]]:
    found: dict[int, list[Task]] = {}
    for task in tasks:
        found.setdefault(task.key_date_id or 0, []).append(task)
    return found
