"""How `people.permissions.can` reads from this room's objects who stands how to them."""

from __future__ import annotations

from typing import Any

from people.models import Membership
from workflow import queries
from workflow.models import Approval, Owned, Review
from workflow.queries.reviews import Asked, Given


def is_owner(membership: Membership, thing: Any) -> bool:
    """Whether the member is accountable for the thing."""
    return isinstance(thing, Owned) and thing.owner_id == membership.pk


def is_approver(membership: Membership, thing: Any) -> bool:
    """Whether the member may decide on this review now: eligible, no contributor, undecided."""
    if isinstance(thing, Asked):
        return membership.pk in thing.deciders
    return isinstance(thing, Review) and membership.pk in queries.deciders(thing)


def is_approval_giver(membership: Membership, thing: Any) -> bool:
    """Whether the member gave this approval."""
    if isinstance(thing, Given):
        return membership.pk in thing.givers
    return isinstance(thing, Approval) and queries.gave(membership, thing)
