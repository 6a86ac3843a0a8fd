"""How stories are called where the record speaks of them."""

from __future__ import annotations

from collections.abc import Collection

from django.urls import reverse

from calendar_app.models import ContentItem
from people.models import Membership
from people.registry import Title, register_titles
from plans.queries import visible_plans


def stories(viewer: Membership, ids: Collection[int]) -> dict[int, Title]:
    """The stories of plans that the viewer may see."""
    slug = viewer.organization.slug
    seen = visible_plans(viewer.organization, viewer)
    found = ContentItem.objects.filter(organization=viewer.organization, plan__in=seen, pk__in=ids)
    return {
        key: Title(title, reverse("story", args=[slug, key]))
        for key, title in found.values_list("pk", "title")
    }


register_titles("calendar_app.ContentItem", stories)
