"""How the lower rooms see a story: as something that is owned, and as something that is approved.

Entered into the registries of `workflow` at start-up (`apps.py`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import (
    DateField,
    F,
    Func,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce, NullIf
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from calendar_app import approval_words, states
from calendar_app.models import ContentItem, ItemState, Placement
from calendar_app.snapshot import is_live, snapshot
from people.models import Membership, Organization
from plans.queries import may_see, sighted, visible_plans
from workflow.models import Subject
from workflow.registry import Columns, Found, Ownable, SubjectFacts, SubjectKind

FINISHED = (ItemState.PUBLISHED, ItemState.CANCELLED)


def url(item: ContentItem) -> str:
    """The story's page."""
    return reverse("story", args=[item.organization.slug, item.pk])


def _stories(organization: Organization) -> QuerySet[ContentItem]:
    return ContentItem.objects.filter(organization=organization).select_related(
        "organization", "plan__owner__user", "stream__owner__user", "owner__user"
    )


# Owned ------------------------------------------------------------------------------------------
def _get(organization: Organization, viewer: Membership, pk: int) -> ContentItem | None:
    plans = visible_plans(organization, viewer)
    return _stories(organization).filter(pk=pk, plan__in=plans).first()


def _lock(organization: Organization, pk: int) -> ContentItem:
    return _stories(organization).select_for_update(of=("self",)).get(pk=pk)


def _unfinished(organization: Organization, viewer: Membership | None) -> QuerySet[ContentItem]:
    stories = _stories(organization).exclude(state__in=FINISHED)
    if viewer is not None:
        stories = stories.filter(plan__in=visible_plans(organization, viewer))
    return stories


def _of_next_post(column: Any) -> Subquery:
    """A column of the first live post that did not go out, undated ones last."""
    posts = Placement.objects.filter(item=OuterRef("pk")).exclude(state__in=FINISHED)
    return Subquery(posts.order_by("scheduled_at", "pk").values(found=column)[:1])


def _day_there() -> Func:
    """The post's local day in its channel's zone (rule 1)."""
    zone = Coalesce(NullIf("channel__time_zone", Value("")), "channel__organization__time_zone")
    return Cast(Func(zone, "scheduled_at", function="timezone"), DateField())


def _detail(found: Found) -> str:
    return f"{found.plan_name} · {found.note}" if found.note else found.plan_name


def _fallbacks(item: ContentItem) -> list[Membership]:
    """Channel owner, stream owner, champion (rule 2); those who can act, each once."""
    rows = item.posts.exclude(state__in=FINISHED).select_related("channel__owner__user")
    owners = [post.channel.owner for post in rows.order_by("scheduled_at", "pk")[:1]]
    owners += [item.stream.owner if item.stream else None, item.plan.owner]
    return list(dict.fromkeys(m for m in owners if m is not None and m.is_active))


STORY = Ownable(
    label=ContentItem._meta.label,
    slug="story",
    noun=_("story"),
    get=_get,
    lock=_lock,
    title=lambda item: item.title,
    plan_id=lambda item: item.plan_id,
    address=lambda slug, pk, plan: reverse("story", args=[slug, pk]),
    is_finished=lambda item: item.state in FINISHED,
    unfinished=_unfinished,
    columns=Columns(
        "title",
        team="plan__department",
        due=_of_next_post(_day_there()),
        note=_of_next_post(F("channel__name")),
        fallbacks=(_of_next_post(F("channel__owner")), "stream__owner", "plan__owner"),
    ),
    detail=_detail,
    fallbacks=_fallbacks,
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
