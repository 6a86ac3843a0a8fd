"""What each role gets at the addresses of ownership and approval.

The cast owns nothing here and stands in no relation to anything, so that only roles count.
"""

from __future__ import annotations

from typing import Any

from people.permissions import Perm
from tests.matrix import Row
from workflow import queries

ANYONE = {"admin": 200, "manager": 200, "member": 200, "expert": 200, "viewer": 200}
KEY = "00000000-0000-4000-8000-000000000001"
NOBODY = dict.fromkeys(ANYONE, 403)
LEADERS = {"admin": 200, "manager": 200, "member": 403, "expert": 403, "viewer": 403}


def after(expect: dict[str, int], status: int) -> dict[str, int]:
    """The same roles, with another status where they get through."""
    return {role: status if found == 200 else found for role, found in expect.items()}


def story(w: Any) -> dict[str, Any]:
    return {"slug": "story", "pk": w.story.pk}


def unowned(w: Any) -> dict[str, Any]:
    return {"slug": "channel", "pk": w.unowned_channel.pk}


def subject(w: Any) -> dict[str, Any]:
    return {"subject_id": w.story.subject_id}


def ticket(w: Any) -> dict[str, Any]:
    """What a form opened now would carry."""
    return {"hash": queries.hash_now(w.story.subject), "key": KEY}


def template(w: Any) -> dict[str, Any]:
    return {"template_id": w.template.pk}


WORKERS = {**LEADERS, "member": 200}
WORKFLOW = {
    "name": "Blog posts",
    "channel_kinds": ["blog"],
    "needs_approval": "no",
    "approvers": "role",
    "quorum_kind": "any",
}

ROWS = [
    Row("own-claim", after(WORKERS, 302), Perm.CLAIM, "POST", unowned),
    Row("own-undo", after(WORKERS, 302), Perm.CLAIM, "POST", story),
    Row("own-hand-on", LEADERS, Perm.ASSIGN, "GET", story),
    Row(
        "own-assign",
        after(LEADERS, 302),
        Perm.ASSIGN,
        "POST",
        story,
        lambda w: {"to": w.member.pk},
    ),
    Row("own-vacate", LEADERS, Perm.ASSIGN, "GET", story),
    Row("own-history", ANYONE, Perm.READ, "GET", story),
    Row(
        "handover-answer",
        NOBODY,
        Perm.CLAIM,
        "POST",
        lambda w: {"handover_id": w.handover.pk},
        lambda w: {"answer": "accept"},
    ),
    Row(
        "handover-withdraw",
        after(LEADERS, 302),
        Perm.CLAIM,
        "POST",
        lambda w: {"handover_id": w.handover.pk},
    ),
    Row("unowned", ANYONE, Perm.READ),
    Row("approvals", ANYONE, Perm.READ),
    Row("review-submit", after(LEADERS, 302), Perm.SUBMIT, "POST", subject, ticket),
    Row("review-release", NOBODY, Perm.SUBMIT, "POST", subject, ticket),
    Row(
        "review-decide",
        {"admin": 403, "manager": 302, "member": 403, "expert": 403, "viewer": 403},
        Perm.DECIDE,
        "POST",
        lambda w: {"review_id": w.review.pk},
        lambda w: {
            "decision": "approve",
            "hash": w.review.revision.hash,
            "key": KEY,
        },
    ),
    Row(
        "review-withdraw",
        after(LEADERS, 302),
        Perm.SUBMIT,
        "POST",
        lambda w: {"review_id": w.review.pk},
    ),
    Row(
        "approval-withdraw",
        LEADERS,
        Perm.WITHDRAW_APPROVAL,
        "GET",
        lambda w: {"approval_id": w.approval.pk},
    ),
    Row("revision", ANYONE, Perm.READ, "GET", lambda w: {"revision_id": w.review.revision_id}),
    Row("workflow-settings", LEADERS, Perm.WORKFLOW_EDIT),
    Row("workflow-new", LEADERS, Perm.WORKFLOW_EDIT),
    Row("workflow-edit", LEADERS, Perm.WORKFLOW_EDIT, "GET", template),
    Row(
        "workflow-edit",
        after(LEADERS, 302),
        Perm.WORKFLOW_EDIT,
        "POST",
        lambda w: {"template_id": w.free_template.pk},
        lambda w: WORKFLOW,
    ),
    Row(
        "workflow-remove",
        after(LEADERS, 302),
        Perm.WORKFLOW_EDIT,
        "POST",
        lambda w: {"template_id": w.free_template.pk},
    ),
]
