"""How the lower rooms see a story: as something that is owned, and as something that is approved.

Entered into the registries of `workflow` at start-up (`apps.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Case, F, Prefetch, QuerySet, When
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from calendar_app import states
from calendar_app.models import ContentItem, ItemState, Placement
from calendar_app.snapshot import readable, snapshot
from people.models import Membership, Organization
from plancraft.lib.dates import local_day
from plans.models import Channel
from plans.queries import visible_plans
from workflow.models import Subject
from workflow.registry import Ownable, SubjectFacts, SubjectKind, UnownedRow

FINISHED = (ItemState.PUBLISHED, ItemState.CANCELLED)


def url(item: ContentItem) -> str:
    """The story's page."""
    return reverse("story", args=[item.organization.slug, item.pk])


def _stories(organization: Organization) -> QuerySet[ContentItem]:
    return ContentItem.objects.filter(organization=organization).select_related(
        "organization", "plan__owner__user", "stream__owner__user", "owner__user"
    )


def _next_posts() -> Prefetch[Any]:
    """The live posts that did not go out, the first of them first, undated ones last."""
    posts = Placement.objects.exclude(state__in=FINISHED).select_related("channel__owner__user")
    return Prefetch("posts", posts.order_by("scheduled_at", "pk"), to_attr="next_posts")


# Owned ------------------------------------------------------------------------------------------
def _get(organization: Organization, viewer: Membership, pk: int) -> ContentItem | None:
    plans = visible_plans(organization, viewer)
    return _stories(organization).filter(pk=pk, plan__in=plans).first()


def _lock(organization: Organization, pk: int) -> ContentItem:
    return _stories(organization).select_for_update(of=("self",)).get(pk=pk)


def _unfinished_of(organization: Organization, member: Membership) -> QuerySet[ContentItem]:
    return _stories(organization).filter(owner=member).exclude(state__in=FINISHED)


def _unowned(organization: Organization, viewer: Membership | None) -> Sequence[UnownedRow]:
    """By two queries: the stories with their plans, and their next posts with the channels."""
    items = (
        _stories(organization)
        .filter(owner=None, plan__in=visible_plans(organization, viewer))
        .exclude(state__in=FINISHED)
        .prefetch_related(_next_posts())
        .order_by("unowned_since", "pk")
    )
    return [_unowned_row(item) for item in items]


def _unowned_row(item: Any) -> UnownedRow:
    post = item.next_posts[0] if item.next_posts else None
    people = _fallbacks(item)
    return UnownedRow(
        label=ContentItem._meta.label,
        pk=item.pk,
        title=item.title,
        url=url(item),
        detail=f"{item.plan.name} · {post.channel.name}" if post else item.plan.name,
        since=item.unowned_since,
        plan_id=item.plan_id,
        due=_day(item.organization, post) if post else None,
        responsible=people[0] if people else None,
    )


def _day(organization: Organization, post: Placement) -> Any:
    if post.scheduled_at is None:
        return None
    zone = ZoneInfo(post.channel.time_zone or organization.time_zone)
    return local_day(post.scheduled_at, zone)


def _fallbacks(item: Any) -> list[Membership]:
    """Channel owner, stream owner, champion (rule 2); those who can act, each once."""
    posts = getattr(item, "next_posts", None)
    if posts is None:
        rows = item.posts.exclude(state__in=FINISHED).select_related("channel__owner__user")
        posts = rows.order_by("scheduled_at", "pk")[:1]
    owners = [post.channel.owner for post in posts[:1]]
    owners += [item.stream.owner if item.stream else None, item.plan.owner]
    return list(dict.fromkeys(m for m in owners if m is not None and m.is_active))


STORY = Ownable(
    label=ContentItem._meta.label,
    slug="story",
    noun=_("story"),
    get=_get,
    lock=_lock,
    title=lambda item: item.title,
    url=url,
    plan_id=lambda item: item.plan_id,
    is_finished=lambda item: item.state in FINISHED,
    unfinished_of=_unfinished_of,
    unowned=_unowned,
    fallbacks=_fallbacks,
)


# Approved -----------------------------------------------------------------------------------------
def _load(subject: Subject) -> ContentItem:
    """The story of the subject; locked where a transaction is open."""
    items = ContentItem.objects.select_related("organization", "plan__owner__user", "owner__user")
    if connection.in_atomic_block:
        items = items.select_for_update(of=("self",))
    return items.get(subject=subject, organization_id=subject.organization_id)


def _facts(item: ContentItem) -> SubjectFacts:
    return _facts_with(item, _live_posts().filter(item=item))


def _live_posts() -> QuerySet[Placement]:
    """Posts with the kind of their channel, and `ahead`: their time, where it is still to come."""
    still = When(scheduled_at__gt=Now(), then=F("scheduled_at"))
    return (
        Placement.objects.filter(cancelled_at=None)
        .annotate(ahead=Case(still, default=None))
        .select_related("channel")
    )


def _facts_of(viewer: Membership | None, subjects: Sequence[Subject]) -> dict[int, SubjectFacts]:
    """By two queries: the stories that the viewer sees, and their live posts."""
    if not subjects:
        return {}
    organization = subjects[0].organization
    items = _stories(organization).filter(
        subject__in=subjects, plan__in=visible_plans(organization, viewer)
    )
    posts: dict[int, list[Placement]] = {}
    for post in _live_posts().filter(item__subject__in=subjects):
        posts.setdefault(post.item_id, []).append(post)
    return {item.subject_id: _facts_with(item, posts.get(item.pk, ())) for item in items}


def _facts_with(item: ContentItem, posts: Iterable[Any]) -> SubjectFacts:
    posts = list(posts)
    ahead = [post.ahead for post in posts if post.ahead and post.state != ItemState.PUBLISHED]
    return SubjectFacts(
        title=item.title,
        url=url(item),
        plan_id=item.plan_id,
        champion=item.plan.owner,
        owner=item.owner,
        channel_kinds=frozenset(post.channel.kind for post in posts),
        closed_because=_closed_because(item),
        goes_out_at=min(ahead, default=None),
    )


def _closed_because(item: ContentItem) -> str:
    if item.state == ItemState.CANCELLED:
        return _now("This story is cancelled, so there is nothing to approve.")
    if item.state == ItemState.PUBLISHED:
        return _now("Everything of this story went out already.")
    return ""


def _visible(membership: Membership, item: ContentItem) -> bool:
    return visible_plans(item.organization, membership).filter(pk=item.plan_id).exists()


def _fields(
    organization: Organization, snapshots: Sequence[dict[str, Any]]
) -> list[list[tuple[str, str]]]:
    """What was approved as people read it: one query, for the names of the channels."""
    wanted = {post["channel"] for content in snapshots for post in content.get("posts", ())}
    names = dict(
        Channel.objects.filter(organization=organization, pk__in=wanted).values_list("pk", "name")
    )
    zone = ZoneInfo(organization.time_zone)
    return [readable(content, names, zone) for content in snapshots]


def _refresh(item: ContentItem) -> None:
    states.refresh(item)


CONTENT_ITEM = SubjectKind(
    kind="content_item",
    load=_load,
    snapshot=snapshot,
    facts=_facts,
    refresh=_refresh,
    visible=_visible,
    differences=states.differences,
    fields=_fields,
    facts_of=_facts_of,
)
