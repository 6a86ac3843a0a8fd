"""That a post went out: recording it, and answering "did it go out?".

A publication is a fact: written once, never changed. It is of an approval of exactly the content
there is now, or past it, by an administrator with a reason that everyone reads (rule 6). The
database refuses anything else too.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from calendar_app import fields, states
from calendar_app.models import ContentItem, Placement, Publication
from calendar_app.services import cancel_post, move_post
from calendar_app.services.guards import demand, demand_as_seen, locked, record, touch
from people.errors import NotAllowed, Refused
from people.models import Membership
from people.permissions import Perm
from plans.queries import visible_plans
from workflow.queries import standing_approval

CLOCK_SKEW = timedelta(minutes=2)
"""How far two clocks may differ before a time counts as one that has not come yet."""


class Answer(StrEnum):
    """What can be answered to "did it go out?"."""

    AS_PLANNED = "as_planned"
    OTHER_TIME = "other_time"
    NO = "no"


class Then(StrEnum):
    """What becomes of a post that did not go out."""

    RESCHEDULE = "reschedule"
    TRAY = "tray"
    CANCEL = "cancel"


@transaction.atomic
def record_publication(
    *,
    post: Placement,
    by: Membership,
    published_at: datetime,
    address: str = "",
    bypass_reason: str = "",
) -> Publication:
    """Record that the post went out at `published_at` (an instant, not in the future), once.

    The same again by the same person gives the first answer. `Refused` if it is cancelled, was
    recorded otherwise, or what is there now is not approved and no reason to bypass is given;
    `NotAllowed` without the right to publish, or to bypass. An undated post is dated by it.
    """
    item, post = _locked(post)
    _demand_publisher(by, item, post)
    known = Publication.objects.filter(placement=post).first()
    if known is not None:
        if known.recorded_by_id == by.pk and known.published_at == published_at:
            return known
        raise Refused(_("It was recorded already that this post went out."))
    _demand_live(item, post)
    approval = standing_approval(item.subject)
    reason = "" if approval else bypass_reason.strip()
    if approval is None:
        _demand_bypass(by, post, reason)
    publication = Publication(
        organization=item.organization,
        placement=post,
        approval=approval,
        bypass_reason=reason,
        published_at=published_at,
        address=address,
        recorded_by=by,
    )
    if published_at > publication.recorded_at + CLOCK_SKEW:
        raise Refused(_("That time has not come yet. Give the time at which it went out."))
    publication.save()
    if post.scheduled_at is None:
        Placement.objects.filter(pk=post.pk).update(scheduled_at=published_at)
    states.refresh(item)
    touch(item)
    verb = "post.published" if approval else "post.bypassed"
    record(item, by, verb, text=reason, **_facts(post), at=published_at.isoformat())
    return publication


@transaction.atomic
def confirm(
    *,
    post: Placement,
    by: Membership,
    answer: Answer,
    published_at: datetime | None = None,
    address: str = "",
    then: Then | None = None,
    to: datetime | None = None,
    reason: str = "",
    seen: str | None = None,
) -> Publication | None:
    """Answer "did it go out?": as planned, at another time (`published_at`), or no.

    For no, `then` says what becomes of it: another time (`to`), the undated tray, or cancelled;
    approvals stay. None where it did not go out. Raises what `record_publication` raises, and
    `Stale` with both times where the answer speaks of the planned one and it is other by now than
    in `seen` (`fields.when_seen`; None where nobody looked).
    """
    if answer == Answer.NO:
        _did_not_go_out(post, by, then, to, reason, seen)
        return None
    at = _planned(post, by, seen) if answer == Answer.AS_PLANNED else published_at
    if at is None:
        raise Refused(_("Give the day and time at which it went out."))
    return record_publication(post=post, by=by, published_at=at, address=address)


def _planned(post: Placement, by: Membership, seen: str | None) -> datetime | None:
    """The planned time, if it is still the one that the person answered for.

    Once it went out, the second of two clicks gets the first one's answer, and others are told so.
    """
    item, fresh = _locked(post)
    _demand_publisher(by, item, fresh)
    if seen is not None and not Publication.objects.filter(placement=fresh).exists():
        demand_as_seen(item, fresh, seen, fields.time_seen(seen))
    return fresh.scheduled_at


def _did_not_go_out(
    post: Placement,
    by: Membership,
    then: Then | None,
    to: datetime | None,
    reason: str,
    seen: str | None,
) -> None:
    item, fresh = _locked(post)
    _demand_publisher(by, item, fresh)
    if Publication.objects.filter(placement=fresh).exists():
        raise Refused(_("It was recorded already that this post went out."))
    if then is None or (then == Then.RESCHEDULE and to is None):
        raise Refused(_("Choose what becomes of it: another time, the tray, or cancelled."))
    to = to if then == Then.RESCHEDULE else None
    if seen is not None:
        if seen != fields.when_seen(fresh) and _is_so(fresh, then, to):
            return  # the second of two clicks
        demand_as_seen(item, fresh, seen, fields.time_seen(seen) if then == Then.CANCEL else to)
    was = fresh.scheduled_at.isoformat() if fresh.scheduled_at else None
    record(item, by, "post.not_published", text=reason, **_facts(fresh), was=was, then=then.value)
    if then == Then.CANCEL:
        cancel_post(post=fresh, by=by, reason=reason)
    else:
        move_post(post=fresh, to=to, by=by)


def _is_so(post: Placement, then: Then, to: datetime | None) -> bool:
    """Whether the post is already what it was to become."""
    if then == Then.CANCEL:
        return post.cancelled_at is not None
    return post.cancelled_at is None and post.scheduled_at == to


def _locked(post: Placement) -> tuple[ContentItem, Placement]:
    item = locked(post.item)
    fresh = (
        Placement.objects.select_for_update(of=("self",))
        .select_related("channel")
        .get(organization_id=post.organization_id, pk=post.pk)
    )
    fresh.item = item
    return item, fresh


def _demand_publisher(by: Membership, item: ContentItem, post: Placement) -> None:
    demand(
        by,
        Perm.PUBLISH,
        post,
        _("The story's owner, who helps with it, or a manager records that it went out."),
    )
    if not visible_plans(item.organization, by).filter(pk=item.plan_id).exists():
        raise NotAllowed(_("You do not see this plan, so nothing was recorded."))


def _demand_live(item: ContentItem, post: Placement) -> None:
    if item.cancelled_at is not None or post.cancelled_at is not None:
        raise Refused(_("This post is cancelled. Restore it first."))


def _demand_bypass(by: Membership, post: Placement, reason: str) -> None:
    if not reason:
        raise Refused(
            _("What is there now is not approved, so it cannot be recorded as published yet.")
        )
    demand(
        by,
        Perm.BYPASS,
        post,
        _("Only an administrator publishes past approval, with a reason that is recorded."),
    )


def _facts(post: Placement) -> dict[str, Any]:
    return {"post": post.pk, "channel": post.channel_id, "channel_name": post.channel.name}
