"""How `workflow` finds, names and finishes stakeholders, and who stands how to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import Membership, Organization
from plans.models import Stakeholder
from plans.stakeholders import queries
from workflow.models import Owned
from workflow.registry import Ownable, UnownedRow, counted


def is_champion(membership: Membership, thing: Any) -> bool:
    """Whether the thing is a stakeholder of a plan that the member champions."""
    if not isinstance(thing, Stakeholder) or thing.plan is None:
        return False
    return thing.plan.owner_id == membership.pk


def _related(rows: Any) -> Any:
    return rows.select_related(
        "organization", "owner__user", "plan__owner__user", "stream__owner__user"
    )


def _get(organization: Organization, membership: Membership, pk: int) -> Owned | None:
    rows = _related(queries.visible(organization, membership))
    return cast("Owned | None", rows.filter(pk=pk).first())


def _lock(organization: Organization, pk: int) -> Owned:
    rows = _related(Stakeholder.objects.select_for_update(of=("self",)))
    return cast("Owned", rows.get(organization=organization, pk=pk))


def _url(row: Stakeholder) -> str:
    return reverse("stakeholder", args=[row.organization.slug, row.pk])


def _open(organization: Organization, viewer: Membership | None) -> Any:
    return _related(queries.visible(organization, viewer).filter(archived_at=None))


def _unfinished(organization: Organization, owner: Membership) -> Iterable[Owned]:
    return cast("Iterable[Owned]", _open(organization, None).filter(owner=owner).order_by("pk"))


def _fallbacks(row: Stakeholder) -> Sequence[Membership]:
    """The stream's owner, then the champion (rule 2)."""
    near = [row.stream.owner if row.stream else None, row.plan.owner if row.plan else None]
    return [member for member in near if member is not None]


def _detail(row: Stakeholder) -> str:
    kind = row.get_kind_display()
    if not row.affiliation:
        return _("Stakeholder, %(kind)s") % {"kind": kind}
    return _("Stakeholder, %(kind)s, %(at)s") % {"kind": kind, "at": row.affiliation}


def _unowned(organization: Organization, viewer: Membership | None) -> Sequence[UnownedRow]:
    rows = _open(organization, viewer).filter(owner=None)
    return [
        UnownedRow(
            label=Stakeholder._meta.label,
            pk=row.pk,
            title=row.name,
            url=_url(row),
            detail=_detail(row),
            since=row.unowned_since,
            plan_id=row.plan_id,
            responsible=next(iter(_fallbacks(row)), None),
        )
        for row in rows.order_by("unowned_since", "pk")
    ]


STAKEHOLDER = Ownable(
    label="plans.Stakeholder",
    slug="stakeholder",
    noun=gettext_lazy("stakeholder"),
    get=_get,
    lock=_lock,
    title=lambda row: str(row),
    url=_url,
    plan_id=lambda row: row.plan_id,
    is_finished=lambda row: row.archived_at is not None,
    unfinished_of=_unfinished,
    unowned=_unowned,
    fallbacks=_fallbacks,
    owned_counts=lambda organization: counted(_open(organization, None)),
)
