"""Who may open which address of imported dates, and learn a back-schedule from a key date."""

from __future__ import annotations

from typing import Any

from people.permissions import Perm
from plans.models import TimelineImport
from plans.timelines import services
from tests.matrix import Row
from tests.matrix.plans import LEADERS, LEADERS_POST, WORKERS

REFUSED = {**LEADERS, "admin": 422, "manager": 422}


def _waiting(w: Any) -> dict[str, Any]:
    """A file that the champion uploaded, waiting for answers."""
    made = TimelineImport.objects.filter(plan=w.plan).first() or services.upload(
        plan=w.plan,
        file_name="dates.csv",
        content=b"What,Who,When\nDraft,Lead,2027-03-01\nLaunch,Lead,2027-03-08\n",
        by=w.champion,
    )
    return {"timeline_id": made.pk}


def _done(w: Any) -> dict[str, Any]:
    kwargs = _waiting(w)
    TimelineImport.objects.filter(pk=kwargs["timeline_id"]).update(state="done")
    return kwargs


def _key_date(w: Any) -> dict[str, Any]:
    return {"key_date_id": w.key_date.pk}


ROWS = [
    Row("timelines", WORKERS, Perm.IMPORT),
    Row("timeline-new", WORKERS, Perm.IMPORT),
    Row(
        "timeline-new",
        {**WORKERS, "admin": 422, "manager": 422, "member": 422},
        Perm.IMPORT,
        "POST",
    ),
    Row("timeline", LEADERS, Perm.IMPORT, kwargs=_waiting),
    Row("timeline-answer", REFUSED, Perm.IMPORT, "POST", kwargs=_waiting),
    Row("timeline-start", REFUSED, Perm.IMPORT, "POST", kwargs=_waiting),
    Row("timeline-discard", LEADERS_POST, Perm.IMPORT, "POST", kwargs=_waiting),
    Row("timeline-undo", LEADERS, Perm.IMPORT_UNDO, kwargs=_done),
    Row("timeline-undo", LEADERS_POST, Perm.IMPORT_UNDO, "POST", kwargs=_done),
    Row("key-date-learn", LEADERS, Perm.WORKFLOW_EDIT, kwargs=_key_date),
    Row(
        "key-date-learn",
        LEADERS_POST,
        Perm.WORKFLOW_EDIT,
        "POST",
        kwargs=_key_date,
        data=lambda w: {"name": "Learned", f"keep_{w.step.pk}": "on", "save": "1"},
    ),
]
