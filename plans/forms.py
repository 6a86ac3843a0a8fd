"""Forms of this room. Their choices are rows that were read before, so no template runs a query."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.models import Department, Membership, Organization
from plancraft.lib.dates import EARLIEST, LATEST
from plans.models import Channel, ChannelKind, Commitment, Objective
from plans.records import ChannelFields, PlanFields, StreamFields
from plans.rules import Terms
from plans.wording import weekday

MOST_OBJECTIVES = 20
NO_ONE_YET = _("No one yet")


# Fields ------------------------------------------------------------------------------------------
class PickField(forms.ChoiceField):
    """A choice among rows that are loaded; cleans to the row, or to None for nothing."""

    def __init__(self, *, rows: Iterable[Any], nothing: Any = None, **kwargs: Any) -> None:
        self.rows = {str(row.pk): row for row in rows}
        choices = [(key, str(row)) for key, row in self.rows.items()]
        blank = [] if nothing is None else [("", nothing)]
        kwargs.setdefault("required", nothing is None)
        super().__init__(choices=[*blank, *choices], **kwargs)

    def clean(self, value: Any) -> Any:
        return self.rows.get(super().clean(value))


class PickManyField(forms.MultipleChoiceField):
    """Several of the loaded rows, as boxes to tick; cleans to a tuple of rows."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, rows: Iterable[Any], **kwargs: Any) -> None:
        self.rows = {str(row.pk): row for row in rows}
        super().__init__(choices=[(key, str(row)) for key, row in self.rows.items()], **kwargs)

    def clean(self, value: Any) -> tuple[Any, ...]:
        return tuple(self.rows[key] for key in super().clean(value))


class DayField(forms.DateField):
    """A day within the years that a calendar can reckon with."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], **kwargs)
        self.error_messages["invalid"] = _("Write the day as year, month and day: 2027-03-31.")

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and not EARLIEST <= day <= LATEST:
            raise forms.ValidationError(_("Choose a day between 1900 and 2200."))
        return day


class PlainForm(forms.Form):
    """A form whose <form> tag stands in the template; `rows` of the layout pair up fields."""

    rows: Sequence[Any] = ()

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
        placed += [Field(name) for name in self.fields if name not in listed]
        helper.layout = Layout(*placed)
        return helper

    def laid_out(self, name: str) -> Field:
        """One field; forms override it for a field with markup of its own."""
        return Field(name)

    def carry(self, **values: Any) -> None:
        """Set hidden values of a form that is shown again, keeping everything typed."""
        data = self.data.copy()
        data.update({key: str(value) for key, value in values.items()})
        self.data = data


# Plans -------------------------------------------------------------------------------------------
class PlanForm(PlainForm):
    """Create or edit a plan. `version` says which state of it the form was opened on."""

    rows = ("name", ("starts_on", "ends_on"), "summary", "objectives", ("champion", "department"))

    name = forms.CharField(label=_("Name"), max_length=120)
    starts_on = DayField(label=_("First day"))
    ends_on = DayField(label=_("Last day"))
    summary = forms.CharField(
        label=_("What it is for"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One or two sentences, as you would say them in a meeting."),
    )
    objectives = forms.CharField(
        label=_("Objectives"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line. A line you reword keeps its streams."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        members: Sequence[Membership],
        departments: Sequence[Department],
        champions: Sequence[Membership] = (),
        asks_champion: bool = False,
        asks_start: bool = False,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        if asks_champion:
            self.fields["champion"] = PickField(
                label=_("Champion"),
                rows=champions,
                nothing=NO_ONE_YET,
                help_text=_("The one person who answers for the plan. Helpers come later."),
            )
        self.fields["department"] = PickField(
            label=_("Department"), rows=departments, nothing=_("None in particular")
        )
        if asks_start:
            self.fields["start"] = forms.BooleanField(
                label=_("Begin at once"),
                required=False,
                initial=True,
                help_text=_("Otherwise it stays a draft until someone starts it."),
            )
        self.fields["is_confidential"] = forms.BooleanField(
            label=_("Confidential"),
            required=False,
            help_text=_("Only its champion and the people ticked below see it and its posts."),
        )
        self.fields["readers"] = PickManyField(
            label=_("Who else may see it while it is confidential"), rows=members, required=False
        )

    def clean_objectives(self) -> tuple[str, ...]:
        """One objective a line, empty lines dropped."""
        lines = [line.strip() for line in self.cleaned_data["objectives"].splitlines()]
        lines = [line for line in lines if line]
        if len(lines) > MOST_OBJECTIVES:
            raise forms.ValidationError(
                gettext("A plan has %(most)d objectives at most; here are %(n)d.")
                % {"most": MOST_OBJECTIVES, "n": len(lines)}
            )
        long = next((line for line in lines if len(line) > 200), None)
        if long is not None:
            raise forms.ValidationError(
                gettext("“%(start)s…” is longer than 200 characters.") % {"start": long[:40]}
            )
        return tuple(lines)

    def clean(self) -> dict[str, Any]:
        """The last day does not come before the first."""
        data = super().clean() or self.cleaned_data
        start, end = data.get("starts_on"), data.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", gettext("A plan cannot end before it begins."))
        return data

    def record(self) -> PlanFields:
        """What was typed, as the services take it."""
        data = self.cleaned_data
        return PlanFields(
            name=data["name"],
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            summary=data["summary"],
            department=data["department"],
            objectives=data["objectives"],
            is_confidential=data["is_confidential"],
            readers=data["readers"] if data["is_confidential"] else (),
        )


def plan_initial(fields: PlanFields, version: int) -> dict[str, Any]:
    """The form as it opens on an existing plan."""
    return {
        "name": fields.name,
        "starts_on": fields.starts_on,
        "ends_on": fields.ends_on,
        "summary": fields.summary,
        "department": _key(fields.department),
        "objectives": "\n".join(fields.objectives),
        "is_confidential": fields.is_confidential,
        "readers": [str(member.pk) for member in fields.readers],
        "version": version,
    }


class TakeOverForm(PlainForm):
    """Why an administrator takes over a plan that they cannot see."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is recorded, and the champion reads it."),
    )


