"""A plan as it is printed: everything it says, who answers for what, and by when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from people.models import Membership
from plans import queries
from plans.life.queries import approved_version
from plans.models import KeyDate, Plan, Task
from plans.models.tasks import TaskState
from plans.objectives.pages import objective_row
from plans.rows import plan_row, promise_row
from plans.schedule.queries import key_dates, steps_by_key_date

SIZES = ("a4", "letter")


@dataclass(frozen=True)
class PrintedDate:
    """A key date with its steps that are not called off."""

    key_date: KeyDate
    steps: list[Task]


@dataclass
class Answerable:
    """What one person answers for in the plan; `owner` None gathers what nobody does."""

    owner: Membership | None
    things: list[str] = field(default_factory=list)


def printed(plan: Any, viewer: Membership, today: date) -> dict[str, Any]:
    """Everything on the paper of a plan from `get_plan_page`; a constant number of queries."""
    organization = plan.organization
    streams = [stream for stream in plan.shown_streams if stream.archived_at is None]
    promises = list(queries.promises(organization, plan))
    dates = list(key_dates(organization, viewer, plan=plan))
    tasks = steps_by_key_date(organization, [row.pk for row in dates])
    shown = [
        PrintedDate(row, [t for t in tasks.get(row.pk, []) if t.state != TaskState.CANCELLED])
        for row in dates
    ]
    return {
        "plan": plan,
        "row": plan_row(plan, today),
        "objectives": [objective_row(one, plan, today) for one in plan.shown_objectives],
        "promises": [promise_row(promise, today) for promise in promises],
        "streams": streams,
        "dates": shown,
        "answerable": _answerable(plan, streams, shown),
        "version": approved_version(plan),
        "today": today,
    }


def _answerable(
    plan: Plan, streams: Iterable[Any], dates: Iterable[PrintedDate]
) -> list[Answerable]:
    """By person, the champion first, then by name; what nobody owns comes last."""
    found: dict[int | None, Answerable] = {}
    owned: list[tuple[Membership | None, str]] = [(plan.owner, plan.name)]
    owned += [(stream.owner, stream.name) for stream in streams]
    for shown in dates:
        owned.append((shown.key_date.owner, shown.key_date.title))
        owned += [(task.owner, task.title) for task in shown.steps]
    for owner, title in owned:
        key = owner.pk if owner is not None else None
        found.setdefault(key, Answerable(owner)).things.append(title)
    return sorted(
        found.values(),
        key=lambda row: (
            row.owner is None,
            row.owner is not None and row.owner.pk != plan.owner_id,
            row.owner.name.casefold() if row.owner is not None else "",
        ),
    )
