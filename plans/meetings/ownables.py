"""How `workflow` finds, names and finishes series of meetings; their owner is the organizer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import Membership, Organization
from plans.meetings import queries
from plans.models import Meeting, MeetingSeries
from workflow.models import Owned
from workflow.registry import Ownable, UnownedRow, counted


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


def series_url(series: MeetingSeries) -> str:
    """The page of the series."""
    return reverse("meeting-series", args=[series.organization.slug, series.pk])


def _unfinished(organization: Organization, owner: Membership) -> Iterable[Owned]:
    rows = queries.open_series(organization, None).filter(owner=owner)
    return cast("Iterable[Owned]", rows.order_by("pk"))


def _unowned(organization: Organization, viewer: Membership | None) -> Sequence[UnownedRow]:
    rows = queries.open_series(organization, viewer).filter(owner=None)
    return [
        UnownedRow(
            label="plans.MeetingSeries",
            pk=series.pk,
            title=series.title,
            url=series_url(series),
            detail=_("No one runs these meetings"),
            since=series.unowned_since,
            plan_id=series.plan_id,
            responsible=series.plan.owner if series.plan else None,
        )
        for series in rows.order_by("unowned_since", "pk")
    ]


MEETING_OWNABLE = Ownable(
    label="plans.MeetingSeries",
    slug="meeting",
    noun=gettext_lazy("meeting"),
    get=_get,
    lock=_lock,
    title=lambda series: series.title,
    url=series_url,
    plan_id=lambda series: series.plan_id,
    is_finished=lambda series: series.finished_at is not None,
    unfinished_of=_unfinished,
    unowned=_unowned,
    fallbacks=lambda series: [series.plan.owner] if series.plan and series.plan.owner else [],
    owned_counts=lambda organization: counted(queries.open_series(organization, None)),
)
