"""Reads of plans, channels and promises. Every list of plans begins at `visible_plans` (rule 6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, JSONObject, Lower
from django.shortcuts import get_object_or_404

from people.models import Department, Membership, Organization, User
from people.models.organizations import Role
from plancraft.lib.gathered import gathered, made
from plans.models import (
    Blackout,
    Channel,
    Commitment,
    Objective,
    ObjectiveReading,
    Plan,
    PlanReader,
    Stream,
    Task,
)
from plans.models.tasks import OPEN_TASKS
from plans.rules import PlanState
from workflow.models import Revision, WorkflowTemplate
from workflow.registry import Places

OPEN_STATES = [state.value for state in PlanState if state != PlanState.CLOSED]


# Plans -------------------------------------------------------------------------------------------
def visible_plans(organization: Organization, membership: Membership | None) -> QuerySet[Plan]:
    """The plans that the member may see: confidential ones only for their champion and readers.

    `membership` None is PlanCraft itself, which sees all of them. Who belongs to another
    organization sees none, whatever asks.
    """
    plans = Plan.objects.filter(organization=organization)
    if membership is None:
        return plans
    if membership.organization_id != organization.pk:
        return plans.none()
    listed = PlanReader.objects.filter(plan=OuterRef("pk"), member=membership)
    return plans.filter(Q(is_confidential=False) | Q(owner=membership) | Exists(listed))


def may_see(membership: Membership, plan: Plan) -> bool:
    """Whether the member may see this plan; no query unless it is confidential."""
    if membership.organization_id != plan.organization_id:
        return False
    if not plan.is_confidential or plan.owner_id == membership.pk:
        return True
    return membership.pk in listed(plan)


def listed_at(plan: str) -> ArraySubquery:
    """To annotate rows with `listed`, whom the plan under this key names, without another query."""
    return ArraySubquery(PlanReader.objects.filter(plan=OuterRef(plan)).values("member_id"))


def listed(plan: Plan) -> Collection[int]:
    """The memberships that see the plan beside its champion while it is confidential.

    Where `listed_at` was read along with it, the plan carries them.
    """
    known: Collection[int] | None = getattr(plan, "listed", None)
    if known is not None:
        return known
    return list(PlanReader.objects.filter(plan=plan).values_list("member_id", flat=True))


def sighted(plan: Plan) -> frozenset[int] | None:
    """The memberships that may know of what is in the plan; None where everyone may."""
    if not plan.is_confidential:
        return None
    champion = {plan.owner_id} if plan.owner_id else set()
    return frozenset(champion | set(listed(plan)))


def sights(members: Iterable[Membership], plan_ids: Iterable[int]) -> set[tuple[int, int]]:
    """(member, plan) for each of these plans that each of these members may see; two queries."""
    people = list(members)
    plans = Plan.objects.in_bulk(set(plan_ids))
    listed: set[tuple[int, int]] = set()
    if any(plan.is_confidential for plan in plans.values()):
        rows = PlanReader.objects.filter(plan__in=plans, member__in=people)
        listed = set(rows.values_list("member", "plan"))
    return {
        (person.pk, plan.pk)
        for person in people
        for plan in plans.values()
        if person.organization_id == plan.organization_id
        and (
            not plan.is_confidential or plan.owner_id == person.pk or (person.pk, plan.pk) in listed
        )
    }


def get_plan(organization: Organization, membership: Membership | None, plan_id: int) -> Plan:
    """The plan with its champion and department. 404 for one that the member may not see."""
    plan = get_object_or_404(_plans_seen(organization, membership), pk=plan_id)
    plan.organization = organization
    return plan


def get_plan_page(organization: Organization, membership: Membership, plan_id: int) -> Plan:
    """The same as its page shows it, with its `shown_objectives` and its `shown_streams`, archived
    ones last, read along with it.

    Each objective carries its latest reading, `latest_on` and `latest_value`, null without any. The
    plan carries its subject, `has_workflow` (plans are approved or released here), `was_submitted`,
    and `open_tasks`, day and owner of each task that is still to be done.
    """
    latest = ObjectiveReading.objects.filter(objective=OuterRef("pk")).order_by("-on")
    objectives = Objective.objects.filter(plan=OuterRef("pk")).annotate(
        latest_on=Subquery(latest.values("on")[:1]),
        latest_value=Cast(Subquery(latest.values("value")[:1]), TextField()),
    )
    rows = gathered(objectives.order_by("position", "id"), "latest_on", "latest_value")
    tasks = Task.objects.filter(plan=OuterRef("pk"), state__in=OPEN_TASKS)
    open_tasks = ArraySubquery(tasks.values(found=JSONObject(due="due", owner="owner_id")))
    plan: Any = get_object_or_404(
        _plans_seen(organization, membership)
        .select_related("subject")
        .annotate(
            objective_rows=rows,
            open_tasks=open_tasks,
            stream_rows=gathered(_streams_with_owner(), owner=Membership, owner__user=User),
            has_workflow=Exists(
                WorkflowTemplate.objects.filter(
                    organization=organization, is_current=True, subject_kind="plan"
                )
            ),
            was_submitted=Exists(Revision.objects.filter(subject=OuterRef("subject"))),
        ),
        pk=plan_id,
    )
    plan.organization = plan.subject.organization = organization
    plan.shown_objectives = [_with_reading(row) for row in plan.objective_rows]
    plan.shown_streams = [_with_owner(row, plan) for row in plan.stream_rows]
    return cast("Plan", plan)


def _with_reading(row: Mapping[str, Any]) -> Objective:
    on, value = row["latest_on"], row["latest_value"]
    return made(
        Objective,
        row,
        latest_on=date.fromisoformat(on) if on else None,
        latest_value=Decimal(value) if value else None,
    )


def _streams_with_owner() -> QuerySet[Stream]:
    archived_last = F("archived_at").asc(nulls_first=True)
    return Stream.objects.filter(plan=OuterRef("pk")).order_by(archived_last, Lower("name"))


def _with_owner(row: Mapping[str, Any], plan: Any) -> Stream:
    """The stream with its owner and the objective it serves; what it has none of is None."""
    owner = None
    if row["owner_id"] is not None:
        owner = made(Membership, row["owner"], user=made(User, row["owner__user"]))
    serves = {objective.pk: objective for objective in plan.shown_objectives}
    return made(Stream, row, owner=owner, objective=serves.get(row["objective_id"]))


def _plans_seen(organization: Organization, membership: Membership | None) -> QuerySet[Plan]:
    return visible_plans(organization, membership).select_related("owner__user", "department")


def hidden_plans(organization: Organization, membership: Membership) -> QuerySet[Plan]:
    """The confidential plans whose existence, and nothing more, an administrator is shown."""
    plans = Plan.objects.filter(organization=organization, is_confidential=True)
    if membership.role != Role.ADMIN:
        return plans.none()
    seen = visible_plans(organization, membership).values("pk")
    return plans.exclude(pk__in=seen).select_related("owner__user").order_by("pk")


def unseen_plan_ids(viewer: Membership) -> list[int]:
    """The plans of whose activity the viewer may learn nothing: confidential, and not theirs."""
    seen = visible_plans(viewer.organization, viewer).values("pk")
    unseen = Plan.objects.filter(organization=viewer.organization, is_confidential=True)
    return list(unseen.exclude(pk__in=seen).values_list("pk", flat=True))


def get_hidden_plan(organization: Organization, membership: Membership, plan_id: int) -> Plan:
    """One of `hidden_plans`, else 404."""
    return get_object_or_404(hidden_plans(organization, membership), pk=plan_id)


def places(organization: Organization, membership: Membership) -> Places:
    """The plans that the member may see and the departments, by name; one query."""
    own = Case(When(owner=membership, state__in=OPEN_STATES, then=Value(1)), default=Value(0))
    plans = visible_plans(organization, membership).annotate(own=own)
    teams = Department.objects.filter(organization=organization).annotate(own=Value(-1))
    rows = plans.order_by().values_list("pk", "name", "own")
    found = sorted(
        rows.union(teams.order_by().values_list("pk", "name", "own"), all=True),
        key=lambda row: (row[1].casefold(), row[0]),
    )
    return Places(
        plans={pk: name for pk, name, mark in found if mark >= 0},
        teams={pk: name for pk, name, mark in found if mark < 0},
        own=frozenset(pk for pk, _, mark in found if mark == 1),
    )


def plan_rows(
    organization: Organization, membership: Membership, states: Iterable[str]
) -> QuerySet[Plan]:
    """The rows of the list of plans: those without champion first, then by their last day.

    Each carries `promise_count`, `channel_count`, `stream_count` and `unowned_streams`.
    """
    return (
        visible_plans(organization, membership)
        .filter(state__in=list(states))
        .select_related("owner__user", "department")
        .annotate(
            promise_count=_count(Commitment.objects.filter(plan=OuterRef("pk"))),
            channel_count=_count(Commitment.objects.filter(plan=OuterRef("pk")), "channel"),
            stream_count=_count(_streams_of_outer()),
            unowned_streams=_count(_streams_of_outer().filter(owner=None)),
        )
        .order_by(Case(When(owner=None, then=Value(0)), default=Value(1)), "ends_on", Lower("name"))
    )


def _streams_of_outer() -> QuerySet[Stream]:
    return Stream.objects.filter(plan=OuterRef("pk"), archived_at=None)


def _count(rows: QuerySet[Any], field: str = "pk") -> Coalesce:
    counted = rows.order_by().values("plan").annotate(n=Count(field, distinct=True)).values("n")
    return Coalesce(Subquery(counted), Value(0))


def plan_counts(organization: Organization, membership: Membership) -> dict[str, int]:
    """How many visible plans there are by state."""
    rows = visible_plans(organization, membership).values("state").annotate(n=Count("pk"))
    return {row["state"]: row["n"] for row in rows.order_by()}


def plans_worked_on(organization: Organization, membership: Membership) -> QuerySet[Plan]:
    """The open plans that stand in the member's sidebar, nearest first.

    Those they champion, whose streams they own or that their department leads, and those that
    nobody champions, since absence is never hidden; for administrators and managers all of them.
    """
    streams = Stream.objects.filter(plan=OuterRef("pk"), owner=membership, archived_at=None)
    near = [
        When(owner=membership, then=Value(0)),
        When(Exists(streams), then=Value(1)),
        When(owner=None, then=Value(2)),
        When(department__isnull=False, department=membership.department_id, then=Value(3)),
    ]
    plans = (
        visible_plans(organization, membership)
        .filter(state__in=OPEN_STATES)
        .annotate(nearness=Case(*near, default=Value(9)))
        .order_by("nearness", "ends_on", Lower("name"))
    )
    leads = membership.role in (Role.ADMIN, Role.MANAGER)
    return plans if leads else plans.filter(nearness__lt=9)


def readers(organization: Organization, plan: Plan) -> list[Membership]:
    """Who may see the plan beside its champion while it is confidential, by name."""
    return list(
        Membership.objects.filter(
            organization=organization,
            pk__in=PlanReader.objects.filter(plan=plan).values("member"),
        )
        .select_related("user")
        .order_by(Lower("user__name"), "id")
    )


def objectives(organization: Organization, plan: Plan) -> QuerySet[Objective]:
    """The plan's objectives in their order."""
    return Objective.objects.filter(organization=organization, plan=plan)


