"""A meeting as plain text, for mails: its agenda, its minutes. No query beyond what was loaded."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from plans.meetings.sources import heading
from plans.models import ActionItem, AgendaItem, Meeting


def agenda_text(items: Sequence[AgendaItem]) -> str:
    """The agenda under its headings; empty where there is nothing on it."""
    lines: list[str] = []
    above = ""
    for item in items:
        if item.removed_at is not None:
            continue
        if (named := heading(item.source)) != above:
            above = named
            lines += ["", named] if lines else [named]
        lines.append(f"- {item.text}{_who(item)}")
    return "\n".join(lines)


def _who(item: AgendaItem) -> str:
    if item.is_nobodys:
        return f" ({_('no one owns this')})"
    return f" ({item.owner})" if item.owner is not None else ""


def minutes_text(meeting: Meeting) -> str:
    """Decisions, what is to be done and the notes, of a meeting loaded with all of them."""
    decisions = [f"- {row.text}" for row in meeting.decisions.all()]
    to_do = [f"- {_to_do(row)}" for row in meeting.action_items.all()]
    parts = [
        [_("Decisions"), *decisions] if decisions else [],
        [_("To do"), *to_do] if to_do else [],
        [_("Notes"), meeting.notes] if meeting.notes else [],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _to_do(row: ActionItem) -> str:
    task = row.task
    text, owner, due = (
        (task.title, task.owner, task.due) if task else (row.text, row.owner, row.due)
    )
    day = _("by %(day)s") % {"day": date_format(due, _("D j F"))} if due else ""
    said = ", ".join(str(part) for part in (owner or _("no one yet"), day) if part)
    return f"{text} ({said})"
