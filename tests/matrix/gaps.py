"""Rows of the permission matrix for gaps and for publication."""

from datetime import timedelta
from typing import Any

from calendar_app.fields import when_seen
from people.permissions import Perm
from tests.matrix import Row

ALL = {"admin": 200, "manager": 200, "member": 200, "expert": 200, "viewer": 200}
WORKERS = {"admin": 200, "manager": 200, "member": 200, "expert": 403, "viewer": 403}
LEADERS = {"admin": 200, "manager": 200, "member": 403, "expert": 403, "viewer": 403}


def key(w: Any) -> dict[str, Any]:
    """A gap in a week ahead."""
    return {"key": w.gap_key}


def lapse(w: Any) -> dict[str, Any]:
    """A stakeholder to whom nobody has spoken for too long."""
    return {"key": w.lapse_key}


def done(expect: dict[str, int], status: int = 302) -> dict[str, int]:
    """The same roles, where success answers with this status."""
    return {role: status if code == 200 else code for role, code in expect.items()}


def post(w: Any) -> dict[str, Any]:
    return {"post_id": w.post.pk}


ROWS = [
    Row("gaps", ALL, Perm.READ),
    Row("gap-fill", WORKERS, Perm.GAP_FILL, data=key),
    Row(
        "gap-fill",
        done(WORKERS),
        Perm.GAP_FILL,
        method="POST",
        data=lambda w: {
            **key(w),
            "title": "A new door",
            "owner": w.owner.pk,
            "day": str(w.gap_day),
            "clock": "09:00",
        },
    ),
    Row("gap-hand-on", WORKERS, Perm.GAP_FILL, data=key),
    Row(
        "gap-hand-on",
        done(WORKERS),
        Perm.GAP_FILL,
        method="POST",
        data=lambda w: {**key(w), "to": w.member.pk},
    ),
    Row("gap-waive", LEADERS, Perm.GAP_WAIVE, data=key),
    Row(
        "gap-waive",
        done(LEADERS),
        Perm.GAP_WAIVE,
        method="POST",
        data=lambda w: {**key(w), "reason": "The branch is closed.", "expires_on": str(w.gap_day)},
    ),
    Row(
        "gap-fill",
        {**WORKERS, **dict.fromkeys(("admin", "manager", "member"), 404)},
        Perm.GAP_FILL,
        data=lapse,
    ),
    Row("gap-hand-on", WORKERS, Perm.GAP_FILL, data=lapse),
    Row(
        "gap-hand-on",
        done(WORKERS),
        Perm.GAP_FILL,
        method="POST",
        data=lambda w: {**lapse(w), "to": w.member.pk},
    ),
    Row("gap-waive", LEADERS, Perm.GAP_WAIVE, data=lapse),
    Row(
        "gap-waive",
        done(LEADERS),
        Perm.GAP_WAIVE,
        method="POST",
        data=lambda w: {
            **lapse(w),
            "reason": "She is on leave.",
            "expires_on": str(w.stakeholder.held_since + timedelta(days=90)),
        },
    ),
    Row("gap-unwaive", done(LEADERS), Perm.GAP_WAIVE, method="POST", data=lapse),
    Row("gap-unwaive", done(LEADERS), Perm.GAP_WAIVE, method="POST", data=key),
    Row("post-publish", LEADERS, Perm.PUBLISH, kwargs=post),
    Row(
        "post-publish",
        {**LEADERS, "admin": 302, "manager": 409},
        Perm.PUBLISH,
        method="POST",
        kwargs=post,
        data=lambda w: {"published_at": "2026-11-01T09:00", "bypass_reason": "The press has it."},
    ),
    Row("post-confirm", LEADERS, Perm.PUBLISH, kwargs=post),
    Row(
        "post-confirm",
        done(LEADERS),
        Perm.PUBLISH,
        method="POST",
        kwargs=post,
        data=lambda w: {"answer": "no", "then": "tray", "seen": when_seen(w.post)},
    ),
]
