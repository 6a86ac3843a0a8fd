"""How this room's things are called where the record speaks of them: those that one may see."""

from __future__ import annotations

from django.urls import reverse

from people.registry import Titled, register_titles
from plans.models import Channel, Stream, TimelineImport
from plans.queries import visible_plans

register_titles(
    "plans.Plan",
    Titled(
        rows=lambda viewer: visible_plans(viewer.organization, viewer),
        text="name",
        url=lambda slug, key, place: reverse("plan", args=[slug, key]),
    ),
)
register_titles(
    "plans.Stream",
    Titled(
        rows=lambda viewer: Stream.objects.filter(
            organization=viewer.organization,
            plan__in=visible_plans(viewer.organization, viewer),
        ),
        text="name",
        url=lambda slug, key, plan: reverse("plan", args=[slug, plan]) + "#streams",
        place="plan_id",
    ),
)
register_titles(
    "plans.Channel",
    Titled(
        rows=lambda viewer: Channel.objects.filter(organization=viewer.organization),
        text="name",
        url=lambda slug, key, place: reverse("channel", args=[slug, key]),
    ),
)
register_titles(
    "plans.TimelineImport",
    Titled(
        rows=lambda viewer: TimelineImport.objects.filter(
            organization=viewer.organization,
            plan__in=visible_plans(viewer.organization, viewer).values("pk"),
        ),
        text="file_name",
        url=lambda slug, key, place: reverse("timeline", args=[slug, key]),
    ),
)
