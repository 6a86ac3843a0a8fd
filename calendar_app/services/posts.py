"""What a person can do with posts: add, edit, move, cancel, restore."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from calendar_app import fields
from calendar_app.models import ContentItem, Placement, Publication
from calendar_app.services.guards import (
    NewPost,
    changing_content,
    demand,
    demand_as_seen,
    demand_editor,
    demand_open_channel,
    last_editor,
    locked,
    record,
    touch,
)
from people.errors import Refused, Stale
from people.models import Membership
from people.permissions import Perm


@transaction.atomic
def add_post(*, item: ContentItem, post: NewPost, by: Membership) -> Placement:
    """One more post of the story. A channel or copy that was not approved needs approval again."""
    item = locked(item)
    demand_editor(by, item.plan_id, item.organization)
    _demand_live_story(item)
    demand_open_channel(post.channel, item.organization)
    with changing_content(item, by):
        placement = Placement.objects.create(
            organization_id=item.organization_id,
            item=item,
            channel=post.channel,
            scheduled_at=post.scheduled_at,
            copy=post.copy,
            historical=post.historical,
        )
    touch(item)
    record(item, by, "post.added", **_facts(placement), at=_instant(post.scheduled_at))
    placement.refresh_from_db(fields=["state"])
    return placement


@transaction.atomic
def edit_post(
    *, post: Placement, by: Membership, version: int, changes: Mapping[str, Any], seen: str = ""
) -> Placement:
    """Change the channel or the copy of one post; `version` is the story's that the person saw.

    `Stale` with the differing fields as in `edit_story`; `Refused` once it went out.
    """
    if unknown := set(changes) - set(fields.POST_LABELS):
        raise ValueError(f"not a field of a post: {sorted(unknown)}")
    item, post = _locked(post)
    demand_editor(by, item.plan_id, item.organization)
    if item.version != version and fields.post_fingerprint(post) != seen:
        words = _("%(name)s saved this story while you were writing.")
        sentence = words % {"name": last_editor(item)}
        raise Stale(sentence, fields.post_differences(post, changes))
    _demand_changeable(item, post)
    changed = [name for name, value in changes.items() if getattr(post, name) != value]
    if not changed:
        return post
    if "channel" in changed:
        demand_open_channel(changes["channel"], item.organization)
    with changing_content(item, by):
        for name in changed:
            setattr(post, name, changes[name])
        post.save(update_fields=changed)
    touch(item)
    record(item, by, "post.edited", **_facts(post), fields=sorted(changed))
    post.refresh_from_db(fields=["state"])
    return post


@transaction.atomic
def move_post(
    *, post: Placement, to: datetime | None, by: Membership, seen: str | None = None
) -> Placement:
    """Give the post another time, a first one, or (None) put it back into the undated tray.

    Only the time changes, so approvals are kept (rule 6). A row of the past that gets a new time
    is planned again, and no longer historical. `seen` is `fields.when_seen` of the post that the
    person looked at, None where nobody looked: `Stale` with both times if it is other by now.
    """
    item, post = _locked(post)
    demand_editor(by, item.plan_id, item.organization)
    demand(
        by,
        Perm.POST_MOVE,
        post,
        _("Once a post is past draft, its owner, a helper, the champion or a manager moves it."),
    )
    _demand_changeable(item, post)
    before = post.scheduled_at
    if before == to:
        return post
    if seen is not None:
        demand_as_seen(item, post, seen, to)
    post.scheduled_at = to
    post.historical = False
    post.save(update_fields=["scheduled_at", "historical"])
    touch(item)
    record(item, by, "post.moved", **_facts(post), was=_instant(before), to=_instant(to))
    return post


@transaction.atomic
def cancel_post(*, post: Placement, by: Membership, reason: str = "") -> Placement:
    """Take one post out of the calendar; the story's other posts stay. Doing it twice is once."""
    item, post = _locked(post)
    _demand_mover(by, item, post)
    if Publication.objects.filter(placement=post).exists():
        raise Refused(_("It went out already, so it cannot be cancelled."))
    if post.cancelled_at is not None:
        return post
    with changing_content(item, by):
        Placement.objects.filter(pk=post.pk).update(cancelled_at=Now())
    touch(item)
    record(item, by, "post.cancelled", text=reason, **_facts(post))
    post.refresh_from_db(fields=["state", "cancelled_at"])
    return post


@transaction.atomic
def restore_post(*, post: Placement, by: Membership) -> Placement:
    """Bring a cancelled post back at the time that it had."""
    item, post = _locked(post)
    _demand_mover(by, item, post)
    _demand_live_story(item)
    if post.cancelled_at is None:
        return post
    with changing_content(item, by):
        post.cancelled_at = None
        post.save(update_fields=["cancelled_at"])
    touch(item)
    record(item, by, "post.restored", **_facts(post))
    post.refresh_from_db(fields=["state"])
    return post


def _locked(post: Placement) -> tuple[ContentItem, Placement]:
    item = locked(post.item)
    fresh = (
        Placement.objects.select_for_update(of=("self",))
        .select_related("channel")
        .get(organization_id=post.organization_id, pk=post.pk)
    )
    fresh.item = item
    return item, fresh


def _demand_mover(by: Membership, item: ContentItem, post: Placement) -> None:
    demand_editor(by, item.plan_id, item.organization)
    demand(
        by,
        Perm.POST_MOVE,
        post,
        _("Once a post is past draft, its owner, a helper, the champion or a manager cancels it."),
    )


def _demand_changeable(item: ContentItem, post: Placement) -> None:
    """It neither went out nor was cancelled."""
    if Publication.objects.filter(placement=post).exists():
        raise Refused(_("It went out already, so it stays as it was."))
    if post.cancelled_at is not None:
        raise Refused(_("This post is cancelled. Restore it first."))
    _demand_live_story(item)


def _demand_live_story(item: ContentItem) -> None:
    if item.cancelled_at is not None:
        raise Refused(_("This story is cancelled. Restore it first."))


def _facts(post: Placement) -> dict[str, Any]:
    return {"post": post.pk, "channel": post.channel_id, "channel_name": post.channel.name}


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