class StreamForm(PlainForm):
    """Create or edit a stream."""

    rows = ("name", ("objective", "owner"), ("department", "rhythm_days"))

    name = forms.CharField(label=_("Name"), max_length=120)
    rhythm_days = forms.IntegerField(
        label=_("Longest silence in days"),
        min_value=1,
        max_value=366,
        initial=14,
        help_text=_("A stream that is silent for longer is shown as drifting."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        objectives: Sequence[Objective],
        departments: Sequence[Department],
        owners: Sequence[Membership] | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.fields["objective"] = PickField(
            label=_("Serves the objective"), rows=objectives, nothing=_("None yet")
        )
        self.fields["department"] = PickField(
            label=_("Department"), rows=departments, nothing=_("None in particular")
        )
        if owners is not None:
            self.fields["owner"] = PickField(label=_("Owner"), rows=owners, nothing=NO_ONE_YET)

    def record(self) -> StreamFields:
        """What was typed, as the services take it."""
        data = self.cleaned_data
        return StreamFields(
            data["name"], data["objective"], data["department"], data["rhythm_days"]
        )


def stream_initial(fields: StreamFields, seen: str) -> dict[str, Any]:
    """The form as it opens on an existing stream."""
    return {
        "name": fields.name,
        "objective": _key(fields.objective),
        "department": _key(fields.department),
        "rhythm_days": fields.rhythm_days,
        "seen": seen,
    }


# Channels ----------------------------------------------------------------------------------------
class ChannelForm(PlainForm):
    """Create or edit a channel."""

    rows = (
        ("kind", "name"),
        ("short_name", "owner"),
        ("department", "time_zone"),
        "min_spacing_minutes",
    )

    kind = forms.ChoiceField(label=_("Kind"), choices=ChannelKind.choices)
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("What the team calls it: “Instagram”.")
    )
    short_name = forms.CharField(
        label=_("Short name"),
        max_length=12,
        required=False,
        help_text=_("For narrow places, such as a day of the calendar."),
    )
    min_spacing_minutes = forms.IntegerField(
        label=_("Minutes between two posts"),
        min_value=0,
        max_value=7 * 24 * 60,
        initial=0,
        help_text=_("Two posts closer than this are shown as a collision. 0 allows any."),
    )
    is_public = forms.BooleanField(
        label=_("Seen by the public"),
        required=False,
        initial=True,
        help_text=_("An embargo concerns public channels only."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        organization: Organization,
        departments: Sequence[Department],
        owners: Sequence[Membership] | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.fields["department"] = PickField(
            label=_("Department"), rows=departments, nothing=_("None in particular")
        )
        own = gettext("As the organization (%(zone)s)") % {"zone": organization.time_zone}
        zones = [(zone, zone) for zone in sorted(zoneinfo.available_timezones())]
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"),
            required=False,
            choices=[("", own), *zones],
            help_text=_("Its days begin and end there."),
        )
        if owners is not None:
            self.fields["owner"] = PickField(label=_("Owner"), rows=owners, nothing=NO_ONE_YET)

    def record(self) -> ChannelFields:
        """What was typed, as the services take it."""
        data = self.cleaned_data
        return ChannelFields(
            kind=data["kind"],
            name=data["name"],
            short_name=data["short_name"],
            department=data["department"],
            time_zone=data["time_zone"],
            is_public=data["is_public"],
            min_spacing_minutes=data["min_spacing_minutes"],
        )


def channel_initial(fields: ChannelFields, seen: str) -> dict[str, Any]:
    """The form as it opens on an existing channel."""
    return {
        "kind": fields.kind,
        "name": fields.name,
        "short_name": fields.short_name,
        "department": _key(fields.department),
        "time_zone": fields.time_zone,
        "is_public": fields.is_public,
        "min_spacing_minutes": fields.min_spacing_minutes,
        "seen": seen,
    }


class BlackoutForm(PlainForm):
    """Ask for quiet days."""

    rows = ("name", ("starts_on", "ends_on"), "channel")

    name = forms.CharField(
        label=_("Reason"), max_length=120, help_text=_("“Quiet period before the results”")
    )
    starts_on = DayField(label=_("First quiet day"))
    ends_on = DayField(label=_("Last quiet day"))

    def __init__(
        self, data: Any = None, *, channels: Sequence[Channel], everywhere: bool = True
    ) -> None:
        super().__init__(data)
        nothing = _("Every channel") if everywhere else None
        self.fields["channel"] = PickField(label=_("Where"), rows=channels, nothing=nothing)


# Promises ----------------------------------------------------------------------------------------
class PromiseForm(PlainForm):
    """Make or change a promise: how many, how often, on which days, and for how long."""

    rows = (
        "channel",
        ("count", "per"),
        "weekdays",
        "max_silence",
        ("effective_from", "effective_to"),
    )

    count = forms.IntegerField(label=_("How many posts"), min_value=1, max_value=500, initial=3)
    per = forms.ChoiceField(label=_("How often"), choices=Commitment.Per.choices, initial="week")
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On these days only"),
        required=False,
        coerce=int,
        choices=[(number, number) for number in range(7)],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick none for any day. Three ticked and 3 a week means one on each."),
    )
    max_silence = forms.IntegerField(
        label=_("Never silent for longer than, in days"),
        required=False,
        min_value=0,
        max_value=366,
        help_text=_("Leave empty if there is no limit."),
    )
    effective_from = DayField(
        label=_("From"), required=False, help_text=_("Empty: from the plan's first day.")
    )
    effective_to = DayField(
        label=_("To"), required=False, help_text=_("Empty: to the plan's last day.")
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    understood = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        channels: Sequence[Channel] | None = None,
        asks_from_when: bool = False,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        days = self.fields["weekdays"]
        days.choices = [(number, weekday(number)) for number in range(7)]  # type: ignore[attr-defined]
        if channels is not None:
            self.fields["channel"] = PickField(label=_("Channel"), rows=channels)
        if asks_from_when:
            self.fields["applies"] = forms.ChoiceField(
                label=_("The change holds"),
                choices=[
                    (
                        "today",
                        _("from today on; what was promised before stays measured as it was"),
                    ),
                    ("always", _("from the beginning, because it was entered wrongly")),
                ],
                initial="today",
                widget=forms.RadioSelect,
            )

    def laid_out(self, name: str) -> Field:
        template = {"weekdays": "plans/_choice_field.html"}.get(name)
        return Field(name, template=template) if template else Field(name)

    def clean(self) -> dict[str, Any]:
        """The dates are in order."""
        data = super().clean() or self.cleaned_data
        start, end = data.get("effective_from"), data.get("effective_to")
        if start and end and end < start:
            self.add_error("effective_to", gettext("It cannot end before it begins."))
        return data

    def record(self) -> Terms:
        """What was typed, as the services take it."""
        data = self.cleaned_data
        return Terms(
            count=data["count"],
            per=data["per"],
            weekdays=tuple(sorted(data["weekdays"])) or None,
            max_silence=data["max_silence"],
            effective_from=data["effective_from"],
            effective_to=data["effective_to"],
        )


def promise_initial(terms: Terms, seen: str) -> dict[str, Any]:
    """The form as it opens on an existing promise."""
    return {
        "count": terms.count,
        "per": terms.per,
        "weekdays": list(terms.weekdays or ()),
        "max_silence": terms.max_silence,
        "effective_from": terms.effective_from,
        "effective_to": terms.effective_to,
        "seen": seen,
    }


class EndPromiseForm(PlainForm):
    """The last day on which a promise holds."""

    last_day = DayField(label=_("Last day"), help_text=_("It still holds on this day."))


def _key(row: Any) -> str:
    return "" if row is None else str(row.pk)
