"""Reads of plans, channels and promises. Every list of plans begins at `visible_plans` (rule 6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Lower
from django.shortcuts import get_object_or_404

from people.models import Membership, Organization
from people.models.organizations import Role
from plans.models import Blackout, Channel, Commitment, Objective, Plan, PlanReader, Stream
from plans.rules import PlanState

OPEN_STATES = [PlanState.DRAFT.value, PlanState.RUNNING.value]


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
    return PlanReader.objects.filter(plan=plan, member=membership).exists()


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
    plans = visible_plans(organization, membership).select_related("owner__user", "department")
    plan = get_object_or_404(plans, pk=plan_id)
    plan.organization = organization
    return plan


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


def get_promise(organization: Organization, plan: Plan, promise_id: int) -> Commitment:
    """A promise of this plan, else 404."""
    rows = promises(organization, plan).select_related("plan")
    return get_object_or_404(rows, pk=promise_id)


def promises_on(
    organization: Organization,
    membership: Membership | None,
    channel_ids: Sequence[int] | None = None,
) -> QuerySet[Commitment]:
    """What open plans that the member may see promise on these channels (null: on every one)."""
    open_plans = visible_plans(organization, membership).filter(state__in=OPEN_STATES)
    rows = Commitment.objects.filter(organization=organization, plan__in=open_plans.values("pk"))
    if channel_ids is not None:
        rows = rows.filter(channel__in=channel_ids)
    return rows.select_related("plan__owner__user", "channel").order_by(
        Lower("channel__name"), Lower("plan__name"), "id"
    )
