"""What a reader would see of a plan: the exact content that its approval is bound to (rule 6).

    name, summary, period, department, confidentiality, champion
    objectives in their order, each with its measure, where it began, target and day
    promises by channel, as plain facts (their words are made from them where they are read)
    streams that are not archived, each with its objective, department and longest silence

People, departments and channels stand in it by their keys: renaming one voids no approval, and no
name is kept where nothing is ever erased. Owners of streams, readings, key dates and tasks are left
out: they are how the plan is carried out, and not what was promised.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from plans.models import Commitment, Objective, Plan, Stream
from plans.records import terms_as_facts, terms_of


@dataclass(frozen=True)
class Content:
    """The parts of a plan that its approval covers, at hand."""

    objectives: Sequence[Objective] = ()
    promises: Sequence[Commitment] = ()
    streams: Sequence[Stream] = ()


def contents(plans: Iterable[Plan]) -> dict[int, Content]:
    """The parts of each of these plans by its key; three queries, whatever their number."""
    keys = [plan.pk for plan in plans]
    rows: tuple[list[Any], ...] = (
        list(Objective.objects.filter(plan__in=keys).order_by("position", "id")),
        list(Commitment.objects.filter(plan__in=keys).order_by("id")),
        list(
            Stream.objects.filter(plan__in=keys, archived_at=None)
            .select_related("owner__user")
            .order_by("id")
        ),
    )
    return {key: Content(*([r for r in part if r.plan_id == key] for part in rows)) for key in keys}


def content_of(plan: Any) -> Content:
    """The parts of the plan: those that were read along with it, else as they are now."""
    known: Content | None = getattr(plan, "content", None)
    return known if known is not None else contents([plan])[plan.pk]


def snapshot(plan: Plan) -> dict[str, Any]:
    """The canonical, JSON-able content of the plan."""
    content = content_of(plan)
    titles = {objective.pk: objective.title for objective in content.objectives}
    return {
        "name": plan.name,
        "summary": plan.summary,
        "starts_on": plan.starts_on.isoformat(),
        "ends_on": plan.ends_on.isoformat(),
        "department": plan.department_id,
        "champion": plan.owner_id,
        "confidential": plan.is_confidential,
        "objectives": [_objective(objective) for objective in content.objectives],
        "promises": sorted(
            (_promise(promise) for promise in content.promises),
            key=lambda p: (p["channel"], p["terms"]["effective_from"] or "", str(p["terms"])),
        ),
        "streams": sorted(
            (_stream(stream, titles) for stream in content.streams if not stream.archived_at),
            key=lambda s: s["name"],
        ),
    }


def _objective(objective: Objective) -> dict[str, Any]:
    said: dict[str, Any] = {"title": objective.title}
    if objective.target is not None:
        said |= {
            "measure": objective.measure,
            "unit": objective.unit,
            "baseline": f"{objective.baseline:.2f}",
            "target": f"{objective.target:.2f}",
            "due_on": objective.due_on.isoformat() if objective.due_on else None,
        }
    return said


def _promise(promise: Commitment) -> dict[str, Any]:
    return {"channel": promise.channel_id, "terms": terms_as_facts(terms_of(promise))}


def _stream(stream: Stream, titles: dict[int, str]) -> dict[str, Any]:
    return {
        "name": stream.name,
        "objective": titles.get(stream.objective_id or 0),
        "department": stream.department_id,
        "rhythm_days": stream.rhythm_days,
    }
