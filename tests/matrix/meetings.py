"""Who may open which address of planning meetings."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from people.permissions import Perm
from tests.matrix import Row

EVERYONE = {"admin": 200, "manager": 200, "member": 200, "expert": 200, "viewer": 200}
WORKERS = {"admin": 200, "manager": 200, "member": 200, "expert": 403, "viewer": 403}
WORKERS_POST = {"admin": 302, "manager": 302, "member": 302, "expert": 403, "viewer": 403}
IS_OVER = {"admin": 409, "manager": 409, "member": 409}
NOT_INVITED = {"admin": 403, "manager": 403, "member": 403, "expert": 403, "viewer": 403}


def _series(w: Any) -> dict[str, Any]:
    return {"series_id": w.series.pk}


def _day(w: Any) -> dict[str, Any]:
    return {"series_id": w.series.pk, "day": w.meeting_day}


def _meeting(w: Any) -> dict[str, Any]:
    return {"meeting_id": w.meeting.pk}


def _item(w: Any) -> dict[str, Any]:
    return {"meeting_id": w.meeting.pk, "item_id": w.agenda_item.pk}


def _decision(w: Any) -> dict[str, Any]:
    return {"meeting_id": w.meeting.pk, "decision_id": w.decision.pk}


def _action(w: Any) -> dict[str, Any]:
    return {"meeting_id": w.meeting.pk, "action_id": w.action.pk}


def _form(w: Any) -> dict[str, Any]:
    return {
        "title": "Weekly",
        "plan": w.plan.pk,
        "first_day": w.meeting_day,
        "time_zone": "UTC",
        "clock": "10:00",
        "duration_minutes": 30,
        "frequency": "weekly",
        "interval": 1,
        "attendees": [w.owner.pk],
        "version": w.series.version,
    }


def _one(w: Any) -> dict[str, Any]:
    day = date.fromisoformat(w.meeting_day) + timedelta(days=1)
    return {"day": day.isoformat(), "clock": "10:00", "duration_minutes": 30}


def _flag(w: Any) -> dict[str, Any]:
    return {"kind": "worked", "text": "The early brief"}


def _text(w: Any) -> dict[str, Any]:
    return {"text": "Something"}


def _to_do(w: Any) -> dict[str, Any]:
    return {"text": "Ask", "owner": w.owner.pk, "due": w.meeting_day}


RUN = Perm.MEETING_RUN

ROWS = [
    Row("meetings", EVERYONE, Perm.READ),
    Row("meeting-new", WORKERS, RUN),
    Row("meeting-new", WORKERS_POST, RUN, "POST", data=_form),
    Row("meeting-preview", WORKERS, RUN, "POST", data=_form),
    Row("meeting-series", EVERYONE, Perm.READ, kwargs=_series),
    Row("meeting-series-edit", WORKERS, RUN, kwargs=_series),
    Row("meeting-series-edit", WORKERS_POST, RUN, "POST", _series, _form),
    Row("meeting-series-end", WORKERS_POST, RUN, "POST", _series),
    Row("meeting-flag", WORKERS_POST, RUN, "POST", _series, _flag),
    Row("meeting-ics", EVERYONE, Perm.READ, kwargs=_series),
    Row("meeting-occurrence", EVERYONE, Perm.READ, kwargs=_day),
    Row("meeting-open", WORKERS_POST, RUN, "POST", _day),
    Row("meeting-change", WORKERS, RUN, kwargs=_day),
    Row("meeting-change", WORKERS_POST, RUN, "POST", _day, _one),
    Row("meeting-cancel", WORKERS, RUN, kwargs=_day),
    Row("meeting-cancel", WORKERS_POST, RUN, "POST", _day, lambda w: {"reason": "Holidays"}),
    Row("meeting", EVERYONE, Perm.READ, kwargs=_meeting),
    Row("meeting-draw", {**WORKERS_POST, **IS_OVER}, RUN, "POST", _meeting),
    Row("meeting-agenda", WORKERS_POST, RUN, "POST", _meeting, _text),
    Row("meeting-agenda-item", WORKERS_POST, RUN, "POST", _item, lambda w: {"do": "tick"}),
    Row(
        "meeting-notes",
        WORKERS_POST,
        RUN,
        "POST",
        _meeting,
        lambda w: {"notes": "More", "version": w.meeting.version},
    ),
    Row("meeting-decision", WORKERS_POST, RUN, "POST", _meeting, _text),
    Row("meeting-decision-remove", WORKERS_POST, RUN, "POST", _decision),
    Row("meeting-action", WORKERS_POST, RUN, "POST", _meeting, _to_do),
    Row("meeting-action-item", WORKERS_POST, RUN, "POST", _action, _to_do),
    Row("meeting-answer", NOT_INVITED, Perm.READ, "POST", _meeting, lambda w: {"answer": "yes"}),
    Row("meeting-minutes", EVERYONE, Perm.READ, kwargs=_meeting),
    Row("meeting-minutes-send", WORKERS_POST, RUN, "POST", _meeting),
    Row("meeting-restore", WORKERS_POST, RUN, "POST", _meeting),
]
