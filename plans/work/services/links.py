"""What a task must precede: other tasks of its plan, and key dates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from people.errors import Refused
from people.models import Membership
from plans.backschedule import find_cycle
from plans.models import KeyDate, Task, TaskLink
from plans.schedule.preview import cycle_words
from plans.work.services._shared import lock_to_edit, note


@transaction.atomic
def set_links(*, task: Task, by: Membership, before: Iterable[Task | KeyDate]) -> Task:
    """The task must precede exactly these. `Refused`, naming the tasks, for a circle.

    No day moves by that: what building back makes of it is offered as a preview.
    """
    task = lock_to_edit(task, by)
    ends = list(dict.fromkeys(before))
    for end in ends:
        if end.plan_id != task.plan_id or end.organization_id != task.organization_id:
            raise Refused(_("“%(title)s” belongs to another plan.") % {"title": end.title})
    _refuse_circle(task, [end for end in ends if isinstance(end, Task)])
    wanted = {_ends(end) for end in ends}
    rows = {(row.before_task_id, row.key_date_id): row for row in task.links.all()}
    if wanted == set(rows):
        return task
    for key, row in rows.items():
        if key not in wanted:
            row.delete()
    for before_task, key_date in wanted - set(rows):
        task.links.create(
            organization=task.organization, before_task_id=before_task, key_date_id=key_date
        )
    note(task, by, "task.linked", before=sorted(str(end) for end in wanted))
    return task


def _ends(end: Task | KeyDate) -> tuple[int | None, int | None]:
    return (None, end.pk) if isinstance(end, KeyDate) else (end.pk, None)


def _refuse_circle(task: Task, before: Sequence[Task]) -> None:
    graph: dict[str, list[str]] = {}
    links = TaskLink.objects.filter(
        organization=task.organization, task__plan=task.plan_id, before_task__isnull=False
    ).exclude(task=task)
    for here, there in links.values_list("task", "before_task"):
        graph.setdefault(str(here), []).append(str(there))
    graph[str(task.pk)] = [str(end.pk) for end in before]
    cycle = find_cycle(graph)
    if cycle is not None:
        titles = Task.objects.filter(pk__in=[int(id_) for id_ in cycle])
        raise Refused(cycle_words(cycle, {str(t.pk): t.title for t in titles}))
