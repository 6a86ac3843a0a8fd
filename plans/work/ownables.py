"""How `workflow` finds, names and finishes tasks, and who wrote them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import Membership, Organization
from plans.models import Task
from plans.models.tasks import OPEN_TASKS
from plans.queries import OPEN_STATES, visible_plans
from plans.rules import PlanState
from workflow.models import Owned
from workflow.registry import Ownable, UnownedRow, counted


def task_url(task: Task) -> str:
    """Where the task is shown."""
    return reverse("task", args=[task.organization.slug, task.pk])


def is_author(membership: Membership, thing: Any) -> bool:
    """Whether the thing is a task that the member wrote."""
    return isinstance(thing, Task) and thing.created_by_id == membership.pk


def fallbacks(task: Task) -> list[Membership]:
    """Who is chased while nobody owns it: the owner of its stream, then the champion (rule 2)."""
    near = [task.stream.owner if task.stream else None, task.plan.owner]
    return list(dict.fromkeys(member for member in near if member is not None))


def _visible(organization: Organization, viewer: Membership | None) -> QuerySet[Task]:
    plans = visible_plans(organization, viewer)
    return Task.objects.filter(
        organization=organization, plan__in=plans.values("pk")
    ).select_related(
        "organization",
        "owner__user",
        "plan__owner__user",
        "stream__owner__user",
        "key_date",
        "created_by__user",
    )


def _open(organization: Organization, viewer: Membership | None) -> QuerySet[Task]:
    tasks = _visible(organization, viewer)
    return tasks.filter(state__in=OPEN_TASKS, plan__state__in=OPEN_STATES)


def _get(organization: Organization, membership: Membership, pk: int) -> Owned | None:
    return _visible(organization, membership).filter(pk=pk).first()


def _lock(organization: Organization, pk: int) -> Owned:
    return _visible(organization, None).select_for_update(of=("self",)).get(pk=pk)


def _is_finished(task: Task) -> bool:
    return not task.is_open or task.plan.state == PlanState.CLOSED


def _unfinished_of(organization: Organization, owner: Membership) -> Iterable[Owned]:
    return cast("Iterable[Owned]", _open(organization, None).filter(owner=owner).order_by("pk"))


def _detail(task: Task) -> str:
    if task.role:
        return _("Task of %(plan)s, for %(role)s") % {"plan": task.plan.name, "role": task.role}
    return _("Task of %(plan)s") % {"plan": task.plan.name}


def _unowned(organization: Organization, viewer: Membership | None) -> Sequence[UnownedRow]:
    rows = _open(organization, viewer).filter(owner=None).order_by("unowned_since", "pk")
    return [
        UnownedRow(
            label="plans.Task",
            pk=task.pk,
            title=task.title,
            url=task_url(task),
            detail=_detail(task),
            since=task.unowned_since,
            plan_id=task.plan_id,
            due=task.due,
            responsible=next(iter(fallbacks(task)), None),
            plans=frozenset({task.plan_id}),
            team=task.plan.department_id,
        )
        for task in rows
    ]


TASK_OWNABLE = Ownable(
    label="plans.Task",
    slug="task",
    noun=gettext_lazy("task"),
    get=_get,
    lock=_lock,
    title=lambda task: task.title,
    url=task_url,
    plan_id=lambda task: task.plan_id,
    is_finished=_is_finished,
    unfinished_of=_unfinished_of,
    unowned=_unowned,
    fallbacks=fallbacks,
    owned_counts=lambda organization: counted(_open(organization, None)),
)
