"""What every service here asks first."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from people.errors import NotAllowed
from people.models import Membership, Organization
from people.permissions import Perm, can


def require(by: Membership, perm: Perm, obj: Any = None) -> None:
    """`NotAllowed` unless the member has the right."""
    if not can(by, perm, obj):
        raise NotAllowed(_("You may not do this here. Ask an administrator."))


def require_same(by: Membership, organization_id: int) -> None:
    """`NotAllowed` when the thing belongs to another organization than who acts."""
    if by.organization_id != organization_id:
        raise NotAllowed(_("This belongs to another organization."))


def lock_organization(organization_id: int) -> Organization:
    """The organization's row, locked: decisions about who runs it wait for one another."""
    return Organization.objects.select_for_update().get(pk=organization_id)
