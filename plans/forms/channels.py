"""Forms of channels and quiet days."""

from __future__ import annotations

import zoneinfo
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.models import Department, Membership, Organization
from plancraft.lib.forms import DayField, PickField
from plans.forms.fields import NO_ONE_YET, PlainForm, key_of
from plans.models import Channel, ChannelKind
from plans.records import ChannelFields


class ChannelForm(PlainForm):
    """Create or edit a channel."""

    rows = (
        ("kind", "name"),
        ("short_name", "owner"),
        ("department", "time_zone"),
        "min_spacing_minutes",
    )

    missing = {"name": _("Give the channel a name."), "kind": _("Choose a kind.")}

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
        "department": key_of(fields.department),
        "time_zone": fields.time_zone,
        "is_public": fields.is_public,
        "min_spacing_minutes": fields.min_spacing_minutes,
        "seen": seen,
    }


class BlackoutForm(PlainForm):
    """Ask for quiet days."""

    rows = ("name", ("starts_on", "ends_on"), "channel")
    missing = {"name": _("Say why these days are quiet.")}

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
