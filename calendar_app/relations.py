"""How the relations of the rights table are read from stories and posts."""

from __future__ import annotations

from typing import Any

from calendar_app.models import ContentItem, ImportBatch, ItemState, Placement
from people.models import Membership

DRAFTS = frozenset({ItemState.IDEA.value, ItemState.DRAFT.value})


def _story(obj: Any) -> ContentItem | None:
    if isinstance(obj, Placement):
        return obj.item
    return obj if isinstance(obj, ContentItem) else None


def is_owner(member: Membership, obj: Any) -> bool:
    """The one who answers for the story."""
    item = _story(obj)
    return item is not None and item.owner_id == member.pk


def is_collaborator(member: Membership, obj: Any) -> bool:
    """Someone who helps with the story."""
    item = _story(obj)
    return item is not None and any(c.member_id == member.pk for c in item.collaborations.all())


def is_champion(member: Membership, obj: Any) -> bool:
    """The champion of the story's plan."""
    item = _story(obj)
    return item is not None and item.plan.owner_id == member.pk


def is_draft(member: Membership, obj: Any) -> bool:
    """An unapproved draft, which every member may move (the rights table: "drafts")."""
    if isinstance(obj, ContentItem | Placement):
        return obj.state in DRAFTS
    return False


def is_importer(member: Membership, obj: Any) -> bool:
    """The one who imported the file."""
    return isinstance(obj, ImportBatch) and obj.imported_by_id == member.pk
