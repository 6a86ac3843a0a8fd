"""How `workflow` finds, names and finishes tasks, and who wrote them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import Membership, Organization
from plans.models import Task
from plans.models.tasks import OPEN_TASKS
from plans.queries import OPEN_STATES, visible_plans
from plans.rules import PlanState
from workflow.models import Owned
from workflow.registry import Columns, Found, Ownable


def _address(slug: str, pk: int, plan: int | None) -> str:
    return reverse("task", args=[slug, pk])


def task_url(task: Task) -> str:
    """Where the task is shown."""
    return _address(task.organization.slug, task.pk, task.plan_id)


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


def _detail(found: Found) -> str:
    if found.note:
        names = {"plan": found.plan_name, "role": found.note}
        return _("Task of %(plan)s, for %(role)s") % names
    return _("Task of %(plan)s") % {"plan": found.plan_name}


TASK_OWNABLE = Ownable(
    label="plans.Task",
    slug="task",
    noun=gettext_lazy("task"),
    get=_get,
    lock=_lock,
    title=lambda task: task.title,
    plan_id=lambda task: task.plan_id,
    address=_address,
    is_finished=_is_finished,
    unfinished=_open,
    columns=Columns(
        "title",
        team=Coalesce("stream__department", "plan__department"),
        due="due",
        note="role",
        fallbacks=("stream__owner", "plan__owner"),
    ),
    detail=_detail,
    fallbacks=fallbacks,
)
