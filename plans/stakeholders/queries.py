"""Reads of stakeholders and touchpoints. Every list begins at `visible` (rule 6).

A stakeholder of a confidential plan is seen by its readers only, and so is a touchpoint about such
a plan or one of its stories. That someone was spoken to, and on which day, counts for the rhythm
whatever it was about: the same contact must not be lapsed for one colleague and not for another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    Count,
    DateField,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Lower
from django.shortcuts import get_object_or_404

from people.models import Membership, Organization
from plancraft.lib.dates import at_wall_clock
from plans.models import Plan, Stakeholder, Stream, Touchpoint
from plans.queries import OPEN_STATES, visible_plans
from plans.rules import PlanState
from plans.stakeholders.rules import Contact
from workflow.models import Subject
from workflow.registry import SUBJECT_KINDS

STORY_KIND = "content_item"
STORIES_OFFERED = 40


# Stakeholders -------------------------------------------------------------------------------------
def visible(organization: Organization, viewer: Membership | None) -> QuerySet[Stakeholder]:
    """The stakeholders that the viewer (None: PlanCraft itself) may see, erased ones left out."""
    rows = Stakeholder.objects.filter(organization=organization, erased_at=None)
    if viewer is None:
        return rows
    plans = visible_plans(organization, viewer).values("pk")
    if viewer.organization_id != organization.pk:
        return rows.none()
    return rows.filter(Q(plan=None) | Q(plan__in=plans))


def with_last(rows: QuerySet[Stakeholder]) -> QuerySet[Stakeholder]:
    """Each row with `last_day`, the day of its latest touchpoint, and `asked_rhythm`.

    `asked_rhythm` is the rhythm that is asked for: None where the plan is closed, which asks for
    nothing new.
    """
    latest = (
        Touchpoint.objects.filter(stakeholder=OuterRef("pk")).order_by("-day").values("day")[:1]
    )
    return rows.annotate(
        last_day=Subquery(latest, output_field=DateField()),
        asked_rhythm=Case(
            When(plan__state=PlanState.CLOSED, then=Value(None)),
            default=F("rhythm_days"),
            output_field=IntegerField(null=True),
        ),
    )


def contact_of(row: Any) -> Contact:
    """The row of `with_last` as the rule of lapsing reads it."""
    rhythm = None if row.archived_at else row.asked_rhythm
    return Contact(row.pk, rhythm, row.held_since, row.last_day)


def get(organization: Organization, viewer: Membership, stakeholder_id: int) -> Stakeholder:
    """A stakeholder that the viewer may see, with `last_day`. 404 for any other.

    An erased one is still found, so that its page says what was kept.
    """
    plans = visible_plans(organization, viewer).values("pk")
    rows = Stakeholder.objects.filter(organization=organization).filter(
        Q(plan=None) | Q(plan__in=plans)
    )
    return get_object_or_404(_loaded(with_last(rows)), pk=stakeholder_id)


def _loaded(rows: QuerySet[Stakeholder]) -> QuerySet[Stakeholder]:
    return rows.select_related("organization", "owner__user", "plan", "stream", "department")


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to. `owner` 0: nobody. `standing`: lapsed, or archived."""

    kind: str = ""
    owner: int | None = None
    plan: int | None = None
    standing: str = ""
    q: str = ""


def listed(
    organization: Organization, viewer: Membership, wanted: Wanted, today: date
) -> QuerySet[Stakeholder]:
    """The rows of the list: lapsed first, the longest past its day on top, then by their next day.

    Without a rhythm they come last, by name. One query for a page of any length.
    """
    rows = with_last(visible(organization, viewer))
    rows = rows.filter(archived_at__isnull=wanted.standing != "archived")
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.owner is not None:
        rows = rows.filter(owner=wanted.owner or None)
    if wanted.plan is not None:
        rows = rows.filter(plan=wanted.plan)
    if wanted.q:
        found = Q(name__icontains=wanted.q) | Q(affiliation__icontains=wanted.q)
        rows = rows.filter(found | Q(topics__icontains=wanted.q))
    rows = rows.annotate(due_on=_due())
    if wanted.standing == "lapsed":
        rows = rows.filter(due_on__lt=today)
    return _loaded(rows).order_by(F("due_on").asc(nulls_last=True), Lower("name"), "pk")


