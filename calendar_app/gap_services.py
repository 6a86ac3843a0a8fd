"""What a person can do with a gap: fill it, hand it on, waive it, take the waiver back.

A lapsed stakeholder is handed on and waived like any other gap; it is mended by a touchpoint.

Gaps are computed, never stored, so each of these finds the gap again by its key as it is now, with
the promise locked, and refuses when it is not there any more: two people who fill the same slot
make one story.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from calendar_app.gap_grounds import Ground, as_it_is_now, ground_of
from calendar_app.gap_queries import Gap
from calendar_app.gap_slots import eligible_days
from calendar_app.gap_world import Loaded
from calendar_app.models import ContentItem, GapAssignment, GapWaiver
from calendar_app.services import NewPost, create_story
from people.activity import erase_words, record
from people.errors import NotAllowed, Refused
from people.models import Membership, Organization
from people.permissions import WORKERS, Perm, can
from plancraft.lib.dates import local_day
from plans.models import Commitment
from plans.queries import may_see
from plans.stakeholders.rules import KIND

LONGEST_WAIVER = 366


def _locked(
    organization: Organization, by: Membership, key: str, now: datetime
) -> tuple[Ground, Loaded, Gap]:
    """What the gap hangs on, locked, and the gap as it is now; `Refused` where it is gone."""
    gone = _("This gap is not there any more. Someone may have filled it a moment ago.")
    ground = ground_of(organization, by, key, lock=True)
    if ground is None:
        raise Refused(gone)
    loaded, gap = as_it_is_now(organization, by, key, now)
    if gap is None:
        raise Refused(gone)
    return ground, loaded, gap


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
    ground, loaded, gap = _locked(organization, by, key, now)
    promise = ground.row
    if not isinstance(promise, Commitment):
        raise Refused(_("Speak with them and record it: no post fills this gap."))
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
        plan_id=ground.plan_id,
        **_facts(ground, gap),
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
    ground, _loaded, gap = _locked(organization, by, key, now)
    if ground.plan is not None and not may_see(to, ground.plan):
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
        plan_id=ground.plan_id,
        text=note,
        to=to.pk,
        **_facts(ground, gap),
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
    ground, _loaded, gap = _locked(organization, by, key, now)
    _demand_waiver(by, ground)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why the promise need not be kept here. Others read your reason."))
    left = (expires_on - local_day(now, ground.zone)).days
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
        plan_id=ground.plan_id,
        text=reason,
        until=str(expires_on),
        **_facts(ground, gap),
    )
    return waiver


@transaction.atomic
def unwaive(
    *, organization: Organization, key: str, by: Membership, now: datetime
) -> GapWaiver | None:
    """Take the waiver back, so that the gap counts again. Without one nothing changes."""
    ground = ground_of(organization, by, key)
    if ground is None:
        raise Refused(_("This promise is not there any more."))
    _demand_waiver(by, ground)
    waiver = _end(organization, key, now)
    if waiver is not None:
        record(
            organization=organization,
            actor=by,
            verb="gap.unwaived",
            subject=waiver,
            plan_id=ground.plan_id,
            key=key,
            **ground.facts(),
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


def _demand_waiver(by: Membership, ground: Ground) -> None:
    if not can(by, Perm.GAP_WAIVE, ground.plan or ground.row):
        raise NotAllowed(_("The champion of the plan or a manager can waive a gap."))


def _facts(ground: Ground, gap: Gap) -> dict[str, Any]:
    return {
        **ground.facts(),
        "key": gap.key,
        "first": str(gap.finding.period.start),
        "last": str(gap.finding.period.end),
        "missing": gap.missing,
    }


def forget_stakeholder(organization: Organization, stakeholder_id: int, at: datetime) -> None:
    """Erase the words that waivers and hand-overs of this stakeholder's lapses keep (rule of
    `plans.stakeholders.services.erase`, in whose transaction this runs)."""
    kept = {"organization": organization, "key__startswith": f"{KIND}:{stakeholder_id}:"}
    for model, field, blank in ((GapWaiver, "reason", "–"), (GapAssignment, "note", "")):
        rows = model.objects.filter(**kept)
        erase_words(
            organization=organization,
            subject_type=model._meta.label,
            subject_ids=rows.values_list("pk", flat=True),
            at=at,
        )
        rows.update(**{field: blank})
