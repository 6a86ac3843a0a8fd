"""How stories are called where the record speaks of them: those of plans that one may see."""

from __future__ import annotations

from django.urls import reverse

from calendar_app.models import ContentItem
from people.registry import Titled, register_titles
from plans.queries import visible_plans

register_titles(
    "calendar_app.ContentItem",
    Titled(
        rows=lambda viewer: ContentItem.objects.filter(
            organization=viewer.organization,
            plan__in=visible_plans(viewer.organization, viewer),
        ),
        text="title",
        url=lambda slug, key, place: reverse("story", args=[slug, key]),
    ),
)
