"""How the lower rooms see a story: as something that is owned, and as something that is approved.

Entered into the registries of `workflow` at start-up (`apps.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from calendar_app import approval_words, states
from calendar_app.models import ContentItem, ItemState, Placement
from calendar_app.snapshot import is_live, snapshot
from people.models import Membership, Organization
from plancraft.lib.dates import local_day
from plans.queries import may_see, sighted, visible_plans
from workflow.models import Subject
from workflow.registry import Ownable, SubjectFacts, SubjectKind, UnownedRow, counted

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
    stories = _stories(organization).filter(owner=member).exclude(state__in=FINISHED)
    return stories.order_by("pk")


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
        plans=frozenset({item.plan_id}),
        team=item.plan.department_id,
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
    owned_counts=lambda organization: counted(
        ContentItem.objects.filter(organization=organization).exclude(state__in=FINISHED)
    ),
)


# Approved -----------------------------------------------------------------------------------------
def _load(subject: Subject) -> ContentItem:
    """The story of the subject with its posts; locked where a transaction is open."""
    items = ContentItem.objects.select_related(
        "organization", "plan__owner__user", "owner__user"
    ).prefetch_related(Prefetch("posts", Placement.objects.select_related("channel")))
    if connection.in_atomic_block:
        items = items.select_for_update(of=("self",))
    return items.get(subject=subject, organization_id=subject.organization_id)


def _facts(item: ContentItem) -> SubjectFacts:
    return approval_words.story_facts(item, [p for p in item.posts.all() if is_live(p)])


def _visible(membership: Membership, item: ContentItem) -> bool:
    return may_see(membership, item.plan)


def _blind(item: ContentItem, members: Collection[int]) -> frozenset[int]:
    listed = sighted(item.plan)
    return frozenset() if listed is None else frozenset(members) - listed


def _refresh(item: ContentItem) -> None:
    states.refresh(item)


CONTENT_ITEM = SubjectKind(
    kind="content_item",
    load=_load,
    snapshot=snapshot,
    facts=_facts,
    refresh=_refresh,
    visible=_visible,
    blind=_blind,
    differences=states.differences,
    fields=approval_words.fields,
    facts_of=approval_words.facts_of,
)
