"""The form that copies a plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from plancraft.lib.forms import DayField, PickField
from plans.forms.fields import PlainForm
from plans.models import KeyDate

FIRST_DAY = _("The plan’s first day")


class CopyForm(PlainForm):
    """What the copy is called, and what of it comes on which day."""

    rows = ("name", ("anchor", "day"))
    missing = {"name": _("Give the copy a name of its own.")}

    name = forms.CharField(label=_("Name of the copy"), max_length=120)

    def __init__(self, data: Any = None, *, key_dates: Sequence[KeyDate], **kw: Any) -> None:
        super().__init__(data, **kw)
        self.fields["anchor"] = PickField(
            label=_("What moves it"),
            rows=key_dates,
            nothing=FIRST_DAY,
            help_text=_("Everything else moves by as many days."),
        )
        self.fields["day"] = DayField(label=_("Its new day"))
