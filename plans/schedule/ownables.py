"""How `workflow` finds, names and finishes key dates."""

from __future__ import annotations

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import Membership, Organization
from plans.models import KeyDate
from plans.queries import OPEN_STATES, visible_plans
from plans.rules import PlanState
from workflow.models import Owned
from workflow.registry import Columns, Ownable


def _address(slug: str, pk: int, plan: int | None) -> str:
    return reverse("key-date", args=[slug, pk])


def key_date_url(key_date: KeyDate) -> str:
    """Where the key date is shown."""
    return _address(key_date.organization.slug, key_date.pk, key_date.plan_id)


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


KEY_DATE_OWNABLE = Ownable(
    label="plans.KeyDate",
    slug="key_date",
    noun=gettext_lazy("key date"),
    get=_get,
    lock=_lock,
    title=lambda key_date: key_date.title,
    plan_id=lambda key_date: key_date.plan_id,
    address=_address,
    is_finished=_is_finished,
    unfinished=_open,
    columns=Columns(
        "title",
        team=Coalesce("department", "plan__department"),
        due="date",
        fallbacks=("plan__owner",),
    ),
    detail=lambda found: _("Key date of %(plan)s") % {"plan": found.plan_name},
    fallbacks=lambda key_date: [key_date.plan.owner] if key_date.plan.owner else [],
)
