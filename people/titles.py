"""How this room's things are called where the record speaks of them."""

from __future__ import annotations

from django.urls import reverse

from people.models import Department, Membership
from people.registry import Titled, register_titles

register_titles(
    "people.Membership",
    Titled(
        rows=lambda viewer: Membership.objects.filter(organization=viewer.organization),
        text="user__name",
        url=lambda slug, key, place: reverse("person", args=[slug, key]),
    ),
)
register_titles(
    "people.Department",
    Titled(
        rows=lambda viewer: Department.objects.filter(organization=viewer.organization),
        text="name",
    ),
)