def _due() -> Any:
    """`Contact.due` in SQL, for sorting and filtering."""
    since = Coalesce(F("last_day"), F("held_since"))
    return ExpressionWrapper(since + F("asked_rhythm"), output_field=DateField())


def figures(organization: Organization, viewer: Membership, today: date) -> dict[str, int]:
    """How many there are: `all` in use, `lapsed`, `unowned`, `archived`; one query."""
    rows = with_last(visible(organization, viewer)).annotate(due_on=_due())
    in_use = Q(archived_at=None)
    counted: dict[str, int] = rows.aggregate(
        all=Count("pk", filter=in_use),
        lapsed=Count("pk", filter=in_use & Q(due_on__lt=today)),
        unowned=Count("pk", filter=in_use & Q(owner=None)),
        archived=Count("pk", filter=~in_use),
    )
    return counted


def in_use(organization_ref: Any, viewer_plans: QuerySet[Plan]) -> QuerySet[Stakeholder]:
    """Those in use as `with_last`, for the gaps; the plans are what the viewer sees.

    `organization_ref` is an organization, or an outer reference to one for a subquery.
    """
    rows = Stakeholder.objects.filter(
        organization=organization_ref, erased_at=None, archived_at=None
    )
    return with_last(rows.filter(Q(plan=None) | Q(plan__in=viewer_plans.values("pk"))))


# Choices ------------------------------------------------------------------------------------------
def plans_to_choose(organization: Organization, viewer: Membership) -> list[Plan]:
    """The open plans that the viewer sees, by name."""
    plans = visible_plans(organization, viewer).filter(state__in=OPEN_STATES)
    return list(plans.order_by(Lower("name")))


def streams_to_choose(organization: Organization, viewer: Membership) -> list[Stream]:
    """The streams in use of those plans, by plan and name."""
    plans = visible_plans(organization, viewer).filter(state__in=OPEN_STATES)
    rows = Stream.objects.filter(organization=organization, plan__in=plans, archived_at=None)
    return list(rows.select_related("plan").order_by(Lower("plan__name"), Lower("name")))


@dataclass(frozen=True)
class Story:
    """A story as a touchpoint names it; `pk` is its subject's."""

    pk: int
    title: str
    url: str
    plan_id: int | None

    def __str__(self) -> str:
        return self.title


def stories(
    organization: Organization, viewer: Membership | None, subjects: Collection[int]
) -> dict[int, Story]:
    """Those of these subjects that the viewer may see, in words; a few queries for any number."""
    rows = _subjects(organization).filter(pk__in=subjects)
    return _named(viewer, list(rows)) if subjects else {}


def _subjects(organization: Organization) -> QuerySet[Subject]:
    rows = Subject.objects.filter(organization=organization, kind=STORY_KIND)
    return rows.select_related("organization")


def stories_to_choose(
    organization: Organization, viewer: Membership, also: Collection[int] = ()
) -> list[Story]:
    """The latest stories that the viewer may see and those of the subjects `also`, newest first."""
    rows = _subjects(organization)
    latest = rows.order_by("-pk").values("pk")[:STORIES_OFFERED]
    wanted = list(rows.filter(Q(pk__in=latest) | Q(pk__in=also)).order_by("-pk"))
    found = _named(viewer, wanted)
    return [found[subject.pk] for subject in wanted if subject.pk in found]


def _named(viewer: Membership | None, subjects: Sequence[Subject]) -> dict[int, Story]:
    kind = SUBJECT_KINDS.get(STORY_KIND)
    if kind is None or not subjects:
        return {}
    facts = kind.facts_for(viewer, subjects)
    return {pk: Story(pk, fact.title, fact.url, fact.plan_id) for pk, fact in facts.items()}


