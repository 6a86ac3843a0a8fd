"""What the tests of pages do alike."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

BASE = "/o/northlake"
MARCH = datetime(2027, 3, 12, 9, tzinfo=UTC)


def hidden(html: str) -> dict[str, str]:
    """Version and digest that the form carries."""
    found = re.findall(r'<input type="hidden" name="(version|seen)" value="([^"]*)"', html)
    return dict(found)


def fresh(row: Any) -> Any:
    """The row as it is stored now."""
    return type(row).objects.get(pk=row.pk)


def new_story(chosen: Any, /, **kw: Any) -> dict[str, Any]:
    """A whole submission of the form."""
    data = {
        "title": "Fraud week",
        "plan": chosen.pk,
        "owner": "",
        "posts-TOTAL_FORMS": "1",
        "posts-INITIAL_FORMS": "0",
        "posts-0-clock": "09:00",
    }
    return {**data, **kw}
