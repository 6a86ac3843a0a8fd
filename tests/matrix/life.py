"""Who may open which address of a plan's life, and of shared events."""

from __future__ import annotations

from typing import Any

from people.permissions import Perm
from tests.matrix import Row

EVERYONE = {"admin": 200, "manager": 200, "member": 200, "expert": 200, "viewer": 200}
WORKERS = {"admin": 200, "manager": 200, "member": 200, "expert": 403, "viewer": 403}


def _plan(w: Any) -> dict[str, Any]:
    return {"plan_id": w.plan.pk}


def _asked(w: Any) -> dict[str, Any]:
    return {"key_date_id": w.key_date.pk, "department_id": w.department.pk}


def _autumn(w: Any) -> dict[str, Any]:
    return {"name": "Autumn", "anchor": "", "day": "2027-09-06", "token": "of another copy"}


ROWS = [
    Row("plan-approved", EVERYONE, Perm.READ, kwargs=_plan),
    Row("plan-print", EVERYONE, Perm.READ, kwargs=_plan),
    Row("plan-copy", WORKERS, Perm.PLAN_CREATE, kwargs=_plan),
    # Not the copy that they were shown: whoever may copy sees it anew.
    Row(
        "plan-copy",
        {**WORKERS, "admin": 409, "manager": 409, "member": 409},
        Perm.PLAN_CREATE,
        "POST",
        _plan,
        _autumn,
    ),
    Row("event-answers", EVERYONE, Perm.READ),
    # A member of another department does not answer for this one.
    Row(
        "event-answer",
        {"admin": 302, "manager": 302, "member": 403, "expert": 403, "viewer": 403},
        Perm.CLAIM,
        "POST",
        _asked,
        lambda w: {"answer": "takes_part", "seen": ""},
    ),
]
