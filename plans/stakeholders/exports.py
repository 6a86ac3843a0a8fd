"""What is held about stakeholders, to take away: one as JSON, a list as CSV. Rows in, text out."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from io import StringIO
from typing import Any

from plans.models import Stakeholder, Touchpoint
from plans.stakeholders.queries import Story
from plans.stakeholders.records import LABELS, stakeholder_fields

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet program takes for the beginning of a formula."""


def safe_cell(text: str) -> str:
    """The text as a spreadsheet shows it and never computes it: an apostrophe before a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_SIGNS) else text


def as_csv(rows: Iterable[Any]) -> str:
    """The list with a head of the form's labels, owner and last contact, UTF-8 with its mark."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*(str(label) for label in LABELS.values()), "Owner", "Last spoken"])
    for row in rows:
        words = stakeholder_fields(row).words() | {"held_since": row.held_since.isoformat()}
        last = row.last_day.isoformat() if row.last_day else ""
        cells = [*(words[name] for name in LABELS), row.owner.name if row.owner else "", last]
        writer.writerow([safe_cell(cell) for cell in cells])
    return "\ufeff" + out.getvalue()


def as_json(
    row: Stakeholder,
    touchpoints: Iterable[Touchpoint],
    stories: Mapping[int, Story],
    now: datetime,
) -> str:
    """Everything that is held about one stakeholder, with the day on which it was taken out."""
    held = {name: _plain(value) for name, value in stakeholder_fields(row).values().items()}
    document = {
        "exported_at": now.isoformat(),
        "organization": row.organization.name,
        "stakeholder": held
        | {
            "owner": row.owner.name if row.owner else None,
            "created_at": row.created_at.isoformat(),
            "archived_at": row.archived_at.isoformat() if row.archived_at else None,
        },
        "touchpoints": [_touchpoint(one, stories) for one in touchpoints],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _touchpoint(one: Touchpoint, stories: Mapping[int, Story]) -> dict[str, Any]:
    story = stories.get(one.subject_id) if one.subject_id else None
    return {
        "day": one.day.isoformat(),
        "at": one.at.isoformat() if one.at else None,
        "means": one.means,
        "said": one.said,
        "by": one.by.name,
        "plan": one.plan.name if one.plan else None,
        "story": story.title if story else None,
        "is_briefing": one.is_briefing,
        "next_step": one.next_step,
        "next_on": one.next_on.isoformat() if one.next_on else None,
    }
