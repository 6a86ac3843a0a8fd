"""What the forms of key dates and back-schedules carry, as plain records."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.models import Department, Membership
from plans.models import BackScheduleStep, KeyDate, KeyDateKind

KEY_DATE_LABELS = {
    "kind": _("Kind"),
    "title": _("Title"),
    "date": _("Day"),
    "at": _("At"),
    "department": _("Department"),
    "note": _("Note"),
}
TEMPLATE_LABELS = {"name": _("Name"), "description": _("What it is for"), "steps": _("Steps")}


@dataclass(frozen=True, slots=True)
class KeyDateFields:
    """A key date as its form shows it. `date` is a local day; `at`, an instant, belongs to it."""

    title: str
    date: date
    kind: str = KeyDateKind.LAUNCH.value
    at: datetime | None = None
    department: Department | None = None
    note: str = ""

    def words(self) -> dict[str, str]:
        """What stands in each field."""
        return {
            "kind": str(KeyDateKind(self.kind).label),
            "title": self.title,
            "date": date_format(self.date, gettext("D j F Y")),
            "at": self.at.isoformat() if self.at else "",
            "department": self.department.name if self.department else "",
            "note": self.note,
        }


def key_date_fields(key_date: KeyDate) -> KeyDateFields:
    """What the form of this key date would show now."""
    return KeyDateFields(
        title=key_date.title,
        date=key_date.date,
        kind=key_date.kind,
        at=key_date.at,
        department=key_date.department,
        note=key_date.note,
    )


@dataclass(frozen=True, slots=True)
class StepFields:
    """A step of a back-schedule; `before` holds keys of other steps, or "key_date"."""

    key: str
    title: str
    lead: int
    before: tuple[str, ...]
    role: str = ""
    member: Membership | None = None


def step_fields(steps: Iterable[BackScheduleStep]) -> tuple[StepFields, ...]:
    """The steps of a version, in their order, as its editor shows them."""
    return tuple(
        StepFields(
            key=step.key,
            title=step.title,
            lead=step.lead,
            before=tuple(step.before),
            role=step.role,
            member=step.member,
        )
        for step in steps
    )


def free_key(title: str, taken: Collection[str]) -> str:
    """A key for a step with this title that no other step bears."""
    base = slugify(title)[:50].strip("-") or "step"
    key, number = base, 2
    while key in taken or key == "key_date":
        key, number = f"{base}-{number}", number + 1
    return key
