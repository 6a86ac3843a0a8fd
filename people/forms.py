"""Forms about people: they turn what was typed into what a service takes."""

from __future__ import annotations

import zoneinfo
from datetime import time
from functools import lru_cache
from typing import Any

from django import forms
from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from people import registry, services, working_calendar
from people.models import Department, Membership, Organization, User
from people.models.organizations import Role
from people.permissions import INVITABLE
from plancraft.lib.changes import Change, differences
from plancraft.lib.forms import DayField

Choices = list[tuple[str, Any]]


def needed(sentence: Any) -> dict[str, Any]:
    """What a field says when it was left empty."""
    return {"required": sentence}


NOT_ZONES = ("Etc/", "SystemV/", "US/", "posix/", "right/")


@lru_cache(maxsize=1)
def zone_choices() -> Choices:
    """Every time zone that is named after a place, and UTC."""
    names = zoneinfo.available_timezones()
    places = sorted(n for n in names if "/" in n and not n.startswith(NOT_ZONES))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in places)]


class ZoneField(forms.ChoiceField):
    """A time zone; `data-guess-zone` lets the browser offer its own where none was chosen."""

    def __init__(self, *, guess: bool = False, **kwargs: Any) -> None:
        attrs = {"data-guess-zone": ""} if guess else {}
        kwargs.setdefault("label", _("Time zone"))
        super().__init__(choices=zone_choices, widget=forms.Select(attrs=attrs), **kwargs)

    def valid_value(self, value: Any) -> bool:
        """Older names of zones stay valid where they are stored already."""
        return value in zoneinfo.available_timezones()


