"""Reads of objectives, of what serves them, and of streams with the facts that make them drift."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import Lower
from django.shortcuts import get_object_or_404
from django.urls import reverse

from people.models import Membership, Organization
from people.permissions import Perm, can
from plans.models import Objective, ObjectiveReading, Stream
from plans.models.tasks import OPEN_TASKS, Task
from plans.objectives.rules import Drift, StreamFacts, drifts, silent_days
from plans.queries import OPEN_STATES, visible_plans
from plans.registry import STREAM_SIGNS, Occasion, Served, ServedRow, StreamSign


def get_objective(
    organization: Organization, membership: Membership, objective_id: int
) -> Objective:
    """The objective with its plan, of a plan that the member may see; else 404."""
    rows = Objective.objects.filter(
        organization=organization, plan__in=visible_plans(organization, membership).values("pk")
    ).select_related("plan__owner__user", "organization")
    return get_object_or_404(rows, pk=objective_id)


def readings(organization: Organization, objective: Objective) -> QuerySet[ObjectiveReading]:
    """What it stood at, the latest first, with who recorded it."""
    rows = ObjectiveReading.objects.filter(organization=organization, objective=objective)
    return rows.select_related("recorded_by__user").order_by("-on")


def streams_serving(organization: Organization, objective: Objective) -> QuerySet[Stream]:
    """The streams in use that serve it."""
    return Stream.objects.filter(organization=organization, objective=objective, archived_at=None)


def serving_streams(occasion: Occasion, objective: Objective | None, most: int) -> Served:
    """The plan's streams that serve the objective; with None, those that serve no objective."""
    rows = (
        Stream.objects.filter(organization=occasion.membership.organization, plan=occasion.plan)
        .filter(archived_at=None, objective=objective)
        .select_related("owner__user", "plan")
        .order_by(Lower("name"))
    )
    found = list(rows)
    return Served(len(found), [_stream_row(stream, occasion) for stream in found[:most]])


def _stream_row(stream: Stream, occasion: Occasion) -> ServedRow:
    """Leads to the stream's form; for who may not change it, to where its plan shows it."""
    slug = occasion.membership.organization.slug
    if can(occasion.membership, Perm.PLAN_EDIT, stream) and occasion.plan.state in OPEN_STATES:
        url = reverse("stream-edit", args=[slug, stream.plan_id, stream.pk])
    else:
        url = reverse("plan", args=[slug, stream.plan_id]) + "#streams"
    return ServedRow(stream.name, url, stream.owner)


def serving_tasks(occasion: Occasion, objective: Objective | None, most: int) -> Served:
    """Open tasks of streams that serve it; with None, those of no stream and of no key date.

    A task that leads to a key date serves that date, and is not adrift.
    """
    rows = Task.objects.filter(
        organization=occasion.membership.organization, plan=occasion.plan, state__in=OPEN_TASKS
    )
    if objective is not None:
        rows = rows.filter(stream__objective=objective)
    else:
        rows = rows.filter(key_date=None).filter(Q(stream=None) | Q(stream__objective=None))
    rows = rows.select_related("owner__user").annotate(total=Window(Count("pk")))
    found = list(rows.order_by(F("due").asc(nulls_last=True), "pk")[:most])
    total = found[0].total if found else 0
    return Served(total, [_task_row(task, occasion) for task in found])


def _task_row(task: Task, occasion: Occasion) -> ServedRow:
    url = reverse("task", args=[occasion.membership.organization.slug, task.pk])
    return ServedRow(task.title, url, task.owner, task.due)


class DriftingStream:
    """A stream, why it drifts, and since how many days it has been silent."""

    def __init__(self, stream: Stream, facts: StreamFacts, today: date) -> None:
        self.stream = stream
        self.facts = facts
        self.reasons: list[Drift] = drifts(facts, today)
        self.silent_days = silent_days(facts, today)


def drifting_streams(
    organization: Organization, membership: Membership | None, now: datetime, today: date
) -> list[DriftingStream]:
    """The streams of open plans that drift, those with most reasons first, then by name.

    A constant number of queries: one here, and one for each room that knows signs of life.
    """
    streams = list(open_streams(organization, membership))
    signs = signs_of(organization, streams, now)
    found = [DriftingStream(s, facts_of(s, signs.get(s.pk, StreamSign())), today) for s in streams]
    drifting = [row for row in found if row.reasons]
    return sorted(drifting, key=lambda row: (-len(row.reasons), row.stream.name.lower()))


def open_streams(organization: Organization, membership: Membership | None) -> QuerySet[Stream]:
    """The streams in use of open plans that the member may see, with plan, owner and objective."""
    plans = visible_plans(organization, membership).filter(state__in=OPEN_STATES)
    return Stream.objects.filter(
        organization=organization, archived_at=None, plan__in=plans.values("pk")
    ).select_related("plan__owner__user", "owner__user", "objective", "department")


def signs_of(
    organization: Organization, streams: Sequence[Stream], now: datetime
) -> dict[int, StreamSign]:
    """Each stream's last sign of life and what it plans off the period, over every room."""
    total: dict[int, StreamSign] = {}
    for room in STREAM_SIGNS:
        for pk, sign in room(organization, streams, now).items():
            total[pk] = _both(total.get(pk, StreamSign()), sign)
    return total


def _both(one: StreamSign, other: StreamSign) -> StreamSign:
    seen: Iterable[date] = [day for day in (one.last_seen, other.last_seen) if day is not None]
    return StreamSign(max(seen, default=None), one.outside + other.outside)


def facts_of(stream: Stream, sign: StreamSign) -> StreamFacts:
    """The stream as plain facts."""
    return StreamFacts(
        has_objective=stream.objective_id is not None,
        has_owner=stream.owner_id is not None,
        rhythm_days=stream.rhythm_days,
        begins=stream.plan.starts_on,
        ends=stream.plan.ends_on,
        last_seen=sign.last_seen,
        outside=sign.outside,
    )


def get_reading(
    organization: Organization, objective: Objective, reading_id: int
) -> ObjectiveReading | None:
    """A reading of this objective, or None where it was taken back already."""
    return readings(organization, objective).filter(pk=reading_id).first()
