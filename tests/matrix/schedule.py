"""Who may open which address of key dates, building back, and back-schedules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from people.permissions import Perm
from tests.matrix import Row
from tests.matrix.plans import EVERYONE, LEADERS, LEADERS_POST

REFUSED_POST = {**LEADERS, "admin": 409, "manager": 409}
"""Without the token of a preview nothing is applied."""


def _plan(w: Any) -> dict[str, Any]:
    return {"plan_id": w.plan.pk}


def _key_date(w: Any) -> dict[str, Any]:
    return {"key_date_id": w.key_date.pk}


def _step(w: Any) -> dict[str, Any]:
    return {"key_date_id": w.key_date.pk, "task_id": w.step.pk}


def _template(w: Any) -> dict[str, Any]:
    return {"template_id": w.back_schedule.pk}


def _form(w: Any) -> dict[str, Any]:
    return {"title": "Changed", "kind": "launch", "version": w.key_date.version}


def _day(w: Any) -> dict[str, Any]:
    return {"date": (w.key_date.date + timedelta(days=7)).isoformat()}


def _build(w: Any) -> dict[str, Any]:
    return {"template": w.back_schedule.pk, **_day(w)}


def _steps(w: Any) -> dict[str, Any]:
    return {
        "name": "Ours",
        "seen": 1,
        "row": ["design"],
        "s-design-title": "Design",
        "s-design-lead": 3,
        "s-design-before": ["key_date"],
    }


ROWS = [
    Row("key-dates", EVERYONE, Perm.READ, kwargs=_plan),
    Row("key-date-new", LEADERS, Perm.PLAN_EDIT, kwargs=_plan),
    Row(
        "key-date-new",
        LEADERS_POST,
        Perm.PLAN_EDIT,
        "POST",
        _plan,
        lambda w: {"title": "Launch", "kind": "launch", "date": "2027-06-01"},
    ),
    Row("key-date", EVERYONE, Perm.READ, kwargs=_key_date),
    Row("key-date-edit", LEADERS, Perm.PLAN_EDIT, kwargs=_key_date),
    Row("key-date-edit", LEADERS_POST, Perm.PLAN_EDIT, "POST", _key_date, _form),
    Row("key-date-build", LEADERS, Perm.PLAN_EDIT, kwargs=_key_date, data=_build),
    Row("key-date-build", REFUSED_POST, Perm.PLAN_EDIT, "POST", _key_date, _build),
    Row("key-date-move", LEADERS, Perm.PLAN_EDIT, kwargs=_key_date, data=_day),
    Row("key-date-move", REFUSED_POST, Perm.PLAN_EDIT, "POST", _key_date, _day),
    Row("key-date-recompute", LEADERS, Perm.PLAN_EDIT, kwargs=_key_date),
    Row("key-date-recompute", REFUSED_POST, Perm.PLAN_EDIT, "POST", _key_date),
    Row("key-date-pin", LEADERS, Perm.PLAN_EDIT, kwargs=_step, data=_day),
    Row("key-date-pin", REFUSED_POST, Perm.PLAN_EDIT, "POST", _step, _day),
    Row("key-date-unpin", LEADERS, Perm.PLAN_EDIT, kwargs=_step),
    Row("key-date-unpin", REFUSED_POST, Perm.PLAN_EDIT, "POST", _step),
    Row("key-date-cancel", LEADERS, Perm.PLAN_EDIT, kwargs=_key_date),
    Row("key-date-cancel", LEADERS_POST, Perm.PLAN_EDIT, "POST", _key_date),
    Row("key-date-done", LEADERS_POST, Perm.PLAN_EDIT, "POST", _key_date),
    Row("key-date-reopen", LEADERS_POST, Perm.PLAN_EDIT, "POST", _key_date),
    Row("back-schedules", LEADERS, Perm.WORKFLOW_EDIT),
    Row("back-schedule-new", LEADERS, Perm.WORKFLOW_EDIT),
    Row("back-schedule-new", LEADERS_POST, Perm.WORKFLOW_EDIT, "POST", data=_steps),
    Row("back-schedule", LEADERS, Perm.WORKFLOW_EDIT, kwargs=_template),
    Row("back-schedule-edit", LEADERS, Perm.WORKFLOW_EDIT, kwargs=_template),
    Row("back-schedule-edit", LEADERS_POST, Perm.WORKFLOW_EDIT, "POST", _template, _steps),
    Row(
        "back-schedule-copy",
        LEADERS_POST,
        Perm.WORKFLOW_EDIT,
        "POST",
        _template,
        lambda w: {"name": "A copy"},
    ),
    Row("back-schedule-archive", LEADERS_POST, Perm.WORKFLOW_EDIT, "POST", _template),
    Row("back-schedule-restore", LEADERS_POST, Perm.WORKFLOW_EDIT, "POST", _template),
]
