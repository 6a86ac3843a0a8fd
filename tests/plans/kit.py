"""What the tests of pages do alike."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from plans.models import Plan

HUGE = 9223372036854775808123


def at(name: str, **kwargs: Any) -> str:
    """The address of a page of Northlake."""
    return reverse(name, kwargs={"organization": "northlake", **kwargs})


def plan_form(plan: Plan | None = None, **changes: Any) -> dict[str, Any]:
    """A whole submission of the plan's form."""
    data = {"name": "Home Buyer Spring", "starts_on": "2027-01-04", "ends_on": "2027-03-14"}
    if plan:
        data["version"] = str(plan.version)
    return {**data, **changes}


PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
"""A picture by its first bytes."""
