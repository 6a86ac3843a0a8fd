"""Forms of meetings. Their choices are rows that were read before, so no template runs a query."""

from __future__ import annotations

import zoneinfo
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from crispy_forms.layout import Field
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.forms import ZoneField
from people.models import Membership
from plancraft.lib.dates import at_wall_clock
from plancraft.lib.forms import DayField, PickField, PickManyField
from plans.forms.fields import NO_ONE_YET, NONE_IN_PARTICULAR, PlainForm
from plans.meetings.records import SeriesFields
from plans.meetings.recurrence import LAST, MONTHLY, ONCE, WEEKLY
from plans.models import MeetingFlag, MeetingSeries, Plan
from plans.wording import weekday

CLOCK = {"attrs": {"type": "time"}, "format": "%H:%M"}
LONGEST = 12 * 60


def clock_field(label: Any) -> forms.TimeField:
    """A time on the wall."""
    return forms.TimeField(
        label=label,
        widget=forms.TimeInput(**CLOCK),  # type: ignore[arg-type]
        error_messages={"invalid": _("Write the time as hours and minutes: 09:30.")},
    )


def minutes_field() -> forms.IntegerField:
    """How long it lasts."""
    return forms.IntegerField(label=_("Minutes"), min_value=5, max_value=LONGEST, initial=45)


def place_field() -> forms.CharField:
    """Where it is, or the link."""
    return forms.CharField(label=_("Place or link"), required=False, max_length=300)


class SeriesForm(PlainForm):
    """Schedule or change meetings. `version` says which state of them the form was opened on."""

    rows = (
        "title",
        ("plan", "owner"),
        ("first_day", "time_zone"),
        ("clock", "duration_minutes"),
        "place",
        "frequency",
        "interval",
        "weekdays",
        ("nth", "month_weekday"),
        ("until", "count"),
        "attendees",
    )
    missing = {
        "title": _("Give the meeting a title."),
        "clock": _("Say when it begins."),
        "duration_minutes": _("Say how long it lasts."),
        "attendees": _("Invite at least one person."),
    }

    title = forms.CharField(label=_("Title"), max_length=120)
    first_day = DayField(label=_("From"))
    time_zone = ZoneField(help_text=_("The meeting keeps this clock when clocks change."))
    clock = clock_field(_("Begins at"))
    duration_minutes = minutes_field()
    place = place_field()
    frequency = forms.ChoiceField(
        label=_("How often"),
        choices=MeetingSeries.Frequency.choices,
        initial=WEEKLY,
        widget=forms.RadioSelect,
    )
    interval = forms.IntegerField(
        label=_("Every how many weeks or months"),
        required=False,
        min_value=1,
        max_value=52,
        initial=1,
        help_text=_("1 is each of them, 2 every second one."),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On"),
        required=False,
        coerce=int,
        choices=[(number, number) for number in range(7)],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick none for the weekday of the first day."),
    )
    nth = forms.TypedChoiceField(
        label=_("Which one of the month"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            (1, _("the first")),
            (2, _("the second")),
            (3, _("the third")),
            (4, _("the fourth")),
            (LAST, _("the last")),
        ],
    )
    month_weekday = forms.TypedChoiceField(
        label=_("Weekday"), required=False, coerce=int, empty_value=None
    )
    until = DayField(label=_("Until"), required=False, help_text=_("Empty: without end."))
    count = forms.IntegerField(
        label=_("Or how many times"), required=False, min_value=1, max_value=500
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    starting = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        members: Sequence[Membership],
        plans: Sequence[Plan],
        owners: Sequence[Membership] | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        days = [(number, weekday(number)) for number in range(7)]
        self.fields["weekdays"].choices = days  # type: ignore[attr-defined]
        self.fields["month_weekday"].choices = days  # type: ignore[attr-defined]
        self.fields["plan"] = PickField(label=_("Plan"), rows=plans, nothing=NONE_IN_PARTICULAR)
        self.fields["attendees"] = PickManyField(label=_("Who is invited"), rows=members)
        if owners is not None:
            self.fields["owner"] = PickField(
                label=_("Who runs it"), rows=owners, nothing=NO_ONE_YET
            )

    def laid_out(self, name: str) -> Field:
        choices = {"weekdays", "frequency", "attendees"}
        template = "plans/_choice_field.html" if name in choices else None
        return Field(name, template=template) if template else Field(name)

    def clean(self) -> dict[str, Any]:
        """One end, in order, and the weekdays that the first day stands for."""
        data = super().clean() or self.cleaned_data
        first = data.get("first_day")
        if data.get("frequency") == ONCE:
            data["until"], data["count"] = None, None
        if data.get("until") and data.get("count"):
            self.add_error("count", gettext("Choose one of the two: a last day, or how often."))
        if first and data.get("until") and data["until"] < first:
            self.add_error("until", gettext("It cannot end before it begins."))
        if first and not self.errors:
            _fill_in(data, first)
        return data

    def record(self) -> SeriesFields:
        """What was typed, as the services take it."""
        data = self.cleaned_data
        return SeriesFields(
            title=data["title"],
            plan=data["plan"],
            place=data["place"],
            time_zone=data["time_zone"],
            clock=data["clock"],
            duration_minutes=data["duration_minutes"],
            frequency=data["frequency"],
            first_day=data["first_day"],
            interval=data["interval"] or 1,
            weekdays=tuple(data["weekdays"]),
            nth=data["nth"],
            until=data["until"],
            count=data["count"],
            attendees=data["attendees"],
        )


def _fill_in(data: dict[str, Any], first: date) -> None:
    """Nothing chosen means: as on the first day."""
    if data["frequency"] == MONTHLY:
        day = data.get("month_weekday")
        data["weekdays"] = [first.weekday() if day is None else day]
        data["nth"] = data.get("nth") or (first.day - 1) // 7 + 1
        data["nth"] = LAST if data["nth"] > 4 else data["nth"]
    else:
        data["nth"] = None
        data["weekdays"] = sorted(data["weekdays"]) or [first.weekday()]
    if data["frequency"] == ONCE:
        data["weekdays"], data["interval"] = [], 1


def series_initial(fields: SeriesFields, version: int, starting: date) -> dict[str, Any]:
    """What the form shows of meetings that go on from this day."""
    return {
        "title": fields.title,
        "plan": "" if fields.plan is None else str(fields.plan.pk),
        "place": fields.place,
        "time_zone": fields.time_zone,
        "clock": fields.clock,
        "duration_minutes": fields.duration_minutes,
        "frequency": fields.frequency,
        "first_day": fields.first_day,
        "interval": fields.interval,
        "weekdays": list(fields.weekdays) if fields.frequency == WEEKLY else [],
        "nth": fields.nth,
        "month_weekday": fields.weekdays[0] if fields.frequency == MONTHLY else None,
        "until": fields.until,
        "count": fields.count,
        "attendees": [str(member.pk) for member in fields.attendees],
        "version": version,
        "starting": starting.isoformat(),
    }


class OneForm(PlainForm):
    """Give one meeting a time and place of its own."""

    rows = ("day", ("clock", "duration_minutes"), "place")
    missing = {"clock": _("Say when it begins."), "duration_minutes": _("Say how long it lasts.")}

    day = DayField(label=_("Day"))
    clock = clock_field(_("Begins at"))
    duration_minutes = minutes_field()
    place = place_field()

    def starts_at(self, zone: zoneinfo.ZoneInfo) -> datetime:
        """The instant that was typed."""
        clock: time = self.cleaned_data["clock"]
        return at_wall_clock(self.cleaned_data["day"], clock, zone)


class CancelForm(PlainForm):
    """Why one meeting does not take place."""

    reason = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=300,
        help_text=_("Everyone invited reads it. You may leave it empty."),
    )


