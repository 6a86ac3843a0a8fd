"""Who may open which address of tasks and responsibilities."""

from __future__ import annotations

from typing import Any

from people.permissions import Perm
from plancraft.lib.changes import fingerprint
from tests.matrix import Row

EVERYONE = {"admin": 200, "manager": 200, "member": 200, "expert": 200, "viewer": 200}
EVERYONE_POST = dict.fromkeys(EVERYONE, 302)
LEADERS = {"admin": 200, "manager": 200, "member": 403, "expert": 403, "viewer": 403}
LEADERS_POST = {**LEADERS, "admin": 302, "manager": 302}
WORKERS = {"admin": 200, "manager": 200, "member": 200, "expert": 403, "viewer": 403}
WORKERS_POST = {**WORKERS, "admin": 302, "manager": 302, "member": 302}


def _plan(w: Any) -> dict[str, Any]:
    return {"plan_id": w.plan.pk}


def _task(w: Any) -> dict[str, Any]:
    return {"task_id": w.task.pk}


def _line(w: Any) -> dict[str, Any]:
    return {"line_id": w.line.pk}


def _comment(w: Any) -> dict[str, Any]:
    return {"comment_id": w.comment.pk}


def _file(w: Any) -> dict[str, Any]:
    return {"file_id": w.file.pk}


def _edited(w: Any) -> dict[str, Any]:
    return {"title": "Order the flags twice", "version": w.task.version}


def _new(w: Any) -> dict[str, Any]:
    return {"plan": w.plan.pk, "title": "Order the cake", "owner": w.owner.pk}


def _moved(w: Any) -> dict[str, Any]:
    return {"task": [w.task.pk], "do": "move", "days": "2"}


def _row(w: Any) -> dict[str, Any]:
    return {"plan_id": w.plan.pk, "slug": "stream", "pk": w.stream.pk}


def _letters(w: Any) -> dict[str, Any]:
    """The stream's owner stays accountable; the champion is consulted."""
    seen = fingerprint({f"m{w.stream.owner_id}": "A"})
    return {f"m{w.stream.owner_id}": "A", f"m{w.champion.pk}": "C", "seen": seen}


ROWS = [
    Row("responsibilities", EVERYONE, Perm.READ, kwargs=_plan),
    Row("responsibility-edit", LEADERS, Perm.PLAN_EDIT, kwargs=_row),
    Row("responsibility-edit", LEADERS_POST, Perm.PLAN_EDIT, "POST", _row, _letters),
    Row("tasks", EVERYONE, Perm.READ),
    Row("task-new", WORKERS, Perm.TASK_CREATE, data=lambda w: {"plan": w.plan.pk}),
    Row("task-new", WORKERS_POST, Perm.TASK_CREATE, "POST", data=_new),
    Row("task", EVERYONE, Perm.READ, kwargs=_task),
    Row("task-edit", LEADERS, Perm.TASK_EDIT, kwargs=_task),
    Row("task-edit", LEADERS_POST, Perm.TASK_EDIT, "POST", _task, _edited),
    Row("task-links", LEADERS, Perm.TASK_EDIT, kwargs=_task),
    Row("task-links", LEADERS_POST, Perm.TASK_EDIT, "POST", _task),
    Row("task-state", LEADERS_POST, Perm.TASK_EDIT, "POST", _task, lambda w: {"to": "done"}),
    Row("task-bulk", WORKERS_POST, Perm.TASK_EDIT, "POST", data=_moved),
    Row(
        "task-bulk-undo",
        {**WORKERS, "admin": 404, "manager": 404, "member": 404},
        Perm.TASK_EDIT,
        "POST",
        data=lambda w: {"activity": [w.bulk.pk]},
    ),
    Row(
        "task-line-new",
        WORKERS_POST,
        Perm.TASK_CREATE,
        "POST",
        _task,
        lambda w: {"text": "Count again"},
    ),
    Row("task-line", WORKERS_POST, Perm.TASK_CREATE, "POST", _line, lambda w: {"do": "tick"}),
    Row("task-comment-new", EVERYONE_POST, Perm.READ, "POST", _task, lambda w: {"text": "Blue"}),
    Row("task-comment-remove", LEADERS_POST, Perm.READ, "POST", _comment),
    Row(
        "task-file-new",
        dict.fromkeys(WORKERS, 403) | {"admin": 422, "manager": 422, "member": 422},
        Perm.TASK_CREATE,
        "POST",
        _task,
    ),
    Row("task-file", EVERYONE, Perm.READ, kwargs=_file),
    Row("task-file-remove", LEADERS_POST, Perm.TASK_CREATE, "POST", _file),
]
