"""Who may do what: the `Perm` enum, the role table, rights by relation, and `can()`.

The table says the same as the one in the documentation of rights; a test compares each cell.
A right by relation (champion of the plan, owner of the thing, approver of the stage ...) is asked
with the object: `can(membership, Perm.PLAN_EDIT, plan)`. Upper rooms say how a relation is read
from their objects by entering a function in `RELATIONS` at start-up (`apps.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from people.models import Membership
from people.models.organizations import Role


class Perm(StrEnum):
    """Every right there is. Each view names one."""

    ORGANIZATION_EDIT = "organization.edit"
    INVITE = "people.invite"
    READ = "read"
    PLAN_CREATE = "plan.create"
    PLAN_EDIT = "plan.edit"
    PLAN_CHAMPION = "plan.champion"
    PLAN_HAND_OVER = "plan.hand_over"
    PLAN_TAKE_OVER = "plan.take_over"
    CHANNEL_EDIT = "channel.edit"
    CHANNEL_CREATE = "channel.create"
    CLAIM = "claim"
    ASSIGN = "assign"
    STAKEHOLDER_EDIT = "stakeholder.edit"
    TASK_CREATE = "task.create"
    TASK_EDIT = "task.edit"
    STORY_EDIT = "story.edit"
    POST_MOVE = "post.move"
    GAP_FILL = "gap.fill"
    GAP_WAIVE = "gap.waive"
    SUBMIT = "review.submit"
    DECIDE = "review.decide"
    WITHDRAW_APPROVAL = "approval.withdraw"
    PUBLISH = "publication.record"
    BYPASS = "publication.bypass"
    WORKFLOW_EDIT = "workflow.edit"
    MEETING_RUN = "meeting.run"
    ASK = "question.ask"
    ANSWER = "question.answer"
    PLAYBOOK_PUBLISH = "playbook.publish"
    IMPORT = "import"
    IMPORT_UNDO = "import.undo"
    DASHBOARD = "dashboard"
    SENT_MAIL = "mail.read"
    AUDIT = "audit"
    OWN_SETTINGS = "own.settings"


A, M, W, E, V = Role.ADMIN, Role.MANAGER, Role.MEMBER, Role.EXPERT, Role.VIEWER
EVERYONE = frozenset({A, M, W, E, V})
LEADERS = frozenset({A, M})
WORKERS = frozenset({A, M, W})

ROLE_TABLE: dict[Perm, frozenset[Role]] = {
    Perm.ORGANIZATION_EDIT: frozenset({A}),
    Perm.INVITE: LEADERS,
    Perm.READ: EVERYONE,
    Perm.PLAN_CREATE: WORKERS,
    Perm.PLAN_EDIT: LEADERS,
    Perm.PLAN_CHAMPION: WORKERS,
    Perm.PLAN_HAND_OVER: LEADERS,
    Perm.PLAN_TAKE_OVER: frozenset({A}),
    Perm.CHANNEL_EDIT: LEADERS,
    Perm.CHANNEL_CREATE: LEADERS,
    Perm.CLAIM: WORKERS,
    Perm.ASSIGN: LEADERS,
    Perm.STAKEHOLDER_EDIT: WORKERS,
    Perm.TASK_CREATE: WORKERS,
    Perm.TASK_EDIT: LEADERS,
    Perm.STORY_EDIT: WORKERS,
    Perm.POST_MOVE: LEADERS,
    Perm.GAP_FILL: WORKERS,
    Perm.GAP_WAIVE: LEADERS,
    Perm.SUBMIT: LEADERS,
    Perm.DECIDE: frozenset(),
    Perm.WITHDRAW_APPROVAL: LEADERS,
    Perm.PUBLISH: LEADERS,
    Perm.BYPASS: frozenset({A}),
    Perm.WORKFLOW_EDIT: LEADERS,
    Perm.MEETING_RUN: WORKERS,
    Perm.ASK: WORKERS,
    Perm.ANSWER: WORKERS | {E},
    Perm.PLAYBOOK_PUBLISH: LEADERS | {E},
    Perm.IMPORT: WORKERS,
    Perm.IMPORT_UNDO: LEADERS,
    Perm.DASHBOARD: frozenset({A, M, E, V}),
    Perm.SENT_MAIL: frozenset({A}),
    Perm.AUDIT: LEADERS,
    Perm.OWN_SETTINGS: EVERYONE,
}

INVITABLE: dict[Role, frozenset[Role]] = {
    A: EVERYONE,
    M: frozenset({W, E, V}),
    W: frozenset(),
    E: frozenset(),
    V: frozenset(),
}
"""Which roles an invitation by someone of this role may offer."""

RelationReader = Callable[[Membership, Any], bool]

BY_RELATION: dict[Perm, frozenset[str]] = {
    Perm.PLAN_EDIT: frozenset({"champion", "stream owner"}),
    Perm.PLAN_HAND_OVER: frozenset({"champion"}),
    Perm.CHANNEL_EDIT: frozenset({"channel owner"}),
    Perm.ASSIGN: frozenset({"owner", "author", "champion", "asker"}),
    Perm.TASK_EDIT: frozenset({"owner", "author", "champion"}),
    Perm.POST_MOVE: frozenset({"owner", "collaborator", "champion", "draft"}),
    Perm.GAP_WAIVE: frozenset({"champion"}),
    Perm.SUBMIT: frozenset({"owner", "collaborator", "champion"}),
    Perm.DECIDE: frozenset({"approver"}),
    Perm.WITHDRAW_APPROVAL: frozenset({"approval giver"}),
    Perm.PUBLISH: frozenset({"owner", "collaborator"}),
    Perm.MEETING_RUN: frozenset({"organizer"}),
    Perm.ANSWER: frozenset({"asked"}),
    Perm.IMPORT_UNDO: frozenset({"importer"}),
    Perm.DASHBOARD: frozenset({"champion"}),
}
"""The relations that give a right, from member upwards."""

ANY_ROLE_RELATIONS = frozenset({"approver"})
"""Relations that an expert may hold too (`permissions.md`: "expert and invited guest too")."""

RELATIONS: dict[str, list[RelationReader]] = {}
"""relation -> readers `(membership, object) -> bool`, entered by the rooms above."""


def register_relation(name: str, reader: RelationReader) -> None:
    """Say how a relation is read from objects of your room. The reader answers False for others."""
    RELATIONS.setdefault(name, []).append(reader)


def has_relation(membership: Membership, name: str, obj: Any) -> bool:
    """Whether the member stands in this relation to the object."""
    return any(reader(membership, obj) for reader in RELATIONS.get(name, ()))


def can(membership: Membership, perm: Perm, obj: Any = None) -> bool:
    """Whether the member has the right: by role, or by a relation to `obj`.

    Nobody has any right to what belongs to another organization. Asked by the view for the button,
    and again by the service that acts.
    """
    if not membership.is_active:
        return False
    if getattr(obj, "organization_id", membership.organization_id) != membership.organization_id:
        return False
    role = Role(membership.role)
    if role in ROLE_TABLE[perm]:
        return True
    if obj is None:
        return False
    return any(
        (role in WORKERS or (name in ANY_ROLE_RELATIONS and role is not V))
        and has_relation(membership, name, obj)
        for name in BY_RELATION.get(perm, ())
    )


def could(membership: Membership, perm: Perm) -> bool:
    """Whether the member could have the right to some object: what a page may be entered with."""
    role = Role(membership.role)
    if role in ROLE_TABLE[perm]:
        return True
    relations = BY_RELATION.get(perm, frozenset())
    return bool(relations) and (
        role in WORKERS or (role is E and bool(relations & ANY_ROLE_RELATIONS))
    )
