"""Form fields that know nothing of what is planned: a day, and rows to pick from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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


class PickField(forms.ChoiceField):
    """A choice among rows that are loaded; cleans to the row, or to None for nothing.

    `nothing` are the words for choosing none of them; with them the choice may be left open. Where
    the rows are known only later, `offer` gives them.
    """

    def __init__(self, *, rows: Iterable[Any] = (), nothing: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("required", nothing is None)
        super().__init__(**kwargs)
        self.offer(rows, nothing=nothing)

    def offer(
        self, rows: Iterable[Any], *, nothing: Any = None, label: Callable[[Any], str] = str
    ) -> None:
        """The rows that can be chosen, what each is called, and the words for none of them."""
        self.rows = {str(row.pk): row for row in rows}
        choices = [(key, label(row)) for key, row in self.rows.items()]
        self.choices = [*([] if nothing is None else [("", nothing)]), *choices]

    def clean(self, value: Any) -> Any:
        """The row that was chosen; None for nothing."""
        return self.rows.get(super().clean(value))


class PickManyField(forms.MultipleChoiceField):
    """Several of the loaded rows, as boxes to tick; cleans to a tuple of rows."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, rows: Iterable[Any], **kwargs: Any) -> None:
        self.rows = {str(row.pk): row for row in rows}
        super().__init__(choices=[(key, str(row)) for key, row in self.rows.items()], **kwargs)

    def clean(self, value: Any) -> tuple[Any, ...]:
        """The rows that were ticked, in the order of the list."""
        return tuple(self.rows[key] for key in super().clean(value))
