"""How `people.permissions.can` reads from this room's objects who stands how to them."""

from __future__ import annotations

from typing import Any

from people.models import Membership
from workflow.models import Owned


def is_owner(membership: Membership, thing: Any) -> bool:
    """Whether the member is accountable for the thing."""
    return isinstance(thing, Owned) and thing.owner_id == membership.pk
