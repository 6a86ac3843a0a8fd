"""What every service of stories and posts does first and last: lock, ask, tell, record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from calendar_app import fields, states
from calendar_app.models import ContentItem, ItemState, Placement
from calendar_app.snapshot import snapshot
from people import activity
from people import queries as people
from people.errors import NotAllowed, Refused, Stale
from people.models import Membership, Organization
from people.permissions import Perm, can
from plans.models import Channel, Plan
from plans.queries import may_see, visible_plans
from workflow import ownership, reviews
from workflow.models import Subject

FINISHED = (ItemState.PUBLISHED, ItemState.CANCELLED)


@dataclass(frozen=True)
class NewPost:
    """A post to be made: `scheduled_at` is an instant, None puts it into the undated tray.

    `copy` empty means the story's own. `historical` marks a row of a file whose time is past.
    """

    channel: Channel
    scheduled_at: datetime | None = None
    copy: str = ""
    historical: bool = False


def locked(item: ContentItem) -> ContentItem:
    """The story as it is now, its subject locked first and then its own row."""
    Subject.objects.select_for_update().get(
        organization_id=item.organization_id, pk=item.subject_id
    )
    return (
        ContentItem.objects.select_for_update(of=("self",))
        .select_related("organization", "plan__owner", "owner")
        .get(organization_id=item.organization_id, pk=item.pk)
    )


@contextmanager
def changing_content(item: ContentItem, by: Membership) -> Iterator[None]:
    """Tell the approvals if what a reader would see is another afterwards; refresh the state."""
    before, was = snapshot(item), item.state
    yield
    if snapshot(item) != before:
        reviews.note_edit(subject=item.subject, by=by)
    if states.refresh(item) not in FINISHED and was in FINISHED:
        ownership.release_if_gone(item)


def touch(item: ContentItem) -> None:
    """Count this save, so that an edit begun before it notices."""
    ContentItem.objects.filter(pk=item.pk).update(version=F("version") + 1, updated_at=Now())
    item.version += 1


def last_editor(item: ContentItem) -> str:
    """Who changed the story last, by name, for who comes second."""
    row = people.activity_of(item.organization, item._meta.label, item.pk).first()
    return row.actor.name if row is not None and row.actor is not None else _("Someone else")


def record(item: ContentItem, by: Membership, verb: str, text: str = "", **payload: Any) -> None:
    """Everything about a story and its posts stands in the story's history."""
    activity.record(
        organization=item.organization,
        actor=by,
        verb=verb,
        subject=item,
        plan_id=item.plan_id,
        text=text,
        **payload,
    )


def demand(by: Membership, perm: Perm, obj: Any, sentence: str) -> None:
    """`NotAllowed` with the sentence unless the member has the right to this object."""
    if not can(by, perm, obj):
        raise NotAllowed(sentence)


def demand_editor(by: Membership, plan_id: int, organization: Organization) -> None:
    """The member may edit stories and sees the plan (a confidential one only if listed)."""
    demand(by, Perm.STORY_EDIT, None, _("Your role reads and comments; it does not write stories."))
    if not visible_plans(organization, by).filter(pk=plan_id).exists():
        raise NotAllowed(_("You do not see this plan, so nothing was changed."))


def demand_sight_of(member: Membership, plan: Plan) -> None:
    """`Refused` for someone who is to own or help and could not even see it."""
    if not may_see(member, plan):
        raise Refused(
            _("%(name)s cannot see this confidential plan. Add them to its readers first.")
            % {"name": member.name}
        )


def demand_as_seen(item: ContentItem, post: Placement, seen: str, to: datetime | None) -> None:
    """`Stale` unless the post's time and state are those that the person saw.

    `seen` is `fields.when_seen`, `to` the time that they chose, for the difference.
    """
    now = fields.when_seen(post)
    if now == seen:
        return
    told = _("%(name)s changed this post while you were choosing.") % {"name": last_editor(item)}
    was, state = fields.state_seen(seen), fields.state_seen(now)
    if was and was != state:
        told += " " + _("It was “%(was)s”, and is “%(state)s” now.") % {"was": was, "state": state}
    raise Stale(told, fields.when_differences(post, to))


def demand_open_channel(channel: Channel, organization: Organization) -> None:
    """The channel is one of this organization and still in use."""
    if channel.organization_id != organization.pk:
        raise NotAllowed(_("This channel is not one of yours."))
    if channel.archived_at is not None:
        raise Refused(
            _("%(channel)s is archived. Choose a channel that is in use.")
            % {"channel": channel.name}
        )
