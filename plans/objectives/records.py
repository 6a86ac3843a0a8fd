"""An objective as its form shows it, for editing and for comparing two edits that cross."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from plans.models import Objective, ObjectiveReading, Plan
from plans.objectives.rules import Reading, Target

OBJECTIVE_LABELS = {
    "title": _("Objective"),
    "measure": _("What is measured"),
    "unit": _("Unit"),
    "baseline": _("At the beginning"),
    "target": _("Target"),
    "due_on": _("By"),
}


@dataclass(frozen=True, slots=True)
class ObjectiveFields:
    """What the form of an objective carries; without `target` it is not measured."""

    title: str
    measure: str = ""
    unit: str = ""
    baseline: Decimal = Decimal(0)
    target: Decimal | None = None
    due_on: date | None = None

    def words(self) -> dict[str, str]:
        """What stands in each field."""
        return {
            "title": self.title,
            "measure": self.measure,
            "unit": self.unit,
            "baseline": "" if self.target is None else figure(self.baseline),
            "target": "" if self.target is None else figure(self.target),
            "due_on": date_format(self.due_on, gettext("D j F Y")) if self.due_on else "",
        }


def objective_fields(objective: Objective) -> ObjectiveFields:
    """What the form of this objective would show now."""
    return ObjectiveFields(
        title=objective.title,
        measure=objective.measure,
        unit=objective.unit,
        baseline=objective.baseline,
        target=objective.target,
        due_on=objective.due_on,
    )


def target_of(objective: Objective, plan: Plan) -> Target | None:
    """The way from where it began to its goal, or None where it is not measured."""
    if objective.target is None:
        return None
    due = objective.due_on or plan.ends_on
    return Target(objective.baseline, objective.target, plan.starts_on, due)


def readings_of(rows: Iterable[ObjectiveReading]) -> list[Reading]:
    """The readings as plain facts."""
    return [Reading(row.on, row.value) for row in rows]


def figure(value: Decimal, unit: str = "") -> str:
    """A number as people write it, with its unit: no ",00", thousands apart."""
    decimals = 0 if value % 1 == 0 else 2
    words = number_format(value, decimal_pos=decimals, force_grouping=True)
    return f"{words} {unit}".strip()