# Touchpoints --------------------------------------------------------------------------------------
def touchpoints(
    organization: Organization, viewer: Membership | None, stakeholder: Stakeholder
) -> QuerySet[Touchpoint]:
    """What the viewer may know of the contacts with this stakeholder, newest first."""
    plans = visible_plans(organization, viewer).values("pk")
    return (
        Touchpoint.objects.filter(organization=organization, stakeholder=stakeholder)
        .filter(Q(plan=None) | Q(plan__in=plans))
        .select_related("by__user", "plan", "stakeholder")
        .order_by("-day", F("at").desc(nulls_last=True), "-pk")
    )


def get_touchpoint(
    organization: Organization, viewer: Membership, stakeholder: Stakeholder, touchpoint_id: int
) -> Touchpoint:
    """One of `touchpoints`, else 404."""
    rows = touchpoints(organization, viewer, stakeholder)
    return get_object_or_404(rows, pk=touchpoint_id)


def next_steps(
    organization: Organization, viewer: Membership, stakeholders: Collection[int]
) -> dict[int, Touchpoint]:
    """The next step that the latest touchpoint of each names, where it names one; one query."""
    plans = visible_plans(organization, viewer).values("pk")
    rows = (
        Touchpoint.objects.filter(organization=organization, stakeholder__in=stakeholders)
        .filter(Q(plan=None) | Q(plan__in=plans))
        .order_by("stakeholder", "-day", F("at").desc(nulls_last=True), "-pk")
        .distinct("stakeholder")
    )
    return {row.stakeholder_id: row for row in rows if row.next_step}


# What rule 5 reads --------------------------------------------------------------------------------
def briefed_at(
    organization: Organization,
    subjects: Iterable[int],
    plans: Mapping[int, int] | None = None,
) -> dict[int, datetime]:
    """When the media were first told of each subject (a story); absent: they were not.

    For rule 5's *media not first*: give the instant as the story's earliest news release. `plans`
    (subject -> its plan) also lets a briefing about the whole plan count for its stories. A
    briefing whose time nobody noted counts from the end of its day in the organization's zone,
    since no earlier moment is certain. Naive of who asks: PlanCraft itself. One query.
    """
    wanted, of_plan = set(subjects), dict(plans or {})
    about = Q(subject__in=wanted)
    if of_plan:
        about |= Q(subject=None, plan__in=set(of_plan.values()))
    rows = Touchpoint.objects.filter(about, organization=organization, is_briefing=True)
    first: dict[tuple[str, int], datetime] = {}
    for subject, plan, day, at in rows.values_list("subject", "plan", "day", "at"):
        key = ("subject", subject) if subject is not None else ("plan", plan)
        told = at or _end_of(day, organization)
        first[key] = min(told, first.get(key, told))
    found = {}
    for subject in wanted:
        told_of = [first.get(("subject", subject)), first.get(("plan", of_plan.get(subject, 0)))]
        known = [instant for instant in told_of if instant is not None]
        if known:
            found[subject] = min(known)
    return found


def _end_of(day: date, organization: Organization) -> datetime:
    return at_wall_clock(day + timedelta(days=1), time(), ZoneInfo(organization.time_zone))


def days_by_stream(organization: Organization, streams: Collection[int]) -> dict[int, list[date]]:
    """The days on which someone of these streams was spoken to, in order; one query.

    For rule 5's *silent stream*: with the database, touchpoints count like placements.
    """
    rows = Touchpoint.objects.filter(organization=organization, stakeholder__stream__in=streams)
    found: dict[int, set[date]] = defaultdict(set)
    for stream, day in rows.values_list("stakeholder__stream", "day"):
        if stream is not None:
            found[stream].add(day)
    return {stream: sorted(days) for stream, days in found.items()}
