"""Reads about posts that are to go out now, and about those that nobody has confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from calendar_app.models import Collaborator, ItemState, Placement
from calendar_app.snapshot import effective_copy
from people.models import Membership
from people.permissions import Perm, can
from plans.queries import visible_plans

AHEAD = timedelta(hours=2)
"""How long before its time a post is offered with its words ready to paste."""


def _approved_of(membership: Membership) -> QuerySet[Placement]:
    """The approved posts that the member answers for, owner first or helper."""
    helps = Collaborator.objects.filter(item=OuterRef("item"), member=membership)
    return (
        Placement.objects.filter(
            Q(item__owner=membership) | Exists(helps),
            organization=membership.organization_id,
            state=ItemState.APPROVED,
            historical=False,
            item__plan__in=visible_plans(membership.organization, membership),
        )
        .select_related("organization", "channel", "item__plan", "item__owner__user")
        .order_by("scheduled_at", "pk")
    )


def _latest(membership: Membership, now: datetime) -> datetime:
    return now - timedelta(hours=membership.organization.tolerance_hours)


def unconfirmed_of(membership: Membership, now: datetime) -> QuerySet[Placement]:
    """Did it go out? Approved posts of theirs whose time and tolerance have passed (rule 4)."""
    return _approved_of(membership).filter(scheduled_at__lt=_latest(membership, now))


def time_to_post_of(
    membership: Membership, now: datetime, ahead: timedelta = AHEAD
) -> QuerySet[Placement]:
    """Approved posts of theirs whose time comes within `ahead`, or came within the tolerance."""
    return _approved_of(membership).filter(
        scheduled_at__gte=_latest(membership, now), scheduled_at__lte=now + ahead
    )


@dataclass(frozen=True, slots=True)
class PublishLine:
    """One post on the "Time to post" panel.

    `state`: published, unconfirmed, due (its time has come or comes within the hours ahead), ready
    (approved, later) or waiting (not approved as it is now). `bypassed` is why it went out past
    approval.
    """

    post: Placement
    state: str
    copy: str
    may_record: bool
    may_bypass: bool
    bypassed: str


def publish_lines(
    membership: Membership, posts: Sequence[Placement], now: datetime
) -> list[PublishLine]:
    """What the panel shows of a story's posts; those cancelled, alone or with it, are left out.

    The posts come with `item`, `channel` and `publication` loaded; rights are asked once.
    """
    live = [post for post in posts if post.state != ItemState.CANCELLED]
    if not live:
        return []
    may_record = can(membership, Perm.PUBLISH, live[0])
    may_bypass = may_record and can(membership, Perm.BYPASS, live[0])
    return [_line(post, membership, now, may_record, may_bypass) for post in live]


def _line(
    post: Placement, membership: Membership, now: datetime, may_record: bool, may_bypass: bool
) -> PublishLine:
    publication = getattr(post, "publication", None)
    return PublishLine(
        post=post,
        state=_state(post, membership, now),
        copy=effective_copy(post.item, post),
        may_record=may_record and publication is None,
        may_bypass=may_bypass,
        bypassed=publication.bypass_reason if publication else "",
    )


def _state(post: Placement, membership: Membership, now: datetime) -> str:
    if post.state == ItemState.PUBLISHED:
        return "published"
    if post.state != ItemState.APPROVED:
        return "waiting"
    if post.scheduled_at is None or post.scheduled_at > now + AHEAD:
        return "ready"
    if post.scheduled_at < _latest(membership, now) and not post.historical:
        return "unconfirmed"
    return "due"
