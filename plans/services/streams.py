"""Streams of a plan: create, edit, archive, restore."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from people.activity import record
from people.errors import NotAllowed, Refused
from people.models import Membership
from people.permissions import Perm, can
from plancraft.lib.changes import fingerprint
from plans import queries
from plans.models import Plan, Stream
from plans.records import StreamFields, stream_fields
from plans.services._shared import (
    changed_fields,
    check_owner,
    lock_plan,
    note_change,
    refuse_if_closed,
    require_plan_edit,
    stale,
    unique_name,
)


@transaction.atomic
def create_stream(
    *, plan: Plan, by: Membership, fields: StreamFields, owner: Membership | None = None
) -> Stream:
    """A new stream of the plan; without an owner it is unowned from now on."""
    plan = lock_plan(plan)
    require_plan_edit(by, plan)
    refuse_if_closed(plan)
    check_owner(plan.organization, owner, plan)
    stream = Stream(organization=plan.organization, plan=plan, owner=owner)
    if owner is not None:
        stream.unowned_since = None
    else:
        stream.unowned_reason = _("new")
    _write(stream, fields)
    note_change(plan, by)
    _record(stream, by, "stream.created", owner=owner.pk if owner else None)
    return stream


@transaction.atomic
def edit_stream(*, stream: Stream, by: Membership, seen: str, fields: StreamFields) -> Stream:
    """Change the stream. `Stale` if it is no longer what `seen` (a fingerprint) stands for."""
    stream = _lock(stream, by)
    current = stream_fields(stream)
    if seen != fingerprint(current.words()):
        raise stale(stream, stream.organization, current)
    changed = changed_fields(current.words(), fields.words())
    if changed:
        _write(stream, fields)
        note_change(stream.plan, by)
        _record(stream, by, "stream.edited", fields=changed)
    return stream


@transaction.atomic
def archive_stream(*, stream: Stream, by: Membership, at: datetime) -> Stream:
    """Put the stream away; it keeps its owner as history. Done already: nothing changes."""
    stream = _lock(stream, by)
    if stream.archived_at is None:
        stream.archived_at = at
        stream.save(update_fields=["archived_at"])
        note_change(stream.plan, by)
        _record(stream, by, "stream.archived")
    return stream


@transaction.atomic
def restore_stream(*, stream: Stream, by: Membership, at: datetime) -> Stream:
    """Take the stream out of the archive; without its former owner if they left, since `at`."""
    stream = _lock(stream, by)
    if stream.archived_at is not None:
        stream.archived_at = None
        stream.save(update_fields=["archived_at"])
        release_if_gone(stream, at)
        note_change(stream.plan, by)
        _record(stream, by, "stream.restored")
    return stream


def release_if_gone(row: Stream, at: datetime) -> None:
    """Nothing unfinished may point at a person who cannot act (rule 2)."""
    if row.owner is not None and not row.owner.is_active:
        row.owner, row.unowned_since = None, at
        row.unowned_reason = _("its owner has left")
        row.save(update_fields=["owner", "unowned_since", "unowned_reason"])


def _lock(stream: Stream, by: Membership) -> Stream:
    plan = lock_plan(stream.plan)
    if not can(by, Perm.PLAN_EDIT, stream) or not queries.may_see(by, plan):
        raise NotAllowed(_("Only its owner, the champion or a manager can change a stream."))
    refuse_if_closed(plan)
    return (
        Stream.objects.select_for_update(of=("self",))
        .select_related("organization", "owner__user", "objective", "department", "plan")
        .get(pk=stream.pk)
    )


def _write(stream: Stream, fields: StreamFields) -> None:
    if fields.objective is not None and fields.objective.plan_id != stream.plan_id:
        raise Refused(_("That objective belongs to another plan."))
    stream.name = fields.name
    stream.objective = fields.objective
    stream.department = fields.department
    stream.rhythm_days = fields.rhythm_days
    with unique_name("plans_stream_name"):
        stream.save()


def _record(stream: Stream, by: Membership, verb: str, **facts: object) -> None:
    record(
        organization=stream.organization,
        actor=by,
        verb=verb,
        subject=stream,
        plan_id=stream.plan_id,
        text=stream.name,
        **facts,
    )
