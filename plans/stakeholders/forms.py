"""Forms of stakeholders and touchpoints. Their choices are rows that were read before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import Department, Membership, Organization
from plancraft.lib.dates import at_wall_clock
from plancraft.lib.forms import DayField, PickField
from plans.forms.fields import NO_ONE_YET, NONE_IN_PARTICULAR, PlainForm, key_of
from plans.models import Plan, Stream, Touchpoint
from plans.models.stakeholders import Basis, StakeholderKind
from plans.stakeholders.queries import Story
from plans.stakeholders.records import StakeholderFields, TouchpointFields

USUAL_RHYTHM = 30
LONGEST_RHYTHM = 1098


@dataclass(frozen=True)
class Choices:
    """The rows among which the form of a stakeholder chooses; `owners` None: it is not asked."""

    plans: Sequence[Plan]
    streams: Sequence[Stream]
    departments: Sequence[Department]
    owners: Sequence[Membership] | None = field(default=None)


class StakeholderForm(PlainForm):
    """Add or change a stakeholder: who it is, how to reach them, how often, and why we hold it."""

    rows = (
        ("kind", "name"),
        ("affiliation", "topics"),
        ("email", "phone"),
        ("language", "owner"),
        ("rhythm_days", "department"),
        ("plan", "stream"),
        "note",
        "basis",
        ("source", "held_since"),
    )
    missing = {
        "name": _("Give a name: a person’s, or an organization’s."),
        "kind": _("Choose a kind."),
    }

    kind = forms.ChoiceField(label=_("Kind"), choices=StakeholderKind.choices)
    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("A person, or an organization.")
    )
    affiliation = forms.CharField(label=_("Outlet or employer"), max_length=120, required=False)
    topics = forms.CharField(
        label=_("Beat or topics"),
        max_length=200,
        required=False,
        help_text=_("What they want to hear about."),
    )
    email = forms.EmailField(
        label=_("Work e-mail"),
        required=False,
        error_messages={"invalid": _("Write the whole address: name@example.org.")},
    )
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    language = forms.CharField(label=_("Language"), max_length=40, required=False)
    rhythm_days = forms.IntegerField(
        label=_("Speak with them every so many days"),
        required=False,
        min_value=1,
        max_value=LONGEST_RHYTHM,
        initial=USUAL_RHYTHM,
        help_text=_("Past it they are shown as lapsed. Leave empty for no rhythm."),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only what the work needs. They may ask to read it."),
    )
    basis = forms.ChoiceField(
        label=_("Why we may hold this"),
        choices=Basis.choices,
        initial=Basis.PUBLIC.value,
    )
    source = forms.CharField(
        label=_("Where it comes from"),
        max_length=200,
        required=False,
        help_text=_("“Masthead of the Harbor Times”, “her card, spring fair”."),
    )
    held_since = DayField(label=_("Held since"))
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, choices: Choices, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        self.fields["plan"] = PickField(
            label=_("Plan"),
            rows=choices.plans,
            nothing=NONE_IN_PARTICULAR,
            help_text=_("With a confidential plan, only its readers see this stakeholder."),
        )
        stream = PickField(label=_("Stream"), rows=choices.streams, nothing=NONE_IN_PARTICULAR)
        named = [(str(s.pk), f"{s.plan.name}: {s.name}") for s in choices.streams]
        stream.choices = [("", NONE_IN_PARTICULAR), *named]
        self.fields["stream"] = stream
        self.fields["department"] = PickField(
            label=_("Department"), rows=choices.departments, nothing=NONE_IN_PARTICULAR
        )
        if choices.owners is not None:
            self.fields["owner"] = PickField(
                label=_("Owner"), rows=choices.owners, nothing=NO_ONE_YET
            )

    def clean(self) -> dict[str, Any]:
        """A stream belongs to its plan; naming the stream alone names the plan."""
        data = super().clean() or self.cleaned_data
        plan, stream = data.get("plan"), data.get("stream")
        if stream is None:
            return data
        if plan is None:
            data["plan"] = stream.plan
        elif stream.plan_id != plan.pk:
            self.add_error("stream", _("That stream belongs to another plan."))
        return data

    def record(self) -> StakeholderFields:
        """What was typed, as the services take it."""
        data = self.cleaned_data
        names = set(data) - {"seen", "owner"}
        return StakeholderFields(**{name: data[name] for name in names})


def stakeholder_initial(fields: StakeholderFields, seen: str) -> dict[str, Any]:
    """The form as it opens on an existing stakeholder."""
    values = fields.values()
    rows = {name: key_of(values[name]) for name in ("plan", "stream", "department")}
    return {**values, **rows, "seen": seen}


class TouchpointForm(PlainForm):
    """Record that someone was spoken to: when, how, and in a line what was said."""

    rows = (
        ("day", "clock"),
        "means",
        "said",
        ("subject", "plan"),
        "is_briefing",
        ("next_step", "next_on"),
    )
    missing = {"means": _("Choose how you spoke.")}

    day = DayField(label=_("Day"))
    clock = forms.TimeField(
        label=_("Time"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": _("Write the time as hours and minutes: 09:30.")},
    )
    means = forms.ChoiceField(label=_("How"), choices=Touchpoint.Means.choices)
    said = forms.CharField(
        label=_("What was said"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("A line is enough."),
    )
    is_briefing = forms.BooleanField(
        label=_("The media were briefed"),
        required=False,
        help_text=_("Then name the story or plan, and the time if an embargo hangs on it."),
    )
    next_step = forms.CharField(label=_("Next step"), max_length=200, required=False)
    next_on = DayField(label=_("By"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        organization: Organization,
        stories: Sequence[Story],
        plans: Sequence[Plan],
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.zone = ZoneInfo(organization.time_zone)
        nothing = _("No story in particular")
        self.fields["subject"] = PickField(
            label=_("About the story"), rows=stories, nothing=nothing
        )
        self.fields["plan"] = PickField(
            label=_("Or about the plan"), rows=plans, nothing=NONE_IN_PARTICULAR
        )

    def record(self) -> TouchpointFields:
        """What was typed, as the services take it; the time on the organization's wall clock."""
        data = self.cleaned_data
        subject, day = data["subject"], data["day"]
        return TouchpointFields(
            day=day,
            at=_instant(day, data["clock"], self.zone),
            means=data["means"],
            said=data["said"],
            plan=data["plan"],
            subject=subject.pk if subject else None,
            is_briefing=data["is_briefing"],
            next_step=data["next_step"],
            next_on=data["next_on"],
        )


def _instant(day: date, clock: time | None, zone: ZoneInfo) -> Any:
    return None if clock is None else at_wall_clock(day, clock, zone)


class EraseForm(PlainForm):
    """That one means it: erasing cannot be undone."""

    missing = {"understood": _("Tick this if you mean it. It cannot be undone.")}

    understood = forms.BooleanField(
        label=_("I have understood that this cannot be undone, by anyone")
    )
