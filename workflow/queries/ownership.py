"""Reads about who owns what and what is approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from people import queries as people
from people.models import Activity, Membership, Organization
from plancraft.lib.gathered import gathered, made
from workflow.models import Handover, Owned
from workflow.registry import ownable_of


def ownership_history(organization: Organization, row: Owned) -> QuerySet[Activity]:
    """Who owned the thing, who asked whom and why it was given up; newest first."""
    return people.activity_of(organization, row._meta.label, row.pk).filter(
        verb__startswith="ownership."
    )


def last_ownership_activity(row: Owned) -> Activity | None:
    """The latest entry of the thing's ownership history."""
    return ownership_history(row.organization, row).first()


def open_offer(row: Owned) -> Handover | None:
    """The question about this thing that waits for an answer."""
    return (
        Handover.objects.filter(
            organization=row.organization,
            subject_type=row._meta.label,
            subject_id=row.pk,
            answered_at=None,
        )
        .select_related("to__user", "offered_by__user")
        .first()
    )


def offer_at(label: str) -> ArraySubquery:
    """To annotate things of this model with `offers`, for `offer_among`, without another query."""
    return gathered(
        Handover.objects.filter(
            organization=OuterRef("organization"),
            subject_type=label,
            subject_id=OuterRef("pk"),
            answered_at=None,
        )
    )


def offer_among(
    offers: Sequence[Mapping[str, Any]], everyone: Sequence[Membership]
) -> Handover | None:
    """The question that waits, as `offer_at` read it; `everyone` is whom it may speak of."""
    person = {member.pk: member for member in everyone}
    for row in offers:
        return made(Handover, row, to=person[row["to_id"]], offered_by=person[row["offered_by_id"]])
    return None


def get_offer(organization: Organization, handover_id: int) -> Handover | None:
    """One question, answered or not."""
    return (
        Handover.objects.filter(organization=organization, pk=handover_id)
        .select_related("to__user", "offered_by__user", "organization")
        .first()
    )


def offers_waiting_for(organization: Organization, member: Membership) -> QuerySet[Handover]:
    """The questions this member has not answered yet, oldest first."""
    return (
        Handover.objects.filter(organization=organization, to=member, answered_at=None)
        .select_related("offered_by__user", "to__user", "organization")
        .order_by("offered_at", "id")
    )


def responsible_for(row: Owned) -> Sequence[Membership]:
    """Who is chased for the thing, in order: its owner, or the fallbacks of rule 2.

    Channel owner, stream owner and champion as the thing's room knows them, then the managers.
    Only active members; each once.
    """
    if row.owner is not None:
        return [row.owner]
    chain = list(ownable_of(row).fallbacks(row))
    chain += people.managers(row.organization)
    seen: dict[int, Membership] = {m.pk: m for m in chain if m.is_active}
    return list(seen.values())
