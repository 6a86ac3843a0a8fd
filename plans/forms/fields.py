"""The layout and the words that the forms of this room share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from plancraft.lib.forms import DayField

NO_ONE_YET = _("No one yet")
NONE_IN_PARTICULAR = _("None in particular")


LIMITS = {
    "max_length": _("Make it %(limit_value)d characters at most; it has %(show_value)d now."),
    "min_value": _("Give a number of at least %(limit_value)s."),
    "max_value": _("Give a number of at most %(limit_value)s."),
}
"""What to say of a limit that was passed, where the field says nothing better itself."""


class PlainForm(forms.Form):
    """A form whose <form> tag stands in the template; `rows` of the layout pair up fields."""

    rows: Sequence[Any] = ()
    missing: Mapping[str, Any] = {}
    """What to say of a field that was left empty, where "Fill this in." is not enough."""

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)

    def _clean_fields(self) -> None:
        # Here, because forms add fields of their own after `__init__`.
        for name, field in self.fields.items():
            if not isinstance(field, DayField):
                field.error_messages["required"] = self.missing.get(name, _("Fill this in."))
            field.error_messages = {**LIMITS, **field.error_messages}
        super()._clean_fields()  # type: ignore[misc]

    @property
    def helper(self) -> FormHelper:
        """How crispy lays it out: what `rows` name first, then whatever is left."""
        helper = FormHelper(self)
        helper.form_tag = False
        helper.disable_csrf = True
        placed: list[Any] = []
        for row in self.rows:
            group = row if isinstance(row, tuple) else (row,)
            names = [name for name in group if name in self.fields]
            css = "form-pair" if len(names) > 1 else ""
            placed.append(Div(*[self.laid_out(name) for name in names], css_class=css))
        listed = {n for row in self.rows for n in (row if isinstance(row, tuple) else (row,))}
        placed += [self.laid_out(name) for name in self.fields if name not in listed]
        helper.layout = Layout(*placed)
        return helper

    def laid_out(self, name: str) -> Field:
        """One field; forms override it for a field with markup of its own."""
        return Field(name)

    def carry(self, **values: Any) -> None:
        """Set hidden values of a form that is shown again, keeping everything typed."""
        data: Any = self.data
        data = data.copy()
        for key, value in values.items():
            data[key] = str(value)
        self.data = data


def key_of(row: Any) -> str:
    """The value of a choice that stands for this row."""
    return "" if row is None else str(row.pk)
