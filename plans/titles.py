"""How this room's things are called where the record speaks of them: those that one may see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from people.models import Membership
from people.registry import Titled, register_titles
from plans.meetings.queries import visible_series
from plans.models import Channel, Objective, Stream, Task, TimelineImport
from plans.playbook.queries import visible_questions
from plans.queries import visible_plans
from plans.stakeholders import queries as stakeholders

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
register_titles(
    "plans.Stakeholder",
    Titled(
        rows=lambda viewer: stakeholders.visible(viewer.organization, viewer),
        text="name",
        url=lambda slug, key, place: reverse("stakeholder", args=[slug, key]),
    ),
)
register_titles(
    "plans.Question",
    Titled(
        rows=lambda viewer: visible_questions(viewer.organization, viewer),
        text="title",
        url=lambda slug, key, place: reverse("question", args=[slug, key]),
    ),
)


def _of_plans(model: Any) -> Callable[[Membership], Any]:
    """Rows of this model in the plans that the viewer may see."""
    return lambda viewer: model.objects.filter(
        organization=viewer.organization,
        plan__in=visible_plans(viewer.organization, viewer).values("pk"),
    )


register_titles(
    "plans.Objective",
    Titled(
        rows=_of_plans(Objective),
        text="title",
        url=lambda slug, key, place: reverse("objective", args=[slug, key]),
    ),
)
register_titles(
    "plans.Task",
    Titled(
        rows=_of_plans(Task),
        text="title",
        url=lambda slug, key, place: reverse("task", args=[slug, key]),
    ),
)
register_titles(
    "plans.MeetingSeries",
    Titled(
        rows=lambda viewer: visible_series(viewer.organization, viewer),
        text="title",
        url=lambda slug, key, place: reverse("meeting-series", args=[slug, key]),
    ),
)
