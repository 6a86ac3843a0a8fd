"""Who may open which address of stakeholders."""

from __future__ import annotations

from typing import Any

from people.permissions import Perm
from tests.matrix import Row

EVERYONE = {"admin": 200, "manager": 200, "member": 200, "expert": 200, "viewer": 200}
WORKERS = {"admin": 200, "manager": 200, "member": 200, "expert": 403, "viewer": 403}
WORKERS_POST = {**WORKERS, "admin": 302, "manager": 302, "member": 302}
EDIT = Perm.STAKEHOLDER_EDIT


def _one(w: Any) -> dict[str, Any]:
    return {"stakeholder_id": w.stakeholder.pk}


def _new(w: Any) -> dict[str, Any]:
    return {
        "kind": "blogger",
        "name": "Ada Marsh",
        "basis": "public",
        "held_since": "2027-02-01",
        "plan": w.plan.pk,
        "stream": w.stream.pk,
        "department": w.department.pk,
        "owner": w.owner.pk,
    }


def _touchpoint(w: Any) -> dict[str, Any]:
    return {"day": str(w.stakeholder.held_since), "means": "call", "said": "Hello"}


ROWS = [
    Row("stakeholders", EVERYONE, Perm.READ),
    Row("stakeholders-export", WORKERS, EDIT, "POST"),
    Row("stakeholder-new", WORKERS, EDIT),
    Row("stakeholder", EVERYONE, Perm.READ, kwargs=_one),
    Row("stakeholder-edit", WORKERS, EDIT, kwargs=_one),
    Row("stakeholder-archive", WORKERS_POST, EDIT, "POST", _one),
    Row("stakeholder-restore", WORKERS_POST, EDIT, "POST", _one),
    Row("stakeholder-export", WORKERS, EDIT, "POST", _one),
    Row("stakeholder-erase", WORKERS, EDIT, kwargs=_one),
    Row("stakeholder-erase", WORKERS_POST, EDIT, "POST", _one, lambda w: {"understood": "on"}),
    Row("stakeholder-new", WORKERS_POST, EDIT, "POST", data=_new),
    Row("touchpoint-new", WORKERS, EDIT, kwargs=_one),
    Row(
        "touchpoint-new",
        WORKERS_POST,
        EDIT,
        "POST",
        _one,
        lambda w: {**_touchpoint(w), "subject": w.story.subject_id, "plan": w.plan.pk},
    ),
    Row(
        "touchpoint-remove",
        {**WORKERS_POST, "member": 403},
        EDIT,
        "POST",
        lambda w: {**_one(w), "touchpoint_id": w.touchpoint.pk},
    ),
]