def streams(organization: Organization, plan: Plan) -> QuerySet[Stream]:
    """The plan's streams with owner and objective, archived ones last."""
    return (
        Stream.objects.filter(organization=organization, plan=plan)
        .select_related("owner__user", "objective", "department")
        .order_by(F("archived_at").asc(nulls_first=True), Lower("name"))
    )


def get_stream(organization: Organization, plan: Plan, stream_id: int) -> Stream:
    """A stream of this plan, else 404."""
    rows = streams(organization, plan).select_related("plan__owner__user")
    return get_object_or_404(rows, pk=stream_id)


# Channels ----------------------------------------------------------------------------------------
def channels(organization: Organization, *, archived: bool = False) -> QuerySet[Channel]:
    """The channels in use (or the archived ones) with department and owner, by name."""
    return (
        Channel.objects.filter(organization=organization, archived_at__isnull=not archived)
        .select_related("owner__user", "department")
        .order_by(Lower("name"))
    )


def channel_rows(organization: Organization, membership: Membership) -> QuerySet[Channel]:
    """The rows of the list of channels, archived ones too, by department.

    Each carries `plan_count`: how many open plans that the member may see promise on it.
    """
    open_plans = visible_plans(organization, membership).filter(state__in=OPEN_STATES)
    promised = (
        Commitment.objects.filter(channel=OuterRef("pk"), plan__in=open_plans.values("pk"))
        .order_by()
        .values("channel")
        .annotate(n=Count("plan", distinct=True))
        .values("n")
    )
    return (
        Channel.objects.filter(organization=organization)
        .select_related("owner__user", "department")
        .annotate(plan_count=Coalesce(Subquery(promised), Value(0)))
        .order_by(Lower("department__name").asc(nulls_last=True), Lower("name"))
    )


