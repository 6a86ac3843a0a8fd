"""How `workflow` finds, names and finishes this room's owned things, and who stands how to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import Membership, Organization
from plans import queries
from plans.models import (
    Channel,
    Commitment,
    KeyDate,
    Objective,
    Plan,
    PlanReader,
    Stream,
    Task,
)
from plans.rules import PlanState
from workflow.models import Owned
from workflow.registry import Ownable, UnownedRow, counted


# Relations ---------------------------------------------------------------------------------------
def is_champion(membership: Membership, thing: Any) -> bool:
    """Whether the member champions the plan, or the plan that the thing belongs to."""
    if isinstance(thing, Plan):
        return thing.owner_id == membership.pk
    if isinstance(thing, Stream | Objective | Commitment | KeyDate | Task):
        return thing.plan.owner_id == membership.pk
    return False


def is_stream_owner(membership: Membership, thing: Any) -> bool:
    """Whether the thing is a stream that the member owns."""
    return isinstance(thing, Stream) and thing.owner_id == membership.pk


def is_channel_owner(membership: Membership, thing: Any) -> bool:
    """Whether the thing is a channel that the member owns."""
    return isinstance(thing, Channel) and thing.owner_id == membership.pk


# Plans -------------------------------------------------------------------------------------------
def _plan(organization: Organization, membership: Membership, pk: int) -> Owned | None:
    plans = queries.visible_plans(organization, membership)
    return plans.select_related("organization", "owner__user").filter(pk=pk).first()


def _lock_plan(organization: Organization, pk: int) -> Owned:
    return (
        Plan.objects.select_for_update(of=("self",))
        .select_related("organization", "owner__user")
        .get(organization=organization, pk=pk)
    )


def _plan_url(plan: Plan) -> str:
    return reverse("plan", args=[plan.organization.slug, plan.pk])


def _unfinished_plans(organization: Organization, owner: Membership) -> Iterable[Owned]:
    return (
        queries.visible_plans(organization, None)
        .filter(owner=owner, state__in=queries.OPEN_STATES)
        .select_related("organization", "owner__user")
        .order_by("pk")
    )


def _plan_counts(organization: Organization) -> dict[int, int]:
    plans = queries.visible_plans(organization, None)
    return counted(plans.filter(state__in=queries.OPEN_STATES))


def _keep_sight(plan: Plan, former: Membership | None, new: Membership | None) -> None:
    """Who handed a confidential plan on, or gave it up, goes on seeing it.

    They may still own stories in it, and it must not be left with nobody who knows of it.
    """
    if former is not None and former != new and plan.is_confidential:
        PlanReader.objects.get_or_create(organization=plan.organization, plan=plan, member=former)


def _unowned_plans(organization: Organization, viewer: Membership | None) -> Sequence[UnownedRow]:
    plans = queries.visible_plans(organization, viewer).filter(
        owner=None, state__in=queries.OPEN_STATES
    )
    return [
        UnownedRow(
            label="plans.Plan",
            pk=plan.pk,
            title=plan.name,
            url=reverse("plan", args=[organization.slug, plan.pk]),
            detail=_("This plan has no champion"),
            since=plan.unowned_since,
            plan_id=plan.pk,
            due=plan.ends_on,
            plans=frozenset({plan.pk}),
            team=plan.department_id,
        )
        for plan in plans.order_by("unowned_since", "pk")
    ]


# Streams -----------------------------------------------------------------------------------------
def _streams(organization: Organization, viewer: Membership | None) -> Any:
    plans = queries.visible_plans(organization, viewer)
    return Stream.objects.filter(
        organization=organization, plan__in=plans.values("pk")
    ).select_related("organization", "owner__user", "plan__owner__user")


def _stream(organization: Organization, membership: Membership, pk: int) -> Owned | None:
    return cast("Owned | None", _streams(organization, membership).filter(pk=pk).first())


def _lock_stream(organization: Organization, pk: int) -> Owned:
    return (
        Stream.objects.select_for_update(of=("self",))
        .select_related("organization", "owner__user", "plan__owner__user")
        .get(organization=organization, pk=pk)
    )


def _stream_url(stream: Stream) -> str:
    return reverse("plan", args=[stream.organization.slug, stream.plan_id]) + "#streams"


def _stream_is_finished(stream: Stream) -> bool:
    return stream.archived_at is not None or stream.plan.state == PlanState.CLOSED


def _open_streams(organization: Organization, viewer: Membership | None) -> Any:
    return _streams(organization, viewer).filter(
        archived_at=None, plan__state__in=queries.OPEN_STATES
    )


def _unfinished_streams(organization: Organization, owner: Membership) -> Iterable[Owned]:
    streams = _open_streams(organization, None).filter(owner=owner)
    return cast("Iterable[Owned]", streams.order_by("pk"))


def _unowned_streams(organization: Organization, viewer: Membership | None) -> Sequence[UnownedRow]:
    rows = _open_streams(organization, viewer).filter(owner=None)
    return [
        UnownedRow(
            label="plans.Stream",
            pk=stream.pk,
            title=stream.name,
            url=_stream_url(stream),
            detail=_("Stream of %(plan)s") % {"plan": stream.plan.name},
            since=stream.unowned_since,
            plan_id=stream.plan_id,
            responsible=stream.plan.owner,
            plans=frozenset({stream.plan_id}),
            team=stream.department_id or stream.plan.department_id,
        )
        for stream in rows.order_by("unowned_since", "pk")
    ]


# Channels ----------------------------------------------------------------------------------------
def _channels(organization: Organization) -> Any:
    return Channel.objects.filter(organization=organization).select_related(
        "organization", "owner__user", "department"
    )


def _channel(organization: Organization, membership: Membership, pk: int) -> Owned | None:
    return cast("Owned | None", _channels(organization).filter(pk=pk).first())


def _lock_channel(organization: Organization, pk: int) -> Owned:
    return (
        Channel.objects.select_for_update(of=("self",))
        .select_related("organization", "owner__user")
        .get(organization=organization, pk=pk)
    )


def _channel_url(channel: Channel) -> str:
    return reverse("channel", args=[channel.organization.slug, channel.pk])


def _unfinished_channels(organization: Organization, owner: Membership) -> Iterable[Owned]:
    channels = _channels(organization).filter(owner=owner, archived_at=None)
    return cast("Iterable[Owned]", channels.order_by("pk"))


def _unowned_channels(
    organization: Organization, viewer: Membership | None
) -> Sequence[UnownedRow]:
    promised = queries.open_promises(organization, viewer).filter(channel=OuterRef("pk"))
    rows = (
        _channels(organization)
        .filter(owner=None, archived_at=None)
        .annotate(promised=ArraySubquery(promised.order_by().values("plan")))
    )
    return [
        UnownedRow(
            label="plans.Channel",
            pk=channel.pk,
            title=channel.name,
            url=_channel_url(channel),
            detail=_("Channel, %(kind)s") % {"kind": channel.get_kind_display()},
            since=channel.unowned_since,
            plan_id=None,
            plans=frozenset(channel.promised),
            team=channel.department_id,
        )
        for channel in rows.order_by("unowned_since", "pk")
    ]


def _champions_of_channel(channel: Channel) -> Sequence[Membership]:
    """Who promised posts there is the nearest to the channel, after its owner (rule 2)."""
    promised = queries.promises_on(channel.organization, None, [channel.pk])
    champions = {p.plan.owner_id: p.plan.owner for p in promised if p.plan.owner is not None}
    return list(champions.values())


OWNABLES = (
    Ownable(
        label="plans.Plan",
        slug="plan",
        noun=gettext_lazy("plan"),
        get=_plan,
        lock=_lock_plan,
        title=lambda plan: plan.name,
        url=_plan_url,
        plan_id=lambda plan: plan.pk,
        is_finished=lambda plan: plan.state == PlanState.CLOSED,
        unfinished_of=_unfinished_plans,
        unowned=_unowned_plans,
        fallbacks=lambda plan: [],
        after_give=_keep_sight,
        owned_counts=_plan_counts,
    ),
    Ownable(
        label="plans.Stream",
        slug="stream",
        noun=gettext_lazy("stream"),
        get=_stream,
        lock=_lock_stream,
        title=lambda stream: stream.name,
        url=_stream_url,
        plan_id=lambda stream: stream.plan_id,
        is_finished=_stream_is_finished,
        unfinished_of=_unfinished_streams,
        unowned=_unowned_streams,
        fallbacks=lambda stream: [stream.plan.owner] if stream.plan.owner else [],
        owned_counts=lambda organization: counted(_open_streams(organization, None)),
    ),
    Ownable(
        label="plans.Channel",
        slug="channel",
        noun=gettext_lazy("channel"),
        get=_channel,
        lock=_lock_channel,
        title=lambda channel: channel.name,
        url=_channel_url,
        plan_id=lambda channel: None,
        is_finished=lambda channel: channel.archived_at is not None,
        unfinished_of=_unfinished_channels,
        unowned=_unowned_channels,
        fallbacks=_champions_of_channel,
        owned_counts=lambda organization: counted(_channels(organization).filter(archived_at=None)),
    ),
)
