"""Departments: the parts of an organization that plan for themselves."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from people.activity import record
from people.errors import Refused
from people.models import Department, Membership, Organization
from people.permissions import Perm
from people.services._guards import require, require_same


def _taken(name: str) -> Refused:
    return Refused(_("There is a department called “%(name)s” already.") % {"name": name})


@transaction.atomic
def create_department(*, organization: Organization, name: str, by: Membership) -> Department:
    """A new department. Refused where the name is taken, in whatever case."""
    require(by, Perm.ORGANIZATION_EDIT)
    require_same(by, organization.pk)
    try:
        with transaction.atomic():
            department = Department.objects.create(organization=organization, name=name)
    except IntegrityError:
        raise _taken(name) from None
    record(
        organization=organization,
        actor=by,
        verb="department.created",
        subject=department,
        text=name,
    )
    return department


@transaction.atomic
def rename_department(*, department: Department, name: str, by: Membership) -> Department:
    """Another name for the same department. Refused where it is taken."""
    require(by, Perm.ORGANIZATION_EDIT)
    require_same(by, department.organization_id)
    row = Department.objects.select_for_update().get(pk=department.pk)
    if row.name == name:
        return row
    row.name = name
    try:
        with transaction.atomic():
            row.save(update_fields=["name"])
    except IntegrityError:
        raise _taken(name) from None
    record(
        organization=by.organization,
        actor=by,
        verb="department.renamed",
        subject=row,
        text=name,
    )
    return row


@transaction.atomic
def delete_department(*, department: Department, by: Membership) -> None:
    """The department goes; its people and whatever named it stay, without a department.

    `Refused` where it is or was among those who approve: that record stays.
    """
    require(by, Perm.ORGANIZATION_EDIT)
    require_same(by, department.organization_id)
    row = Department.objects.select_for_update().filter(pk=department.pk).first()
    if row is None:
        return
    record(
        organization=by.organization,
        actor=by,
        verb="department.deleted",
        subject=row,
        text=row.name,
    )
    try:
        row.delete()
    except ProtectedError:
        raise Refused(
            _("“%(name)s” stands on record as who approves something. Rename it instead.")
            % {"name": row.name}
        ) from None
