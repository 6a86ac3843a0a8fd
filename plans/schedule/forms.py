"""Forms of key dates and of building back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from crispy_forms.layout import Field
from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import Department, Membership
from plancraft.lib.dates import at_wall_clock
from plancraft.lib.forms import DayField, PickField, PickManyField
from plans.forms.fields import NO_ONE_YET, PlainForm, key_of
from plans.models import BackScheduleTemplate, KeyDateKind
from plans.schedule.records import KeyDateFields


class ClockField(forms.TimeField):
    """A time of day as a clock shows it: 09:00."""

    default_error_messages = {"invalid": _("Write the time as hours and minutes: 09:30.")}

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        formats = ["%H:%M", "%H:%M:%S"]
        super().__init__(**{"input_formats": formats, "widget": widget, **kwargs})


class KeyDateForm(PlainForm):
    """Enter a key date, or change what it says. An existing one moves by its preview only, so that
    its form has no day."""

    rows = ("title", ("kind", "department"), ("date", "clock"), "owner", "note", "affected")

    missing = {
        "title": _("Give the key date a title."),
        "kind": _("Choose what kind of day it is."),
    }

    title = forms.CharField(label=_("Title"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=KeyDateKind.choices)
    clock = ClockField(
        label=_("Time of day"),
        required=False,
        help_text=_("Leave empty if only the day counts."),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        departments: Sequence[Department],
        zone: ZoneInfo,
        owners: Sequence[Membership] | None = None,
        day: date | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.zone, self.day = zone, day
        if day is None:
            self.fields["date"] = DayField(label=_("Day"))
        self.fields["department"] = PickField(
            label=_("Whose it is"), rows=departments, nothing=_("None in particular")
        )
        if owners is not None:
            self.fields["owner"] = PickField(
                label=_("Owner"),
                rows=owners,
                nothing=NO_ONE_YET,
                help_text=_("The one person who answers for it being ready."),
            )
        if departments:
            self.fields["affected"] = PickManyField(
                label=_("Departments it affects"),
                rows=departments,
                required=False,
                help_text=_("Each is asked how it stands to the day."),
            )

    def laid_out(self, name: str) -> Field:
        """Departments to tick stand in a row."""
        if name == "affected":
            return Field(name, template="plans/_choice_field.html")
        return super().laid_out(name)

    def record(self) -> KeyDateFields:
        """What was typed, as the services take it."""
        data = self.cleaned_data
        day = self.day or data["date"]
        clock: time | None = data["clock"]
        return KeyDateFields(
            title=data["title"],
            date=day,
            kind=data["kind"],
            at=at_wall_clock(day, clock, self.zone) if clock else None,
            department=data["department"],
            note=data["note"],
        )

    @property
    def affected(self) -> tuple[Department, ...]:
        """The departments that were ticked."""
        return tuple(self.cleaned_data.get("affected", ()))


def key_date_initial(
    fields: KeyDateFields, version: int, affected: Sequence[int], zone: ZoneInfo
) -> dict[str, Any]:
    """The form as it opens on an existing key date."""
    return {
        "title": fields.title,
        "kind": fields.kind,
        "department": key_of(fields.department),
        "clock": clock_of(fields.at, zone),
        "note": fields.note,
        "affected": [str(pk) for pk in affected],
        "version": version,
    }


def clock_of(at: datetime | None, zone: ZoneInfo) -> time | None:
    """What a clock of the organization shows at that instant."""
    return at.astimezone(zone).time().replace(second=0, microsecond=0) if at else None


class DayForm(PlainForm):
    """The day to which something is to be moved."""

    date = DayField(label=_("New day"))


class BuildForm(PlainForm):
    """Which back-schedule to build, and back from which day."""

    missing = {"template": _("Choose a back-schedule.")}

    date = DayField(label=_("Built back from"))

    def __init__(
        self,
        data: Any = None,
        *,
        templates: Sequence[BackScheduleTemplate],
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.fields["template"] = PickField(
            label=_("Back-schedule"),
            rows=templates,
            nothing=_("Choose a back-schedule"),
            required=True,
        )
        self.order_fields(["template", "date"])


class CopyForm(PlainForm):
    """What the copy of a back-schedule is called."""

    missing = {"name": _("Give the copy a name.")}

    name = forms.CharField(label=_("Name of the copy"), max_length=120)
