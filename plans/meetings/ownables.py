"""How `workflow` finds, names and finishes series of meetings; their owner is the organizer."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import Membership, Organization
from plans.meetings import queries
from plans.models import Meeting, MeetingSeries
from workflow.models import Owned
from workflow.registry import Columns, Ownable


def is_organizer(membership: Membership, thing: Any) -> bool:
    """Whether the member organizes these meetings."""
    return _is_series_of(thing, lambda series: series.owner_id == membership.pk)


def is_champion(membership: Membership, thing: Any) -> bool:
    """Whether the member champions the plan whose meetings these are."""
    return _is_series_of(
        thing, lambda series: series.plan is not None and series.plan.owner_id == membership.pk
    )


def _is_series_of(thing: Any, question: Any) -> bool:
    if isinstance(thing, Meeting):
        return bool(question(thing.series))
    return isinstance(thing, MeetingSeries) and bool(question(thing))


def _get(organization: Organization, membership: Membership, pk: int) -> Owned | None:
    return queries.visible_series(organization, membership).filter(pk=pk).first()


def _lock(organization: Organization, pk: int) -> Owned:
    return (
        MeetingSeries.objects.select_for_update(of=("self",))
        .select_related("organization", "owner__user", "plan__owner__user")
        .get(organization=organization, pk=pk)
    )


MEETING_OWNABLE = Ownable(
    label="plans.MeetingSeries",
    slug="meeting",
    noun=gettext_lazy("meeting"),
    get=_get,
    lock=_lock,
    title=lambda series: series.title,
    plan_id=lambda series: series.plan_id,
    address=lambda slug, pk, plan: reverse("meeting-series", args=[slug, pk]),
    is_finished=lambda series: series.finished_at is not None,
    unfinished=queries.open_series,
    columns=Columns("title", team="plan__department", fallbacks=("plan__owner",)),
    detail=lambda found: _("No one runs these meetings"),
    fallbacks=lambda series: [series.plan.owner] if series.plan and series.plan.owner else [],
)
