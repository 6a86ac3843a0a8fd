"""How `workflow` finds, names and finishes this room's owned things, and who stands how to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import Membership, Organization
from plans import queries
from plans.models import (
    Channel,
    ChannelKind,
    Commitment,
    KeyDate,
    Objective,
    Plan,
    PlanReader,
    Stream,
    Task,
)
from plans.rules import PlanState
from workflow import reviews
from workflow.models import Owned
from workflow.registry import Columns, Found, Ownable


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


def _open_plans(organization: Organization, viewer: Membership | None) -> QuerySet[Plan]:
    plans = queries.visible_plans(organization, viewer).filter(state__in=queries.OPEN_STATES)
    return plans.select_related("organization", "owner__user")


def _keep_sight(plan: Plan, former: Membership | None, new: Membership | None) -> None:
    """Who handed a confidential plan on, or gave it up, goes on seeing it.

    They may still own stories in it, and it must not be left with nobody who knows of it.
    """
    if former is not None and former != new and plan.is_confidential:
        PlanReader.objects.get_or_create(organization=plan.organization, plan=plan, member=former)


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


def _stream_is_finished(stream: Stream) -> bool:
    return stream.archived_at is not None or stream.plan.state == PlanState.CLOSED


def _open_streams(organization: Organization, viewer: Membership | None) -> Any:
    return _streams(organization, viewer).filter(
        archived_at=None, plan__state__in=queries.OPEN_STATES
    )


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


def _open_channels(organization: Organization, viewer: Membership | None) -> QuerySet[Channel]:
    return cast("QuerySet[Channel]", _channels(organization).filter(archived_at=None))


def _promised_on(viewer: Membership | None) -> ArraySubquery:
    """The open plans that promise posts on the channel and that the viewer may see."""
    promises = Commitment.objects.filter(
        channel=OuterRef("pk"), plan__state__in=queries.OPEN_STATES
    )
    if viewer is not None:
        plans = queries.visible_plans(viewer.organization, viewer)
        promises = promises.filter(plan__in=plans.values("pk"))
    return ArraySubquery(promises.values("plan"))


def _channel_detail(found: Found) -> str:
    return _("Channel, %(kind)s") % {"kind": ChannelKind(found.note).label}


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
        plan_id=lambda plan: plan.pk,
        address=lambda slug, pk, plan: reverse("plan", args=[slug, pk]),
        is_finished=lambda plan: plan.state == PlanState.CLOSED,
        unfinished=_open_plans,
        columns=Columns("name", plan="pk", plan_name="name", team="department", due="ends_on"),
        detail=lambda found: _("This plan has no champion"),
        fallbacks=lambda plan: [],
        after_save=lambda plan: reviews.note_change(subject=plan.subject),
        after_give=_keep_sight,
    ),
    Ownable(
        label="plans.Stream",
        slug="stream",
        noun=gettext_lazy("stream"),
        get=_stream,
        lock=_lock_stream,
        title=lambda stream: stream.name,
        plan_id=lambda stream: stream.plan_id,
        address=lambda slug, pk, plan: reverse("plan", args=[slug, plan]) + "#streams",
        is_finished=_stream_is_finished,
        unfinished=_open_streams,
        columns=Columns(
            "name",
            team=Coalesce("department", "plan__department"),
            fallbacks=("plan__owner",),
        ),
        detail=lambda found: _("Stream of %(plan)s") % {"plan": found.plan_name},
        fallbacks=lambda stream: [stream.plan.owner] if stream.plan.owner else [],
    ),
    Ownable(
        label="plans.Channel",
        slug="channel",
        noun=gettext_lazy("channel"),
        get=_channel,
        lock=_lock_channel,
        title=lambda channel: channel.name,
        plan_id=lambda channel: None,
        address=lambda slug, pk, plan: reverse("channel", args=[slug, pk]),
        is_finished=lambda channel: channel.archived_at is not None,
        unfinished=_open_channels,
        columns=Columns(
            "name", plan=None, plan_name=None, team="department", note="kind", plans=_promised_on
        ),
        detail=_channel_detail,
        fallbacks=_champions_of_channel,
    ),
)
