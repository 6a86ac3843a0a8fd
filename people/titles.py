"""How this room's things are called where the record speaks of them."""

from __future__ import annotations

from collections.abc import Collection

from django.urls import reverse

from people.models import Department, Membership
from people.registry import Title, register_titles


def people(viewer: Membership, ids: Collection[int]) -> dict[int, Title]:
    """Everyone of the organization, also who has left, each with their page."""
    slug = viewer.organization.slug
    found = Membership.objects.filter(organization=viewer.organization, pk__in=ids)
    return {
        member.pk: Title(member.name, reverse("person", args=[slug, member.pk]))
        for member in found.select_related("user")
    }


def departments(viewer: Membership, ids: Collection[int]) -> dict[int, Title]:
    """The departments that still exist; they have no page of their own."""
    found = Department.objects.filter(organization=viewer.organization, pk__in=ids)
    return {key: Title(name) for key, name in found.values_list("pk", "name")}


register_titles("people.Membership", people)
register_titles("people.Department", departments)
