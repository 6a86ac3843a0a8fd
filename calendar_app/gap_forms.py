"""Forms of a gap and of a publication."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calendar_app.forms import (
    USUAL_TIME,
    ClockField,
    LinkField,
    WallClockField,
    area,
    instant_of,
)
from calendar_app.models import Placement
from calendar_app.publishing import Answer, Then
from people.models import Membership
from plancraft.lib.dates import at_wall_clock
from plancraft.lib.forms import DayField, PickField


class FillForm(forms.Form):
    """A draft in a gap: title, who owns it, and on which of the gap's days at what time."""

    title = forms.CharField(
        label=gettext_lazy("What is it about?"),
        max_length=300,
        help_text=gettext_lazy("A working title is enough. The words come later."),
    )
    owner = PickField(
        label=gettext_lazy("Owner"),
        error_messages={
            "required": gettext_lazy(
                "Choose one person. A date that belongs to everyone is posted by no one."
            )
        },
    )
    day = forms.ChoiceField(label=gettext_lazy("Day"))
    clock = ClockField(label=gettext_lazy("Time"), initial=USUAL_TIME)
    key = forms.CharField(max_length=120, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        days: Sequence[tuple[str, str]],
        owners: Sequence[Membership],
        me: Membership,
        **kw: Any,
    ) -> None:
        super().__init__(*args, **kw)
        field, choice = self.fields["owner"], self.fields["day"]
        assert isinstance(field, PickField) and isinstance(choice, forms.ChoiceField)
        field.offer(_me_first(owners, me), nothing=_("Choose one person"), label=_named(me))
        choice.choices = days

    def instant(self, zone: ZoneInfo) -> datetime:
        """When the post goes out, in UTC."""
        day = date.fromisoformat(self.cleaned_data["day"])
        return at_wall_clock(day, self.cleaned_data["clock"], zone)


class HandOnForm(forms.Form):
    """Who is to fill the gap."""

    to = PickField(
        label=gettext_lazy("Who should fill it?"),
        help_text=gettext_lazy("They answer for it from now on, instead of the channel's owner."),
        error_messages={"required": gettext_lazy("Choose one person.")},
    )
    note = forms.CharField(
        label=gettext_lazy("A word for them"), required=False, max_length=500, widget=area(2)
    )
    key = forms.CharField(max_length=120, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        owners: Sequence[Membership],
        me: Membership,
        is_contact: bool = False,
        **kw: Any,
    ) -> None:
        super().__init__(*args, **kw)
        field = self.fields["to"]
        if is_contact:
            field.label = _("Who should speak with them?")
            field.help_text = _("They answer for this once; the stakeholder keeps their owner.")
        assert isinstance(field, PickField)
        field.offer(_me_first(owners, me), nothing=_("Choose one person"), label=_named(me))


class WaiveForm(forms.Form):
    """Why a gap is accepted, and until when."""

    reason = forms.CharField(
        label=gettext_lazy("Why it need not be filled"),
        max_length=500,
        widget=area(2),
        error_messages={"required": gettext_lazy("Say why. Others read your reason.")},
    )
    expires_on = DayField(
        label=gettext_lazy("Until"),
        help_text=gettext_lazy(
            "From the day after it counts as a gap again, if it is still there."
        ),
        error_messages={"required": gettext_lazy("Choose until when.")},
    )
    key = forms.CharField(max_length=120, widget=forms.HiddenInput)


def _me_first(owners: Sequence[Membership], me: Membership) -> list[Membership]:
    mine = [m for m in owners if m.pk == me.pk]
    return [*mine, *(m for m in owners if m.pk != me.pk)]


def _named(me: Membership) -> Any:
    def label(member: Membership) -> str:
        return _("Me, %(name)s") % {"name": member.name} if member.pk == me.pk else member.name

    return label


# Publication --------------------------------------------------------------------------------------
class _OnTheWall(forms.Form):
    """A form whose times stand on the channel's wall clock."""

    def __init__(
        self, *args: Any, zone: ZoneInfo, planned: datetime | None = None, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.zone = zone
        self.planned = planned  # the time that the post has, and that the form begins with

    def instant(self, name: str) -> datetime | None:
        """The field's day and time, in UTC."""
        wall = self.cleaned_data.get(name)
        return instant_of(wall, self.zone, self.planned) if wall else None


class PublishForm(_OnTheWall):
    """When it went out and where it can be seen; past approval, why."""

    published_at = WallClockField(label=gettext_lazy("Went out"))
    address = LinkField(
        label=gettext_lazy("Where it can be seen"),
        required=False,
        help_text=gettext_lazy("The post's own address, if it has one."),
    )
    bypass_reason = forms.CharField(
        label=gettext_lazy("Why it goes out without approval"),
        widget=area(2),
        max_length=1000,
        help_text=gettext_lazy("Your reason stands in the record, and everyone reads it."),
        error_messages={"required": gettext_lazy("Say why. It stands in the record.")},
    )

    def __init__(self, *args: Any, bypassing: bool, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if not bypassing:
            del self.fields["bypass_reason"]


class ConfirmForm(_OnTheWall):
    """Did it go out? As planned, at another time, or no, and then what."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Did it go out?"),
        widget=forms.RadioSelect,
        choices=[
            (Answer.AS_PLANNED.value, gettext_lazy("Yes, as planned")),
            (Answer.OTHER_TIME.value, gettext_lazy("Yes, at another time")),
            (Answer.NO.value, gettext_lazy("No, it did not go out")),
        ],
        error_messages={"required": gettext_lazy("Choose what happened.")},
    )
    published_at = WallClockField(label=gettext_lazy("It went out"), required=False)
    address = LinkField(label=gettext_lazy("Where it can be seen"), required=False)
    then = forms.ChoiceField(
        label=gettext_lazy("What becomes of it"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (Then.RESCHEDULE.value, gettext_lazy("Give it another time")),
            (Then.TRAY.value, gettext_lazy("Put it back, without a date for now")),
            (Then.CANCEL.value, gettext_lazy("Cancel this post")),
        ],
    )
    to = WallClockField(label=gettext_lazy("New time"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("What happened, for the record"),
        required=False,
        max_length=500,
        widget=area(2),
    )
    seen = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        answer, then = data.get("answer"), data.get("then")
        if answer == Answer.OTHER_TIME and not data.get("published_at"):
            self._say("published_at", _("Give the day and time at which it went out."))
        if answer == Answer.NO and not then:
            self._say("then", _("Choose what becomes of it."))
        if answer == Answer.NO and then == Then.RESCHEDULE and not data.get("to"):
            self._say("to", _("Give the new day and time."))
        return data

    def _say(self, name: str, sentence: str) -> None:
        if name not in self.errors:
            self.add_error(name, sentence)

    def facts(self) -> dict[str, Any]:
        """What the service is called with."""
        data = self.cleaned_data
        return {
            "answer": Answer(data["answer"]),
            "published_at": self.instant("published_at"),
            "address": data["address"],
            "then": Then(data["then"]) if data["then"] else None,
            "to": self.instant("to"),
            "reason": data["reason"],
            "seen": data["seen"],
        }


def wall_clock(instant: datetime | None, post: Placement) -> datetime | None:
    """The instant as the post's channel shows it, for a form."""
    if instant is None:
        return None
    return instant.astimezone(post.channel.zone(post.organization)).replace(tzinfo=None)
