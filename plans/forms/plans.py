"""Forms of plans and streams."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Field
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.models import Department, Membership
from plancraft.lib.forms import DayField, PickField, PickManyField
from plans.forms.fields import NO_ONE_YET, PlainForm, key_of
from plans.models import Objective
from plans.records import PlanFields, StreamFields

MOST_OBJECTIVES = 20


class PlanForm(PlainForm):
    """Create or edit a plan. `version` says which state of it the form was opened on."""

    rows = ("name", ("starts_on", "ends_on"), "summary", "objectives", ("champion", "department"))

    missing = {"name": _("Give the plan a name.")}

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

    def laid_out(self, name: str) -> Field:
        """People to tick stand in a row, not in a long column."""
        if name == "readers":
            return Field(name, template="plans/_choice_field.html")
        return super().laid_out(name)

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
        "department": key_of(fields.department),
        "objectives": "\n".join(fields.objectives),
        "is_confidential": fields.is_confidential,
        "readers": [str(member.pk) for member in fields.readers],
        "version": version,
    }


class TakeOverForm(PlainForm):
    """Why an administrator takes over a plan that they cannot see."""

    missing = {"reason": _("Say why. The champion reads your reason.")}

    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is recorded, and the champion reads it."),
    )


class StreamForm(PlainForm):
    """Create or edit a stream."""

    rows = ("name", ("objective", "owner"), ("department", "rhythm_days"))

    missing = {"name": _("Give the stream a name.")}

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
        "objective": key_of(fields.objective),
        "department": key_of(fields.department),
        "rhythm_days": fields.rhythm_days,
        "seen": seen,
    }
