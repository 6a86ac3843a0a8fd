"""How this room's things are called where the record speaks of them."""

from __future__ import annotations

from collections.abc import Collection

from django.urls import reverse

from people.models import Membership
from people.registry import Title, register_titles
from plans.models import Channel, Stream
from plans.queries import visible_plans


def plans(viewer: Membership, ids: Collection[int]) -> dict[int, Title]:
    """The plans that the viewer may see."""
    slug = viewer.organization.slug
    found = visible_plans(viewer.organization, viewer).filter(pk__in=ids)
    return {
        key: Title(name, reverse("plan", args=[slug, key]))
        for key, name in found.values_list("pk", "name")
    }


def streams(viewer: Membership, ids: Collection[int]) -> dict[int, Title]:
    """The streams of those plans; a stream stands on its plan's page."""
    slug = viewer.organization.slug
    seen = visible_plans(viewer.organization, viewer)
    found = Stream.objects.filter(organization=viewer.organization, plan__in=seen, pk__in=ids)
    return {
        key: Title(name, reverse("plan", args=[slug, plan]) + "#streams")
        for key, name, plan in found.values_list("pk", "name", "plan_id")
    }


def channels(viewer: Membership, ids: Collection[int]) -> dict[int, Title]:
    """The channels, archived ones too."""
    slug = viewer.organization.slug
    found = Channel.objects.filter(organization=viewer.organization, pk__in=ids)
    return {
        key: Title(name, reverse("channel", args=[slug, key]))
        for key, name in found.values_list("pk", "name")
    }


register_titles("plans.Plan", plans)
register_titles("plans.Stream", streams)
register_titles("plans.Channel", channels)
