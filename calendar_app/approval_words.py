"""How approval reads stories: many at once, and a snapshot as people read it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Min, Q, Value
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calendar_app.models import ContentItem, ItemState, Placement
from people.models import Membership, Organization
from plans.models import Channel, ChannelKind
from plans.queries import listed_at, sighted, visible_plans
from workflow.models import Subject
from workflow.registry import Fields, SubjectFacts

OVER = {
    ItemState.CANCELLED: gettext_lazy("This story was cancelled."),
    ItemState.PUBLISHED: gettext_lazy("All of this has gone out already."),
}


def facts_of(viewer: Membership | None, subjects: Sequence[Subject]) -> dict[int, SubjectFacts]:
    """Subject key -> facts of its story, of those the viewer may see; one query.

    What is missing for a submission is left out: these are lists of what was submitted.
    """
    if not subjects:
        return {}
    organization = subjects[0].organization
    live = Q(posts__cancelled_at=None)
    items = (
        ContentItem.objects.filter(organization=organization, subject__in=subjects)
        .filter(plan__in=visible_plans(organization, viewer))
        .select_related("organization", "plan__owner__user", "owner__user")
        .annotate(
            kinds=ArrayAgg("posts__channel__kind", filter=live, distinct=True, default=Value([])),
            goes_out_at=Min(
                "posts__scheduled_at", filter=live & ~Q(posts__state=ItemState.PUBLISHED)
            ),
            listed=listed_at("plan"),
        )
    )
    found = {}
    for item in items:
        item.plan.listed = item.listed  # type: ignore[attr-defined]
        found[item.subject_id] = _facts(item, item.kinds, item.goes_out_at)
    return found


def story_facts(item: ContentItem, posts: Sequence[Placement]) -> SubjectFacts:
    """What approval needs to know of one story with its live posts."""
    ahead = [p.scheduled_at for p in posts if p.scheduled_at and p.state != ItemState.PUBLISHED]
    kinds = [post.channel.kind for post in posts]
    return _facts(item, kinds, min(ahead, default=None), _nothing_to_read(item, posts))


def _facts(
    item: ContentItem, kinds: Iterable[str], goes_out_at: datetime | None, missing: str = ""
) -> SubjectFacts:
    return SubjectFacts(
        title=item.title,
        url=reverse("story", args=[item.organization.slug, item.pk]),
        plan_id=item.plan_id,
        champion=item.plan.owner,
        owner=item.owner,
        channel_kinds=frozenset(kinds),
        closed_because=str(OVER.get(ItemState(item.state), "")),
        missing_because=missing,
        listed=sighted(item.plan),
        goes_out_at=goes_out_at,
        detail=item.plan.name,
        team=item.plan.department_id,
    )


def _nothing_to_read(item: ContentItem, posts: Sequence[Placement]) -> str:
    """A sentence where there is neither a link nor words in any live post; else empty.

    An event is told by its title, so a story that is only announced in such a channel has it all.
    """
    if item.copy or item.link or any(p.copy or p.channel.kind == ChannelKind.EVENT for p in posts):
        return ""
    return _("There is nothing to read yet. Write the copy, or give the link; then submit it.")


def fields(organization: Organization, snapshots: Sequence[dict[str, Any]]) -> list[Fields]:
    """Each snapshot as label and text; one query, for the names of the channels."""
    wanted = {post["channel"] for content in snapshots for post in content.get("posts", ())}
    names = dict(
        Channel.objects.filter(organization=organization, pk__in=wanted).values_list("pk", "name")
    )
    return [_read(organization, content, names) for content in snapshots]


def _read(organization: Organization, content: dict[str, Any], names: dict[int, str]) -> Fields:
    read: Fields = [(_("Title"), content.get("title", ""))]
    for number, post in enumerate(content.get("posts", ())):
        label = names.get(post["channel"], _("A channel"))
        again = any(p["channel"] == post["channel"] for p in content["posts"][:number])
        read.append((f"{label} ({number + 1})" if again else label, post["copy"]))
    if "copy" in content:
        read.append((_("Copy"), content["copy"]))
    read.append((_("Link"), content.get("link", "")))
    read.append((_("Embargo lifts"), _instant(organization, content.get("embargo_until"))))
    if content.get("cancelled"):
        read.append((_("Cancelled"), _("yes")))
    return [(label, text) for label, text in read if text]


def _instant(organization: Organization, text: str | None) -> str:
    """On the organization's wall clock."""
    if not text:
        return ""
    local = datetime.fromisoformat(text).astimezone(ZoneInfo(organization.time_zone))
    return f"{date_format(local, 'D j F Y')}, {local:%H:%M}"