class SignupForm(forms.Form):
    """What sign-up asks beside address and password; allauth mixes it into its own form."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("As your colleagues know you."),
    )
    time_zone = forms.CharField(
        required=False, widget=forms.HiddenInput(attrs={"data-guess-zone": ""})
    )
    field_order = ["name", "email", "password1"]

    def clean_time_zone(self) -> str:
        """What the browser says, if it is a zone."""
        zone: str = self.cleaned_data["time_zone"]
        return zone if zone in zoneinfo.available_timezones() else ""

    def signup(self, request: Any, user: User) -> None:
        """Called by allauth with the new person."""
        data = self.cleaned_data
        services.name_person(user=user, name=data["name"], time_zone=data["time_zone"])


class OrganizationForm(forms.Form):
    """The first thing a new administrator says."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("As your team calls it."),
        error_messages=needed(_("Give the organization a name.")),
    )
    time_zone = ZoneField(guess=True, help_text=_("Days and weeks begin by this clock."))
    country = forms.ChoiceField(
        label=_("Country"), required=False, help_text=_("For public holidays.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = country_choices()  # type: ignore[attr-defined]
        self.fields["country"].widget.attrs["data-guess-country"] = ""


def country_choices() -> Choices:
    """No country, then each whose holidays are known."""
    return [("", _("No public holidays")), *working_calendar.country_choices()]


class SettingsForm(forms.Form):
    """Rule 1: when the organization works."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        error_messages=needed(_("Give the organization a name.")),
    )
    time_zone = ZoneField(help_text=_("Days and weeks begin by this clock."))
    week_start = forms.TypedChoiceField(
        label=_("The week begins on"), choices=list(WEEKDAYS.items()), coerce=int
    )
    country = forms.ChoiceField(label=_("Country"), required=False)
    subdivision = forms.ChoiceField(
        label=_("State or region"),
        required=False,
        help_text=_("Save after choosing another country to see its regions."),
    )
    working_weekdays = forms.TypedMultipleChoiceField(
        label=_("Working days"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one day on which you work.")},
    )
    work_starts = forms.TimeField(label=_("Work begins"), widget=forms.TimeInput(format="%H:%M"))
    work_ends = forms.TimeField(label=_("Work ends"), widget=forms.TimeInput(format="%H:%M"))
    tolerance_hours = forms.IntegerField(
        label=_("Hours after which a post counts as missed"), min_value=0, max_value=168
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        kwargs["initial"] = self.initial_of(organization)
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = country_choices()  # type: ignore[attr-defined]
        country = (self.data.get("country") if self.is_bound else "") or organization.country
        regions = working_calendar.subdivision_choices(country)
        choices = [("", _("The whole country")), *regions]
        self.fields["subdivision"].choices = choices  # type: ignore[attr-defined]
        for name in ("work_starts", "work_ends"):
            self.fields[name].widget.input_type = "time"  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(organization: Organization) -> dict[str, Any]:
        """What the form shows of the organization."""
        values = {name: getattr(organization, name) for name in services.SETTINGS}
        return {**values, "seen": services.settings_seen(organization)}

    def crossed(self, now: Organization) -> list[Change]:
        """Where what was typed differs from the settings now; saved again, it has seen those."""
        labels = {name: str(self.fields[name].label) for name in services.SETTINGS}
        theirs = {name: self._words(name, getattr(now, name)) for name in labels}
        mine = {name: self._words(name, self.cleaned_data[name]) for name in labels}
        data: Any = self.data
        data = data.copy()
        data["seen"] = services.settings_seen(now)
        self.data = data
        return differences(labels, current=theirs, typed=mine)

    def _words(self, name: str, value: Any) -> str:
        """A setting as people read it."""
        if isinstance(value, list):
            return ", ".join(self._words(name, each) for each in value)
        if isinstance(value, time):
            return f"{value:%H:%M}"
        choices = getattr(self.fields[name], "choices", ())
        return str(dict(choices).get(value, value))

    def clean_working_weekdays(self) -> list[int]:
        """In the order of the week, as they are stored."""
        return sorted(self.cleaned_data["working_weekdays"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        begin: time | None = data.get("work_starts")
        end: time | None = data.get("work_ends")
        if begin and end and begin >= end:
            self.add_error("work_ends", _("Work must end after it begins."))
        if not data.get("country"):
            data["subdivision"] = ""
        return data


class ClosureDayForm(forms.Form):
    """A day on which nobody works."""

    day = DayField(label=_("Day"), error_messages=needed(_("Choose the day.")))
    name = forms.CharField(
        label=_("Reason"),
        max_length=120,
        error_messages=needed(_("Say why you are closed, for example “Summer party”.")),
    )


class DepartmentForm(forms.Form):
    """A department's name."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        error_messages=needed(_("Give the department a name.")),
    )


def _department_field(form: forms.Form, departments: list[Department]) -> None:
    """Lets the form choose one of these departments, or none."""
    choices = [("", _("No department")), *((str(d.pk), d.name) for d in departments)]
    by_key = {str(d.pk): d for d in departments}
    form.fields["department"] = forms.TypedChoiceField(
        label=_("Department"), choices=choices, coerce=by_key.get, empty_value=None, required=False
    )


class InvitationForm(forms.Form):
    """Whom to invite, as what."""

    email = forms.EmailField(
        label=_("E-mail address"),
        error_messages=needed(_("Say whom you invite: the address is the one they sign in with.")),
    )
    role = forms.ChoiceField(label=_("Role"))

    def __init__(
        self, *args: Any, by: Membership, departments: list[Department], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offered = INVITABLE[Role(by.role)]
        roles = [(value, label) for value, label in Role.choices if Role(value) in offered]
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        if not self.is_bound and Role.MEMBER in offered:
            self.initial["role"] = Role.MEMBER.value
        _department_field(self, departments)


class MemberForm(forms.Form):
    """A member's role and department."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)

    def __init__(
        self, *args: Any, member: Membership, departments: list[Department], **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"role": member.role, "department": member.department_id or ""}
        super().__init__(*args, **kwargs)
        _department_field(self, departments)


class HandOverForm(forms.Form):
    """Who gets what a member owned: all to one person, each to its own, or nobody."""

    def __init__(
        self,
        *args: Any,
        things: list[registry.OwnedThing],
        heirs: list[Membership],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.things = things
        self.heirs = {str(heir.pk): heir for heir in heirs}
        people = [(key, heir.name) for key, heir in self.heirs.items()]
        self.fields["everything"] = forms.ChoiceField(
            label=_("Everything goes to"),
            choices=[("", _("No one yet")), *people],
            required=False,
            help_text=_("Unless you choose someone else for a single thing below."),
        )
        for thing in things:
            self.fields[f"heir-{thing.key}"] = forms.ChoiceField(
                label=thing.title,
                choices=[("", _("As above")), ("none", _("No one yet")), *people],
                required=False,
            )

    def rows(self) -> list[tuple[registry.OwnedThing, forms.BoundField]]:
        """Each thing beside its field."""
        return [(thing, self[f"heir-{thing.key}"]) for thing in self.things]

    def chosen(self) -> dict[str, Membership]:
        """Key of a thing -> who gets it; what nobody gets is left out."""
        everything = self.cleaned_data["everything"]
        picked = {t.key: self.cleaned_data[f"heir-{t.key}"] or everything for t in self.things}
        return {key: self.heirs[heir] for key, heir in picked.items() if heir in self.heirs}


class ProfileForm(forms.Form):
    """What a person says about themselves."""

    name = forms.CharField(
        label=_("Name"), max_length=120, error_messages=needed(_("Say what you are called."))
    )
    initials = forms.CharField(
        label=_("Initials"),
        max_length=3,
        required=False,
        help_text=_("Left empty, they follow from your name."),
    )
    tone = forms.TypedChoiceField(
        label=_("Colour"),
        choices=[(n, _("Colour %(n)s") % {"n": n}) for n in range(1, 7)],
        coerce=int,
        widget=forms.RadioSelect,
    )
    time_zone = ZoneField(help_text=_("Times are shown and mails are timed by this clock."))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    theme = forms.ChoiceField(label=_("Appearance"), choices=User.Theme.choices)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(user, name) for name in services.PROFILE}
        super().__init__(*args, **kwargs)

    def clean_initials(self) -> str:
        """In capitals, as they are shown."""
        initials: str = self.cleaned_data["initials"]
        return initials.strip().upper()


class AuditForm(forms.Form):
    """What the audit trail is narrowed to. Anything else in the address is ignored."""

    person = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    thing = forms.ChoiceField(required=False)
    id = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("To"), required=False)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)

    def __init__(
        self, *args: Any, actors: list[Membership], kinds: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        people = [("", _("Everyone")), *((str(m.pk), m.name) for m in actors)]
        self.fields["person"].choices = people  # type: ignore[attr-defined]
        self.fields["thing"].choices = [("", _("Everything")), *kinds]  # type: ignore[attr-defined]

    def valid_part(self) -> dict[str, Any]:
        """What of the address makes sense; the rest is as if it were not there."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) for name in self.fields}
