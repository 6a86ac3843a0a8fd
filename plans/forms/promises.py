"""Forms of promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Field
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from plancraft.lib.forms import DayField, PickField
from plans.forms.fields import PlainForm
from plans.models import Channel, Commitment
from plans.rules import Terms
from plans.wording import weekday


class PromiseForm(PlainForm):
    """Make or change a promise: how many, how often, on which days, and for how long."""

    rows = (
        "channel",
        ("count", "per"),
        "weekdays",
        "max_silence",
        ("effective_from", "effective_to"),
    )

    missing = {
        "channel": _("Choose a channel."),
        "count": _("Say how many posts."),
        "per": _("Say how often."),
    }

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
            self.fields["channel"] = PickField(
                label=_("Channel"), rows=channels, nothing=_("Choose a channel"), required=True
            )
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
