"""Form fields that know nothing of what is planned: a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from plancraft.lib.dates import EARLIEST, LATEST

ISO_DAY = "%Y-%m-%d"


class DayField(forms.DateField):
    """A day, within the years that a calendar can reckon with: written 2027-03-31, or picked."""

    default_error_messages = {
        "invalid": _("Write the day as year, month and day: 2027-03-31."),
        "required": _("Choose a day."),
        "range": _("Choose a day between 1900 and 2200."),
    }

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format=ISO_DAY, attrs={"type": "date"})
        super().__init__(**{"input_formats": [ISO_DAY], "widget": widget, **kwargs})

    def validate(self, value: date | None) -> None:
        """Refuse what lies outside those years."""
        super().validate(value)
        if value is not None and not EARLIEST <= value <= LATEST:
            raise forms.ValidationError(self.error_messages["range"], code="range")
