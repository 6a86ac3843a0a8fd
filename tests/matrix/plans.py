"""Who may open which address of plans, streams, promises, channels and quiet days."""

from __future__ import annotations

from typing import Any

from people.permissions import Perm
from plancraft.lib.changes import fingerprint
from plans.objectives.records import objective_fields
from tests.matrix import Row

EVERYONE = {"admin": 200, "manager": 200, "member": 200, "expert": 200, "viewer": 200}
LEADERS = {"admin": 200, "manager": 200, "member": 403, "expert": 403, "viewer": 403}
LEADERS_POST = {**LEADERS, "admin": 302, "manager": 302}
WORKERS = {"admin": 200, "manager": 200, "member": 200, "expert": 403, "viewer": 403}


def _plan(w: Any) -> dict[str, Any]:
    return {"plan_id": w.plan.pk}


def _stream(w: Any) -> dict[str, Any]:
    return {"plan_id": w.plan.pk, "stream_id": w.stream.pk}


def _promise(w: Any) -> dict[str, Any]:
    return {"plan_id": w.plan.pk, "promise_id": w.promise.pk}


def _channel(w: Any) -> dict[str, Any]:
    return {"channel_id": w.channel.pk}


def _blackout(w: Any) -> dict[str, Any]:
    return {"blackout_id": w.blackout.pk}


def _plan_form(w: Any) -> dict[str, Any]:
    return {
        "name": "Changed",
        "starts_on": "2027-01-04",
        "ends_on": "2027-12-31",
        "objectives": w.objective.title,
        "version": w.plan.version,
    }


def _promise_form(w: Any) -> dict[str, Any]:
    return {"channel": w.channel.pk, "count": 2, "per": "month", "understood": ""}


def _quiet(w: Any) -> dict[str, Any]:
    return {"name": "Quiet", "starts_on": "2027-05-01", "ends_on": "2027-05-02"}


def _objective(w: Any) -> dict[str, Any]:
    return {"objective_id": w.objective.pk}


def _reading(w: Any) -> dict[str, Any]:
    return {"objective_id": w.objective.pk, "reading_id": w.reading.pk}


def _objective_form(w: Any) -> dict[str, Any]:
    seen = fingerprint(objective_fields(w.objective).words())
    return {"title": "More readers", "seen": seen}


def _reading_form(w: Any) -> dict[str, Any]:
    return {"value": "12", "on": "2020-01-01"}


ROWS = [
    Row("objective", EVERYONE, Perm.READ, kwargs=_objective),
    Row("objective-edit", LEADERS, Perm.PLAN_EDIT, kwargs=_objective),
    Row(
        "objective-edit",
        LEADERS_POST,
        Perm.PLAN_EDIT,
        "POST",
        kwargs=_objective,
        data=_objective_form,
    ),
    Row(
        "objective-reading-new",
        {**LEADERS, "admin": 422, "manager": 422},
        Perm.READ,
        "POST",
        kwargs=_objective,
        data=_reading_form,
    ),
    Row("objective-reading-remove", LEADERS_POST, Perm.READ, "POST", kwargs=_reading),
    Row("serves-none", EVERYONE, Perm.READ, kwargs=_plan),
    Row("streams-drifting", EVERYONE, Perm.READ),
    Row("plans", EVERYONE, Perm.READ),
    Row("plan-new", WORKERS, Perm.PLAN_CREATE),
    Row(
        "plan-new",
        {**WORKERS, "admin": 302, "manager": 302, "member": 302},
        Perm.PLAN_CREATE,
        "POST",
        data=lambda w: {"name": "New", "starts_on": "2027-01-04", "ends_on": "2027-03-14"},
    ),
    Row("plan", EVERYONE, Perm.READ, kwargs=_plan),
    Row("plan-edit", LEADERS, Perm.PLAN_EDIT, kwargs=_plan),
    Row("plan-edit", LEADERS_POST, Perm.PLAN_EDIT, "POST", _plan, _plan_form),
    Row("plan-state", LEADERS_POST, Perm.PLAN_EDIT, "POST", _plan, lambda w: {"to": "closed"}),
    Row(
        "plan-take-over",
        {"admin": 404, "manager": 403, "member": 403, "expert": 403, "viewer": 403},
        Perm.PLAN_TAKE_OVER,
        "POST",
        _plan,
        lambda w: {"reason": "It is not confidential"},
    ),
    Row("stream-new", LEADERS, Perm.PLAN_EDIT, kwargs=_plan),
    Row(
        "stream-new",
        LEADERS_POST,
        Perm.PLAN_EDIT,
        "POST",
        _plan,
        lambda w: {"name": "Branch stories", "rhythm_days": 14},
    ),
    Row("stream-edit", LEADERS, Perm.PLAN_EDIT, kwargs=_stream),
    Row("stream-archive", LEADERS_POST, Perm.PLAN_EDIT, "POST", _stream),
    Row("stream-restore", LEADERS_POST, Perm.PLAN_EDIT, "POST", _stream),
    Row("promise-new", LEADERS, Perm.PLAN_EDIT, kwargs=_plan),
    Row(
        "promise-new",
        {**LEADERS, "admin": 422, "manager": 422},
        Perm.PLAN_EDIT,
        "POST",
        _plan,
        _promise_form,
    ),
    Row("promise-edit", LEADERS, Perm.PLAN_EDIT, kwargs=_promise),
    Row("promise-end", LEADERS, Perm.PLAN_EDIT, kwargs=_promise),
    Row(
        "promise-end",
        LEADERS_POST,
        Perm.PLAN_EDIT,
        "POST",
        _promise,
        lambda w: {"last_day": "2027-06-30"},
    ),
    Row("channels", EVERYONE, Perm.READ),
    Row("channel", EVERYONE, Perm.READ, kwargs=_channel),
    Row("channel-new", LEADERS, Perm.CHANNEL_CREATE),
    Row(
        "channel-new",
        LEADERS_POST,
        Perm.CHANNEL_CREATE,
        "POST",
        data=lambda w: {"kind": "blog", "name": "Blog", "min_spacing_minutes": 0},
    ),
    Row("channel-edit", LEADERS, Perm.CHANNEL_EDIT, kwargs=_channel),
    Row("channel-archive", LEADERS_POST, Perm.CHANNEL_CREATE, "POST", _channel),
    Row("channel-restore", LEADERS_POST, Perm.CHANNEL_CREATE, "POST", _channel),
    Row("blackouts", EVERYONE, Perm.READ),
    Row("blackout-new", LEADERS_POST, Perm.CHANNEL_EDIT, "POST", data=_quiet),
    Row("blackout-remove", LEADERS_POST, Perm.CHANNEL_EDIT, "POST", _blackout),
]