class NotesForm(PlainForm):
    """The notes of a meeting; `version` says which state they were opened on."""

    notes = forms.CharField(
        label=_("Notes"),
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class LineForm(PlainForm):
    """One line: of the agenda, or a decision."""

    missing = {"text": _("Write a few words first.")}
    text = forms.CharField(label=_("In a few words"), max_length=500)


class AgendaLineForm(LineForm):
    """A line of the agenda, which is shorter."""

    text = forms.CharField(label=_("What to talk about"), max_length=300)


class FlagForm(PlainForm):
    """What worked well, or needs a tweak."""

    rows = ("kind", "text")
    missing = {"text": _("Say in a few words what you noticed."), "kind": _("Choose one of them.")}
    kind = forms.ChoiceField(
        label=_("What is it"), choices=MeetingFlag.Kind.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(label=_("What you noticed"), max_length=300)

    def laid_out(self, name: str) -> Field:
        return Field(name, template="plans/_choice_field.html") if name == "kind" else Field(name)


class ActionForm(PlainForm):
    """What is to be done, by whom and by when; `plan` is asked where the meetings have none."""

    rows = ("text", ("owner", "due"), "plan")
    missing = {"text": _("Say what is to be done.")}
    text = forms.CharField(label=_("What is to be done"), max_length=200)
    due = DayField(label=_("By when"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        owners: Sequence[Membership],
        plans: Sequence[Plan] = (),
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.fields["owner"] = PickField(label=_("Who"), rows=owners, nothing=NO_ONE_YET)
        if plans:
            self.fields["plan"] = PickField(
                label=_("In which plan"), rows=plans, nothing=NONE_IN_PARTICULAR
            )
