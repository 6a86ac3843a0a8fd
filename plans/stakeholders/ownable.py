"""How `workflow` finds, names and finishes stakeholders, and who stands how to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.db.models import Value
from django.db.models.functions import Coalesce, Concat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import Membership, Organization
from plans.models import Stakeholder
from plans.models.stakeholders import StakeholderKind
from plans.stakeholders import queries
from workflow.models import Owned
from workflow.registry import Columns, Found, Ownable


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


def _open(organization: Organization, viewer: Membership | None) -> Any:
    return _related(queries.visible(organization, viewer).filter(archived_at=None))


def _fallbacks(row: Stakeholder) -> Sequence[Membership]:
    """The stream's owner, then the champion (rule 2)."""
    near = [row.stream.owner if row.stream else None, row.plan.owner if row.plan else None]
    return [member for member in near if member is not None]


NOTE = Concat("kind", Value(":"), "affiliation")
"""Its kind and where it works in one text; a kind has no colon."""


def _detail(found: Found) -> str:
    kind, _colon, at = found.note.partition(":")
    label = StakeholderKind(kind).label
    if not at:
        return _("Stakeholder, %(kind)s") % {"kind": label}
    return _("Stakeholder, %(kind)s, %(at)s") % {"kind": label, "at": at}


STAKEHOLDER = Ownable(
    label="plans.Stakeholder",
    slug="stakeholder",
    noun=gettext_lazy("stakeholder"),
    get=_get,
    lock=_lock,
    title=lambda row: str(row),
    plan_id=lambda row: row.plan_id,
    address=lambda slug, pk, plan: reverse("stakeholder", args=[slug, pk]),
    is_finished=lambda row: row.archived_at is not None,
    unfinished=_open,
    columns=Columns(
        "name",
        team=Coalesce("department", "stream__department", "plan__department"),
        note=NOTE,
        fallbacks=("stream__owner", "plan__owner"),
    ),
    detail=_detail,
    fallbacks=_fallbacks,
)
