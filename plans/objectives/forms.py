"""Forms of objectives and their readings."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from plancraft.lib.forms import DayField
from plans.forms.fields import PlainForm
from plans.objectives.records import ObjectiveFields

A_NUMBER = _("Write a number, such as 400 or 12.5.")


class NumberField(forms.DecimalField):
    """A number of at most twelve digits before and two behind the point."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_digits=14,
            decimal_places=2,
            error_messages={
                "invalid": A_NUMBER,
                "max_digits": _("That number is too long."),
                "max_whole_digits": _("That number is too long."),
                "max_decimal_places": _("Two digits behind the point are enough."),
            },
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            **kwargs,
        )


class ObjectiveForm(PlainForm):
    """What an objective says and how it is measured; without a target it stays in words."""

    rows = ("title", ("measure", "unit"), ("baseline", "target"), "due_on")
    missing = {"title": _("Say what is to be true when the plan ends.")}

    title = forms.CharField(label=_("Objective"), max_length=200)
    measure = forms.CharField(
        label=_("What is measured"),
        max_length=120,
        required=False,
        help_text=_(
            "As precisely as two people need to count the same: “first talks in branches”."
        ),
    )
    unit = forms.CharField(
        label=_("Unit"), max_length=30, required=False, help_text=_("Talks, %, days.")
    )
    baseline = NumberField(label=_("At the beginning"), required=False)
    target = NumberField(
        label=_("Target"),
        required=False,
        help_text=_("May lie below, where something is to fall. Empty: it is not measured."),
    )
    due_on = DayField(label=_("By"), required=False, help_text=_("Empty: by the plan’s last day."))
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """A target is of something, and is not where it began."""
        data = super().clean() or self.cleaned_data
        target = data.get("target")
        if target is None:
            return data
        if not data.get("measure") and "measure" not in self.errors:
            sentence = gettext("Say what is measured, so that everyone counts the same.")
            self.add_error("measure", sentence)
        if "baseline" in data and target == (data["baseline"] or Decimal(0)):
            sentence = gettext("The target is where it began: say what is to change.")
            self.add_error("target", sentence)
        return data

    def record(self) -> ObjectiveFields:
        """What was typed, as the services take it."""
        data = self.cleaned_data
        return ObjectiveFields(
            title=data["title"],
            measure=data["measure"],
            unit=data["unit"],
            baseline=data["baseline"] or Decimal(0),
            target=data["target"],
            due_on=data["due_on"],
        )


def objective_initial(fields: ObjectiveFields, seen: str) -> dict[str, Any]:
    """The form as it opens."""
    measured = fields.target is not None
    return {
        "title": fields.title,
        "measure": fields.measure,
        "unit": fields.unit,
        "baseline": _plain(fields.baseline) if measured else "",
        "target": _plain(fields.target) if fields.target is not None else "",
        "due_on": fields.due_on,
        "seen": seen,
    }


def _plain(value: Decimal) -> str:
    """Without a ",00" that nobody typed."""
    return f"{value.normalize():f}"


class ReadingForm(PlainForm):
    """What an objective stands at on a day."""

    rows = (("value", "on"), "note")
    missing = {"value": _("Write what it stands at.")}

    value = NumberField(label=_("It stands at"))
    on = DayField(label=_("On"))
    note = forms.CharField(
        label=_("Where it comes from"),
        max_length=200,
        required=False,
        help_text=_("A report, a count, whom you asked."),
    )
