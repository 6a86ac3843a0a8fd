"""Members: what they may do, and what happens to what they own when they go (rule 2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people import queries, registry
from people.activity import record
from people.errors import Refused
from people.models import Department, Membership
from people.models.organizations import Role
from people.permissions import INVITABLE, Perm
from people.services._guards import lock_organization, require, require_same
from people.services.invitations import revoke_beyond

CAN_OWN = frozenset({Role.ADMIN, Role.MANAGER, Role.MEMBER})
DEACTIVATED = "deactivated"
HANDED_OVER = "handed over by an administrator"


def _lock_member(member: Membership, by: Membership) -> Membership:
    """The member, locked after the organization, so that two changes never cross.

    Who acts is read again under the lock: they may have lost the right a moment ago.
    """
    require_same(by, member.organization_id)
    lock_organization(member.organization_id)
    by.refresh_from_db(fields=["role", "deactivated_at"])
    require(by, Perm.ORGANIZATION_EDIT)
    return (
        Membership.objects.select_for_update(of=("self",))
        .select_related("user", "organization", "department")
        .get(pk=member.pk)
    )


def _keep_an_administrator(member: Membership) -> None:
    """Refuse what would leave the organization without anyone to run it."""
    others = queries.members(member.organization).filter(role=Role.ADMIN).exclude(pk=member.pk)
    if member.role == Role.ADMIN and not others.exists():
        raise Refused(
            _("%(name)s is the last administrator. Make someone else one first.")
            % {"name": member.name}
        )


def _keep_owners_able(member: Membership, role: str) -> None:
    """Refuse a role that cannot answer for what the member still owns."""
    if role in CAN_OWN:
        return
    owned = registry.owned_counts(member.organization).get(member.pk, 0)
    if owned:
        raise Refused(
            ngettext(
                "%(name)s still owns one thing, and in this role can answer for nothing. "
                "Hand it on first.",
                "%(name)s still owns %(owned)d things, and in this role can answer for none. "
                "Hand them on first.",
                owned,
            )
            % {"name": member.name, "owned": owned}
        )


@transaction.atomic
def change_member(
    *, member: Membership, role: str, department: Department | None, by: Membership
) -> Membership:
    """Give a member another role or department.

    What they have offered and may offer no more is revoked with the role that allowed it.
    Refused for the last administrator, and for a role that can own nothing while they own things.
    """
    row = _lock_member(member, by)
    if department is not None:
        require_same(by, department.organization_id)
    if not row.is_active:
        raise Refused(_("%(name)s is deactivated. Reactivate them first.") % {"name": row.name})
    if role != row.role:
        _change_role(row, role, by)
    if (department and department.pk) != row.department_id:
        _change_department(row, department, by)
    return row


def _change_role(row: Membership, role: str, by: Membership) -> None:
    if role != Role.ADMIN:
        _keep_an_administrator(row)
    _keep_owners_able(row, role)
    facts: dict[str, Any] = {"from": row.role, "to": role}
    row.role = role
    row.save(update_fields=["role"])
    record(
        organization=by.organization,
        actor=by,
        verb="member.role_changed",
        subject=row,
        text=row.name,
        **facts,
    )
    revoke_beyond(INVITABLE[Role(role)], of=row, by=by)


def _change_department(row: Membership, department: Department | None, by: Membership) -> None:
    row.department = department
    row.save(update_fields=["department"])
    record(
        organization=by.organization,
        actor=by,
        verb="member.department_changed",
        subject=row,
        text=row.name,
        department=department.pk if department else None,
    )


def _check_heirs(member: Membership, heirs: Mapping[str, Membership]) -> None:
    """An heir is an active member who can own, locked so that they stay one until the end."""
    wanted = {heir.pk for heir in heirs.values()}
    able = (
        Membership.objects.select_for_update(of=("self",))
        .active()
        .filter(organization=member.organization_id, role__in=CAN_OWN, pk__in=wanted)
        .exclude(pk=member.pk)
        .order_by("pk")
    )
    if {heir.pk for heir in able} != wanted:
        raise Refused(_("Someone you chose can no longer own things. Choose again."))


def _pass_on(row: Membership, heirs: Mapping[str, Membership], reason: str, by: Membership) -> None:
    _check_heirs(row, heirs)
    for room in registry.ON_DEACTIVATE:
        room.hand_over(member=row, heirs=heirs, reason=reason, by=by)
    record(
        organization=by.organization,
        actor=by,
        verb="member.handed_over",
        subject=row,
        text=row.name,
        heirs={key: heir.pk for key, heir in heirs.items()},
    )


@transaction.atomic
def hand_over_things(
    *, member: Membership, heirs: Mapping[str, Membership], by: Membership
) -> Membership:
    """Everything unfinished goes to its heir (key -> member), or is nobody's; the member stays."""
    row = _lock_member(member, by)
    _pass_on(row, heirs, HANDED_OVER, by)
    return row


@transaction.atomic
def deactivate_member(
    *, member: Membership, heirs: Mapping[str, Membership], by: Membership, now: datetime
) -> Membership:
    """The member can do nothing here from their next request on; finished things keep their name.

    What they own goes to its heir, or becomes unowned with the reason, in this transaction. Their
    open invitations are revoked. Refused for the last administrator. Twice is once.
    """
    row = _lock_member(member, by)
    if row.deactivated_at is not None:
        return row
    _keep_an_administrator(row)
    _pass_on(row, heirs, DEACTIVATED, by)
    row.deactivated_at = now
    row.save(update_fields=["deactivated_at"])
    record(
        organization=by.organization,
        actor=by,
        verb="member.deactivated",
        subject=row,
        text=row.name,
    )
    revoke_beyond((), of=row, by=by, now=now)
    return row


@transaction.atomic
def reactivate_member(*, member: Membership, by: Membership) -> Membership:
    """The member may act again, in the role they had. What they owned stays where it went."""
    row = _lock_member(member, by)
    if row.deactivated_at is None:
        return row
    row.deactivated_at = None
    row.save(update_fields=["deactivated_at"])
    record(
        organization=by.organization,
        actor=by,
        verb="member.reactivated",
        subject=row,
        text=row.name,
    )
    return row
