"""Channels and the days on which they stay quiet: create, edit, archive, restore, black out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from people.activity import record
from people.errors import NotAllowed, Refused
from people.models import Membership, Organization
from people.permissions import Perm, can
from plancraft.lib.changes import fingerprint
from plancraft.lib.dates import Period
from plans.models import Blackout, Channel, Commitment
from plans.records import ChannelFields, channel_fields
from plans.rules import LONGEST_PLAN, PlanState
from plans.services._shared import can_here, changed_fields, check_owner, stale, unique_name
from plans.services.promises import end_locked
from workflow.models import Subject


@transaction.atomic
def create_channel(
    *,
    organization: Organization,
    by: Membership,
    fields: ChannelFields,
    owner: Membership | None = None,
) -> Channel:
    """A new channel; without an owner it is unowned from now on."""
    if not can_here(by, Perm.CHANNEL_CREATE, organization):
        raise NotAllowed(_("Only a manager or an administrator can add a channel."))
    check_owner(organization, owner, None)
    channel = Channel(organization=organization, owner=owner)
    if owner is not None:
        channel.unowned_since = None
    else:
        channel.unowned_reason = _("new")
    _write(channel, fields)
    _record(channel, by, "channel.created", owner=owner.pk if owner else None)
    return channel


@transaction.atomic
def edit_channel(*, channel: Channel, by: Membership, seen: str, fields: ChannelFields) -> Channel:
    """Change the channel. `Stale` if it is no longer what `seen` (a fingerprint) stands for."""
    channel = _lock(channel)
    _require_edit(by, channel)
    current = channel_fields(channel)
    if seen != fingerprint(current.words()):
        raise stale(channel, channel.organization, current)
    changed = changed_fields(current.words(), fields.words())
    if "kind" in changed and not can(by, Perm.CHANNEL_CREATE, channel):
        raise Refused(
            _("What kind of channel it is decides who approves its posts: ask a manager for that.")
        )
    if changed:
        _write(channel, fields)
        _record(channel, by, "channel.edited", fields=changed)
    return channel


@transaction.atomic
def archive_channel(*, channel: Channel, by: Membership, at: datetime, today: date) -> Channel:
    """Nothing more is promised on the channel: it is put away, and its promises end today.

    `today` is the day in the channel's zone. Each plan's activity says that its promise ended.
    Done already: nothing changes.
    """
    _lock_what_promises(channel)
    channel = _lock(channel)
    _require_lead(by, channel)
    if channel.archived_at is not None:
        return channel
    promises = (
        Commitment.objects.filter(channel=channel)
        .exclude(plan__state=PlanState.CLOSED)
        .select_for_update(of=("self",))
        .select_related("plan", "organization", "channel")
        .order_by("pk")
    )
    for promise in promises:
        plan = promise.plan
        end_locked(promise, by, today, Period(plan.starts_on, plan.ends_on))
    channel.archived_at = at
    channel.save(update_fields=["archived_at"])
    _record(channel, by, "channel.archived")
    return channel


def _lock_what_promises(channel: Channel) -> None:
    """Plans before their promises, as whoever edits a plan locks them, so that neither waits
    for the other."""
    plans = Commitment.objects.filter(channel=channel).values("plan")
    subjects = Subject.objects.select_for_update(no_key=True).filter(plan__in=plans)
    list(subjects.order_by("pk").values("pk"))


@transaction.atomic
def restore_channel(*, channel: Channel, by: Membership, at: datetime) -> Channel:
    """Use the channel again, without promises; unowned since `at` if its owner has left."""
    channel = _lock(channel)
    _require_lead(by, channel)
    if channel.archived_at is None:
        return channel
    channel.archived_at = None
    if channel.owner is not None and not channel.owner.is_active:
        channel.owner, channel.unowned_since = None, at
        channel.unowned_reason = _("its owner has left")
    channel.save(update_fields=["archived_at", "owner", "unowned_since", "unowned_reason"])
    _record(channel, by, "channel.restored")
    return channel


@transaction.atomic
def add_blackout(
    *,
    organization: Organization,
    by: Membership,
    name: str,
    starts_on: date,
    ends_on: date,
    channel: Channel | None = None,
) -> Blackout:
    """Ask for no posts on these days (both included), on one channel or everywhere."""
    _require_blackout(by, channel, organization)
    if ends_on < starts_on:
        raise Refused(_("The last quiet day cannot come before the first."))
    if (ends_on - starts_on).days >= LONGEST_PLAN:
        raise Refused(_("That is longer than five years. Check the year of the last day."))
    blackout = Blackout.objects.create(
        organization=organization, channel=channel, name=name, starts_on=starts_on, ends_on=ends_on
    )
    _record_blackout(blackout, by, "blackout.added")
    return blackout


@transaction.atomic
def remove_blackout(*, blackout: Blackout, by: Membership) -> None:
    """Posts are welcome again on those days. Done already: nothing changes."""
    _require_blackout(by, blackout.channel, blackout.organization)
    locked = Blackout.objects.select_for_update().filter(pk=blackout.pk).first()
    if locked is not None:
        _record_blackout(locked, by, "blackout.removed")
        locked.delete()


def may_black_out(by: Membership, channel: Channel | None, organization: Organization) -> bool:
    """Whether `by` may ask for quiet days there: a channel's owner on it, leaders everywhere."""
    if channel is None:
        return can_here(by, Perm.CHANNEL_CREATE, organization)
    return can(by, Perm.CHANNEL_EDIT, channel)


def _require_blackout(by: Membership, channel: Channel | None, organization: Organization) -> None:
    if not may_black_out(by, channel, organization):
        raise NotAllowed(_("Quiet days are set by managers, and by a channel's owner for it."))


def _require_edit(by: Membership, channel: Channel) -> None:
    if not can(by, Perm.CHANNEL_EDIT, channel):
        raise NotAllowed(_("Only its owner, a manager or an administrator can change a channel."))


def _require_lead(by: Membership, channel: Channel) -> None:
    if not can(by, Perm.CHANNEL_CREATE, channel):
        raise NotAllowed(_("Only a manager or an administrator can archive a channel."))


def _lock(channel: Channel) -> Channel:
    return (
        Channel.objects.select_for_update(of=("self",))
        .select_related("organization", "owner__user", "department")
        .get(pk=channel.pk)
    )


def _write(channel: Channel, fields: ChannelFields) -> None:
    channel.kind = fields.kind
    channel.name = fields.name
    channel.short_name = fields.short_name
    channel.department = fields.department
    channel.time_zone = fields.time_zone
    channel.is_public = fields.is_public
    channel.min_spacing_minutes = fields.min_spacing_minutes
    with unique_name("plans_channel_name"):
        channel.save()


def _record(channel: Channel, by: Membership, verb: str, **facts: Any) -> None:
    record(
        organization=channel.organization,
        actor=by,
        verb=verb,
        subject=channel,
        text=channel.name,
        **facts,
    )


def _record_blackout(blackout: Blackout, by: Membership, verb: str) -> None:
    record(
        organization=blackout.organization,
        actor=by,
        verb=verb,
        subject=blackout,
        text=blackout.name,
        channel=blackout.channel_id,
        starts_on=blackout.starts_on.isoformat(),
        ends_on=blackout.ends_on.isoformat(),
    )
