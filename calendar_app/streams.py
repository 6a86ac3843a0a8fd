"""What the calendar knows of streams and objectives: signs of life, and stories that serve one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    F,
    Func,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast
from django.urls import reverse

from calendar_app.models import ContentItem, Placement
from calendar_app.models.stories import ItemState
from people.models import Organization
from plans.models import Objective, Stream
from plans.registry import Occasion, Served, ServedRow, StreamSign

NOT_LIVE = [ItemState.IDEA.value, ItemState.CANCELLED.value]


def serving_stories(occasion: Occasion, objective: Objective | None, most: int) -> Served:
    """Stories whose stream serves the objective; with None, those of no stream that serves one.

    What was cancelled serves nothing. The nearest first, undated ones last.
    """
    rows = ContentItem.objects.filter(
        organization=occasion.membership.organization, plan=occasion.plan
    ).exclude(state=ItemState.CANCELLED)
    if objective is not None:
        rows = rows.filter(stream__objective=objective)
    else:
        rows = rows.filter(Q(stream=None) | Q(stream__objective=None))
    slug = occasion.membership.organization.slug
    rows = rows.annotate(total=Window(Count("pk")), next_at=_next_post())
    found = list(
        rows.select_related("owner__user").order_by(F("next_at").desc(nulls_last=True), "pk")[:most]
    )
    return Served(found[0].total if found else 0, [_row(story, slug) for story in found])


def _next_post() -> Subquery:
    posts = Placement.objects.filter(item=OuterRef("pk"), cancelled_at=None)
    return Subquery(posts.order_by("scheduled_at").values("scheduled_at")[:1])


def _row(story: ContentItem, slug: str) -> ServedRow:
    url = reverse("story", args=[slug, story.pk])
    return ServedRow(story.title, url, story.owner, detail=str(story.get_state_display()))


def signs(
    organization: Organization, streams: Sequence[Stream], now: datetime
) -> Mapping[int, StreamSign]:
    """Each stream's last live post up to today, and its live posts ahead off the plan's period.

    Days are local days of the post's channel (rule 1); one query.
    """
    rows = (
        _live(organization, streams)
        .values("item__stream")
        .annotate(
            last=Max("day", filter=Q(scheduled_at__lte=now)),
            outside=Count(
                "pk",
                filter=Q(scheduled_at__gt=now)
                & (Q(day__lt=F("item__plan__starts_on")) | Q(day__gt=F("item__plan__ends_on"))),
            ),
        )
    )
    return {row["item__stream"]: StreamSign(row["last"], row["outside"]) for row in rows}


def _live(organization: Organization, streams: Sequence[Stream]) -> QuerySet[Placement]:
    zone = Case(
        When(channel__time_zone="", then=Value(organization.time_zone)),
        default=F("channel__time_zone"),
        output_field=CharField(),
    )
    local = Func(zone, F("scheduled_at"), function="timezone", output_field=DateField())
    return (
        Placement.objects.filter(
            organization=organization,
            item__stream__in=[stream.pk for stream in streams],
            scheduled_at__isnull=False,
        )
        .exclude(state__in=NOT_LIVE)
        .annotate(day=Cast(local, DateField()))
    )
