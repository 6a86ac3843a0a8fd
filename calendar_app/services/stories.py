"""What a person can do with stories: create, edit, name helpers, cancel, restore."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from calendar_app import fields, states
from calendar_app.models import Collaborator, ContentItem, Placement
from calendar_app.services.guards import (
    NewPost,
    changing_content,
    demand,
    demand_editor,
    demand_open_channel,
    demand_sight_of,
    last_editor,
    locked,
    record,
    touch,
)
from people.errors import NotAllowed, Refused, Stale
from people.models import Membership, Organization
from people.permissions import WORKERS, Perm
from plancraft.lib.changes import Change
from plans.models import Plan, Stream
from plans.queries import may_see
from workflow import reviews


@transaction.atomic
def create_story(
    *,
    organization: Organization,
    plan: Plan,
    title: str,
    by: Membership,
    owner: Membership | None = None,
    stream: Stream | None = None,
    brief: str = "",
    copy: str = "",
    link: str = "",
    embargo_until: datetime | None = None,
    posts: Sequence[NewPost] = (),
) -> ContentItem:
    """A new story with its posts. Who creates it may name the owner; without one no one owns it.

    `Refused` if the plan is closed, a channel is archived or the owner cannot own; `NotAllowed` if
    the member may not write or does not see the plan.
    """
    demand_editor(by, plan.pk, organization)
    _demand_room_for_story(organization, plan, stream, owner)
    item = ContentItem(
        organization=organization,
        plan=plan,
        stream=stream,
        subject=reviews.create_subject(organization=organization, kind="content_item"),
        title=title,
        brief=brief,
        copy=copy,
        link=link,
        embargo_until=embargo_until,
        created_by=by,
    )
    _own_from_the_start(item, owner)
    item.save()
    for post in posts:
        demand_open_channel(post.channel, organization)
    Placement.objects.bulk_create(_placements(item, posts))
    reviews.note_edit(subject=item.subject, by=by)
    states.refresh(item)
    record(
        item,
        by,
        "story.created",
        text=title,
        posts=len(posts),
        owner=owner.pk if owner else None,
    )
    return item


def _demand_room_for_story(
    organization: Organization, plan: Plan, stream: Stream | None, owner: Membership | None
) -> None:
    if plan.state == Plan.State.CLOSED:
        raise Refused(
            _("%(plan)s is closed. Choose a plan that is still running.") % {"plan": plan.name}
        )
    if stream is not None and stream.plan_id != plan.pk:
        raise Refused(_("That stream belongs to another plan."))
    if owner is None:
        return
    # Held against deactivation, so that nobody becomes accountable while they leave.
    list(Membership.objects.select_for_update(no_key=True).filter(pk=owner.pk))
    owner.refresh_from_db(fields=["role", "deactivated_at"])
    if owner.organization_id != organization.pk or not owner.is_active:
        raise Refused(_("The owner must be someone who can act here. Choose one person."))
    if owner.role not in WORKERS:
        raise Refused(
            _("%(name)s reads and advises, and cannot own a story. Choose someone else.")
            % {"name": owner.user.get_full_name()}
        )
    demand_sight_of(owner, plan)


def _own_from_the_start(item: ContentItem, owner: Membership | None) -> None:
    if owner is None:
        item.unowned_reason = "new"
        return
    item.owner = owner
    item.unowned_since = None


def _placements(item: ContentItem, posts: Sequence[NewPost]) -> list[Placement]:
    return [
        Placement(
            organization_id=item.organization_id,
            item=item,
            channel=post.channel,
            scheduled_at=post.scheduled_at,
            copy=post.copy,
            historical=post.historical,
        )
        for post in posts
    ]


@transaction.atomic
def edit_story(
    *,
    item: ContentItem,
    by: Membership,
    version: int,
    changes: Mapping[str, Any],
    seen: str = "",
) -> ContentItem:
    """Change title, brief, copy, link, embargo or stream; returns the story as it is now.

    `version` is the one that the person looked at. If it is no longer the one there, and neither is
    what the form showed (`seen`, a `fields.fingerprint`), `Stale` carries the differing fields: a
    post that was only moved meanwhile is no conflict. Unknown fields raise `ValueError`.
    """
    if unknown := set(changes) - set(fields.STORY_LABELS):
        raise ValueError(f"not a field of a story: {sorted(unknown)}")
    item = locked(item)
    demand_editor(by, item.plan_id, item.organization)
    if item.version != version and fields.story_fingerprint(item) != seen:
        raise _stale(item, changes)
    changed = [name for name, value in changes.items() if getattr(item, name) != value]
    if not changed:
        return item
    if "stream" in changed and changes["stream"] is not None:
        _demand_room_for_story(item.organization, item.plan, changes["stream"], None)
    with changing_content(item, by):
        for name in changed:
            setattr(item, name, changes[name])
        item.save(update_fields=changed)
    touch(item)
    record(item, by, "story.edited", fields=sorted(changed))
    return item


def _stale(item: ContentItem, changes: Mapping[str, Any]) -> Stale:
    found: list[Change] = fields.story_differences(item, changes)
    return Stale(
        _("%(name)s saved this story while you were writing.") % {"name": last_editor(item)}, found
    )


@transaction.atomic
def set_collaborators(
    *, item: ContentItem, members: Sequence[Membership], by: Membership
) -> ContentItem:
    """Name who helps; the owner is not a helper. Only owner, champion and leaders may."""
    item = locked(item)
    demand(
        by,
        Perm.ASSIGN,
        item,
        _("Only the owner, the champion or a manager says who helps with this story."),
    )
    if not may_see(by, item.plan):
        raise NotAllowed(_("You do not see this plan, so nothing was changed."))
    wanted = {member.pk for member in members if member.pk != item.owner_id}
    for member in members:
        if member.organization_id != item.organization_id or not member.is_active:
            raise Refused(_("Only people of this organization can help. Choose from the list."))
        if member.role not in WORKERS:
            raise Refused(
                _("%(name)s reads and advises, and cannot be named here.")
                % {"name": member.user.get_full_name()}
            )
        demand_sight_of(member, item.plan)
    had = set(item.collaborations.values_list("member_id", flat=True))
    if wanted == had:
        return item
    item.collaborations.exclude(member__in=wanted).delete()
    Collaborator.objects.bulk_create(
        Collaborator(organization_id=item.organization_id, item=item, member_id=pk)
        for pk in sorted(wanted - had)
    )
    record(item, by, "story.collaborators", added=sorted(wanted - had), gone=sorted(had - wanted))
    return item


@transaction.atomic
def cancel_story(*, item: ContentItem, by: Membership, reason: str = "") -> ContentItem:
    """Take the whole story out of the calendar; what went out already stays published."""
    item = locked(item)
    _demand_mover(by, item)
    if item.cancelled_at is not None:
        return item
    with changing_content(item, by):
        ContentItem.objects.filter(pk=item.pk).update(cancelled_at=Now())
        item.refresh_from_db(fields=["cancelled_at"])
    touch(item)
    record(item, by, "story.cancelled", text=reason)
    return item


@transaction.atomic
def restore_story(*, item: ContentItem, by: Membership) -> ContentItem:
    """Bring a cancelled story back; its approval stands again for exactly what was approved."""
    item = locked(item)
    _demand_mover(by, item)
    if item.cancelled_at is None:
        return item
    with changing_content(item, by):
        item.cancelled_at = None
        item.save(update_fields=["cancelled_at"])
    touch(item)
    record(item, by, "story.restored")
    return item


def _demand_mover(by: Membership, item: ContentItem) -> None:
    demand_editor(by, item.plan_id, item.organization)
    demand(
        by,
        Perm.POST_MOVE,
        item,
        _("Once a story is past draft, its owner, a helper, the champion or a manager cancels it."),
    )
