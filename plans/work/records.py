"""What the form of a task carries, as a plain record: for creating, editing and comparing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.models import Membership
from plans.models import KeyDate, Stream, Task

TASK_LABELS = {
    "title": _("Title"),
    "description": _("What is to be done"),
    "role": _("Role"),
    "due": _("Due"),
    "effort_minutes": _("Effort in minutes"),
    "stream": _("Stream"),
    "key_date": _("Key date"),
    "collaborators": _("Who helps"),
    "candidates": _("Who may come to own it"),
    "decide_by": _("Decide by"),
}


@dataclass(frozen=True, slots=True)
class TaskFields:
    """A task as its form shows it. Its owner is no field: it changes hands by `ownership` only."""

    title: str
    description: str = ""
    role: str = ""
    due: date | None = None
    effort_minutes: int | None = None
    stream: Stream | None = None
    key_date: KeyDate | None = None
    collaborators: tuple[Membership, ...] = ()
    candidates: tuple[Membership, ...] = ()
    decide_by: date | None = None

    def words(self) -> dict[str, str]:
        """What stands in each field."""
        return {
            "title": self.title,
            "description": self.description,
            "role": self.role,
            "due": _day(self.due),
            "effort_minutes": "" if self.effort_minutes is None else str(self.effort_minutes),
            "stream": "" if self.stream is None else self.stream.name,
            "key_date": "" if self.key_date is None else self.key_date.title,
            "collaborators": _names(self.collaborators),
            "candidates": _names(self.candidates),
            "decide_by": _day(self.decide_by),
        }


def task_fields(
    task: Task, collaborators: Iterable[Membership], candidates: Iterable[Membership]
) -> TaskFields:
    """What the form of this task would show now."""
    return TaskFields(
        title=task.title,
        description=task.description,
        role=task.role,
        due=task.due,
        effort_minutes=task.effort_minutes,
        stream=task.stream,
        key_date=task.key_date,
        collaborators=tuple(collaborators),
        candidates=tuple(candidates),
        decide_by=task.decide_by,
    )


def _day(value: date | None) -> str:
    return date_format(value, gettext("D j F Y")) if value else ""


def _names(members: Iterable[Membership]) -> str:
    return ", ".join(sorted(member.name for member in members))