def get_channel(organization: Organization, channel_id: int) -> Channel:
    """The channel, archived or not, with department and owner; else 404."""
    rows = Channel.objects.select_related("owner__user", "department")
    return get_object_or_404(rows, organization=organization, pk=channel_id)


def blackouts(organization: Organization, channel: Channel | None = None) -> QuerySet[Blackout]:
    """The organization's blackouts by their first day; with a channel, those that concern it."""
    rows = Blackout.objects.filter(organization=organization).select_related("channel__owner__user")
    return rows.filter(Q(channel=channel) | Q(channel=None)) if channel else rows


def get_blackout(organization: Organization, blackout_id: int) -> Blackout:
    """The blackout, else 404."""
    return get_object_or_404(blackouts(organization), pk=blackout_id)


# Promises ----------------------------------------------------------------------------------------
def promises(organization: Organization, plan: Plan) -> QuerySet[Commitment]:
    """What the plan promises, by channel, with each channel's owner."""
    return (
        Commitment.objects.filter(organization=organization, plan=plan)
        .select_related("channel__owner__user")
        .order_by(Lower("channel__name"), F("effective_from").asc(nulls_first=True), "id")
    )


def promises_with_others(
    organization: Organization, membership: Membership, plan: Plan
) -> tuple[list[Commitment], list[Commitment]]:
    """What the plan promises, as `promises`, and what other open plans that the member may see
    promise on the same channels; one query. Plans of another period (next year's copy) promise
    nothing beside this one."""
    open_plans = visible_plans(organization, membership).filter(
        state__in=OPEN_STATES, starts_on__lte=plan.ends_on, ends_on__gte=plan.starts_on
    )
    rows = (
        Commitment.objects.filter(
            Q(plan=plan) | Q(plan__in=open_plans.values("pk")),
            organization=organization,
            channel__in=Commitment.objects.filter(plan=plan).values("channel"),
        )
        .select_related("plan", "channel__owner__user")
        .order_by(
            Lower("channel__name"),
            Lower("plan__name"),
            F("effective_from").asc(nulls_first=True),
            "id",
        )
    )
    own = [promise for promise in rows if promise.plan_id == plan.pk]
    return own, [promise for promise in rows if promise.plan_id != plan.pk]


def get_promise(organization: Organization, plan: Plan, promise_id: int) -> Commitment:
    """A promise of this plan, else 404."""
    rows = promises(organization, plan).select_related("plan")
    return get_object_or_404(rows, pk=promise_id)


def open_promises(
    organization: Organization, membership: Membership | None
) -> QuerySet[Commitment]:
    """What open plans that the member may see promise."""
    plans = visible_plans(organization, membership).filter(state__in=OPEN_STATES)
    return Commitment.objects.filter(organization=organization, plan__in=plans.values("pk"))


def promises_on(
    organization: Organization,
    membership: Membership | None,
    channel_ids: Sequence[int] | None = None,
) -> QuerySet[Commitment]:
    """What open plans that the member may see promise on these channels (null: on every one)."""
    rows = open_promises(organization, membership)
    if channel_ids is not None:
        rows = rows.filter(channel__in=channel_ids)
    return rows.select_related("plan__owner__user", "channel").order_by(
        Lower("channel__name"), Lower("plan__name"), "id"
    )
