"""Who may open which address of My work and the dashboard. The cast's member champions nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from people.permissions import Perm
from tests.matrix import Row

EVERYONE = {"admin": 200, "manager": 200, "member": 200, "expert": 200, "viewer": 200}
ABOVE = {**EVERYONE, "member": 403}


def _last_week(w: Any) -> dict[str, Any]:
    """The week before this one, as its bar's link names it."""
    today = timezone.now().date()
    return {"week": (today - timedelta(days=today.weekday() + 7)).isoformat()}


ROWS = [
    Row(name="my-work", perm=Perm.READ, expect=EVERYONE),
    Row(name="dashboard", perm=Perm.DASHBOARD, expect=ABOVE),
    Row(name="dashboard-week", perm=Perm.DASHBOARD, expect=ABOVE, data=_last_week),
    Row(name="dashboard-overdue", perm=Perm.DASHBOARD, expect=ABOVE),
]
