"""What the forms of this feature carry, as plain records; see `plans.records`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from people.models import Department
from plans.models import Plan, Stakeholder, Stream
from plans.models.stakeholders import Basis, StakeholderKind

LABELS = {
    "kind": _("Kind"),
    "name": _("Name"),
    "affiliation": _("Outlet or employer"),
    "email": _("Work e-mail"),
    "phone": _("Phone"),
    "language": _("Language"),
    "topics": _("Beat or topics"),
    "plan": _("Plan"),
    "stream": _("Stream"),
    "department": _("Department"),
    "rhythm_days": _("Rhythm in days"),
    "note": _("Note"),
    "basis": _("Why we may hold this"),
    "source": _("Where it comes from"),
    "held_since": _("Held since"),
}


@dataclass(frozen=True, slots=True)
class StakeholderFields:
    """A stakeholder as its form shows it; `held_since` a local day of the organization."""

    kind: str
    name: str
    held_since: date
    affiliation: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    topics: str = ""
    plan: Plan | None = None
    stream: Stream | None = None
    department: Department | None = None
    rhythm_days: int | None = None
    note: str = ""
    basis: str = Basis.PUBLIC.value
    source: str = ""

    def values(self) -> dict[str, Any]:
        """Field name -> value, as the row keeps it."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def words(self) -> dict[str, str]:
        """What stands in each field."""
        said = {name: _said(value) for name, value in self.values().items()}
        return said | {
            "kind": str(StakeholderKind(self.kind).label),
            "basis": str(Basis(self.basis).label),
        }


def _said(value: Any) -> str:
    if value is None:
        return ""
    return date_format(value, "D j F Y") if isinstance(value, date) else str(value)


def stakeholder_fields(row: Stakeholder) -> StakeholderFields:
    """What the form of this stakeholder would show now."""
    names = [field.name for field in fields(StakeholderFields)]
    return StakeholderFields(**{name: getattr(row, name) for name in names})


@dataclass(frozen=True, slots=True)
class TouchpointFields:
    """A touchpoint as its form shows it. `at` is the instant, where the time was noted.

    `subject` is the key of the story's subject; its plan takes the place of `plan`.
    """

    day: date
    means: str
    said: str = ""
    at: datetime | None = None
    plan: Plan | None = None
    subject: int | None = None
    is_briefing: bool = False
    next_step: str = ""
    next_on: date | None = None
