"""How `workflow` finds, names and finishes key dates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import Membership, Organization
from plans.models import KeyDate
from plans.queries import OPEN_STATES, visible_plans
from plans.rules import PlanState
from workflow.models import Owned
from workflow.registry import Ownable, UnownedRow, counted


def key_date_url(key_date: KeyDate) -> str:
    """Where the key date is shown."""
    page = reverse("plan", args=[key_date.organization.slug, key_date.plan_id])
    return f"{page}#key-date-{key_date.pk}"


def _visible(organization: Organization, viewer: Membership | None) -> QuerySet[KeyDate]:
    plans = visible_plans(organization, viewer)
    return KeyDate.objects.filter(
        organization=organization, plan__in=plans.values("pk")
    ).select_related("organization", "owner__user", "plan__owner__user", "department")


def _open(organization: Organization, viewer: Membership | None) -> QuerySet[KeyDate]:
    return _visible(organization, viewer).filter(
        done_at=None, cancelled_at=None, plan__state__in=OPEN_STATES
    )


def _get(organization: Organization, membership: Membership, pk: int) -> Owned | None:
    return _visible(organization, membership).filter(pk=pk).first()


def _lock(organization: Organization, pk: int) -> Owned:
    rows = _visible(organization, None).select_for_update(of=("self",))
    return rows.get(pk=pk)


def _is_finished(key_date: KeyDate) -> bool:
    return key_date.is_over or key_date.plan.state == PlanState.CLOSED


def _unfinished_of(organization: Organization, owner: Membership) -> Iterable[Owned]:
    return cast("Iterable[Owned]", _open(organization, None).filter(owner=owner).order_by("pk"))


def _unowned(organization: Organization, viewer: Membership | None) -> Sequence[UnownedRow]:
    rows = _open(organization, viewer).filter(owner=None).order_by("unowned_since", "pk")
    return [
        UnownedRow(
            label="plans.KeyDate",
            pk=key_date.pk,
            title=key_date.title,
            url=key_date_url(key_date),
            detail=_("Key date of %(plan)s") % {"plan": key_date.plan.name},
            since=key_date.unowned_since,
            plan_id=key_date.plan_id,
            due=key_date.date,
            responsible=key_date.plan.owner,
            plans=frozenset({key_date.plan_id}),
            team=key_date.plan.department_id,
        )
        for key_date in rows
    ]


KEY_DATE_OWNABLE = Ownable(
    label="plans.KeyDate",
    slug="key_date",
    noun=gettext_lazy("key date"),
    get=_get,
    lock=_lock,
    title=lambda key_date: key_date.title,
    url=key_date_url,
    plan_id=lambda key_date: key_date.plan_id,
    is_finished=_is_finished,
    unfinished_of=_unfinished_of,
    unowned=_unowned,
    fallbacks=lambda key_date: [key_date.plan.owner] if key_date.plan.owner else [],
    owned_counts=lambda organization: counted(_open(organization, None)),
)
