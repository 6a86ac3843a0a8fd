"""What a person can do with a gap: fill it, hand it on, waive it, take the waiver back.

Gaps are computed, never stored, so each of these finds the gap again by its key as it is now, with
the promise locked, and refuses when it is not there any more: two people who fill the same slot
make one story.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from calendar_app.gap_queries import Gap, fillable, parse_key
from calendar_app.gap_slots import eligible_days
from calendar_app.gap_world import Loaded
from calendar_app.models import ContentItem, GapAssignment, GapWaiver
from calendar_app.services import NewPost, create_story
from people.activity import record
from people.errors import NotAllowed, Refused
from people.models import Membership, Organization
from people.permissions import WORKERS, Perm, can
from plancraft.lib.dates import local_day
from plans.models import Commitment
from plans.queries import visible_plans

LONGEST_WAIVER = 366


def promise_of(organization: Organization, viewer: Membership, key: str) -> Commitment | None:
    """The promise that a key names, if the viewer sees its plan; None for any other text."""
    return _promises(organization, viewer, key).first() if _is_key(key) else None


def _is_key(key: str) -> bool:
    try:
        parse_key(key)
    except ValueError:
        return False
    return True


def _promises(organization: Organization, viewer: Membership, key: str) -> QuerySet[Commitment]:
    return Commitment.objects.filter(
        organization=organization,
        pk=parse_key(key)[1],
        plan__in=visible_plans(organization, viewer).values("pk"),
    ).select_related("plan", "channel")


def _locked(
    organization: Organization, by: Membership, key: str, now: datetime
) -> tuple[Commitment, Loaded, Gap]:
    """The promise, locked, and the gap as it is now; `Refused` where it is gone."""
    gone = _("This gap is not there any more. Someone may have filled it a moment ago.")
    if not _is_key(key):
        raise Refused(gone)
    promise = _promises(organization, by, key).select_for_update(of=("self",)).first()
    if promise is None:
        raise Refused(gone)
    loaded, gap = fillable(organization, by, key, now)
    if gap is None:
        raise Refused(gone)
    return promise, loaded, gap


@transaction.atomic
def fill(
    *,
    organization: Organization,
    key: str,
    by: Membership,
    title: str,
    owner: Membership | None,
    at: datetime,
    now: datetime,
) -> ContentItem:
    """A draft in the gap: a story of the promise's plan with one post on its channel at `at`.

    `Refused` if the gap is not there any more, or if a post at that time would not fill it.
    """
    _demand_worker(by)
    promise, loaded, gap = _locked(organization, by, key, now)
    day = local_day(at, promise.channel.zone(organization))
    if at < now or day not in eligible_days(
        loaded, gap, local_day(now, promise.channel.zone(organization))
    ):
        raise Refused(_("A post at that time would not fill this gap. Choose one of its days."))
    item = create_story(
        organization=organization,
        plan=promise.plan,
        title=title,
        by=by,
        owner=owner,
        posts=[NewPost(promise.channel, at)],
    )
    GapAssignment.objects.filter(organization=organization, key=key).delete()
    record(
        organization=organization,
        actor=by,
        verb="gap.filled",
        subject=item,
        plan_id=promise.plan_id,
        **_facts(promise, gap),
    )
    return item


@transaction.atomic
def hand_on(
    *,
    organization: Organization,
    key: str,
    to: Membership,
    by: Membership,
    now: datetime,
    note: str = "",
) -> GapAssignment:
    """From now on `to` answers for filling the gap. Handing it to the same person again is once."""
    _demand_worker(by)
    if to.organization_id != organization.pk or not to.is_active or to.role not in WORKERS:
        raise Refused(_("Choose someone who can write here; readers and experts only advise."))
    promise, _loaded, gap = _locked(organization, by, key, now)
    if not visible_plans(organization, to).filter(pk=promise.plan_id).exists():
        raise Refused(
            _("%(name)s does not see this plan. Choose someone who does.") % {"name": to.name}
        )
    before = GapAssignment.objects.filter(organization=organization, key=key).first()
    if before is not None and before.to_id == to.pk and before.note == note:
        return before
    assignment, _new = GapAssignment.objects.update_or_create(
        organization=organization, key=key, defaults={"to": to, "by": by, "note": note, "at": now}
    )
    record(
        organization=organization,
        actor=by,
        verb="gap.handed_on",
        subject=assignment,
        plan_id=promise.plan_id,
        text=note,
        to=to.pk,
        **_facts(promise, gap),
    )
    return assignment


@transaction.atomic
def waive(
    *,
    organization: Organization,
    key: str,
    by: Membership,
    reason: str,
    expires_on: date,
    now: datetime,
) -> GapWaiver:
    """Accept the gap until `expires_on`, that day included. It stays in the record.

    Only the champion, a manager or an administrator; `Refused` without a reason, or with an end
    that is over or more than a year away.
    """
    promise, _loaded, gap = _locked(organization, by, key, now)
    _demand_waiver(by, promise)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why the promise need not be kept here. Others read your reason."))
    left = (expires_on - local_day(now, promise.channel.zone(organization))).days
    if not 0 <= left <= LONGEST_WAIVER:
        raise Refused(_("Choose until when: a day from today on, at most a year ahead."))
    if gap.waiver is not None:
        raise Refused(_("This gap is waived already."))
    _end(organization, key, now)  # one that has run out
    waiver = GapWaiver.objects.create(
        organization=organization, key=key, reason=reason, expires_on=expires_on, by=by, at=now
    )
    record(
        organization=organization,
        actor=by,
        verb="gap.waived",
        subject=waiver,
        plan_id=promise.plan_id,
        text=reason,
        until=str(expires_on),
        **_facts(promise, gap),
    )
    return waiver


@transaction.atomic
def unwaive(
    *, organization: Organization, key: str, by: Membership, now: datetime
) -> GapWaiver | None:
    """Take the waiver back, so that the gap counts again. Without one nothing changes."""
    promise = promise_of(organization, by, key)
    if promise is None:
        raise Refused(_("This promise is not there any more."))
    _demand_waiver(by, promise)
    waiver = _end(organization, key, now)
    if waiver is not None:
        record(
            organization=organization,
            actor=by,
            verb="gap.unwaived",
            subject=waiver,
            plan_id=promise.plan_id,
            channel=promise.channel_id,
            channel_name=promise.channel.name,
            key=key,
        )
    return waiver


def _end(organization: Organization, key: str, now: datetime) -> GapWaiver | None:
    waiver = (
        GapWaiver.objects.select_for_update(of=("self",))
        .filter(organization=organization, key=key, ended_at=None)
        .first()
    )
    if waiver is not None:
        waiver.ended_at = now
        waiver.save(update_fields=["ended_at"])
    return waiver


def _demand_worker(by: Membership) -> None:
    if not can(by, Perm.GAP_FILL):
        raise NotAllowed(_("Your role reads and advises; it does not fill gaps."))


def _demand_waiver(by: Membership, promise: Commitment) -> None:
    if not can(by, Perm.GAP_WAIVE, promise.plan):
        raise NotAllowed(_("The champion of the plan or a manager can waive a gap."))


def _facts(promise: Commitment, gap: Gap) -> dict[str, Any]:
    return {
        "key": gap.key,
        "channel": promise.channel_id,
        "channel_name": promise.channel.name,
        "first": str(gap.finding.period.start),
        "last": str(gap.finding.period.end),
        "missing": gap.missing,
    }
