"""Forms about reminders."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from reminders.models import Message
from reminders.models.outbox import Rule
from reminders.planner import ALWAYS_MAILED

sentence_case = lazy(lambda words: capfirst(str(words)), str)


class PreferenceForm(forms.Form):
    """What a person is mailed, and when not. What is always mailed is not offered for choice."""

    OFFERED = tuple(
        (value, sentence_case(label)) for value, label in Rule.choices if value not in ALWAYS_MAILED
    )

    mailed = forms.MultipleChoiceField(
        label=_("Mail me"),
        required=False,
        choices=OFFERED,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What is not ticked is shown in PlanCraft and not mailed."),
    )
    quiet_from = forms.TimeField(
        label=_("Quiet from"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    quiet_to = forms.TimeField(
        label=_("Quiet to"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("In your time zone. Equal times mean no quiet hours."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout("mailed", Div("quiet_from", "quiet_to", css_class="form-pair"))

    def clean(self) -> dict[str, Any]:
        """Adds `in_app_only`: what may be switched off and was not ticked."""
        cleaned = super().clean() or {}
        offered = {value for value, _label in self.OFFERED}
        cleaned["in_app_only"] = sorted(offered - set(cleaned.get("mailed", [])))
        return cleaned


class SentMailFilter(forms.Form):
    """Which messages the administrator looks at; whatever is malformed counts as not given."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("Any state")), *Message.State.choices],
    )
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62)

    def wanted(self) -> tuple[str, int | None]:
        """The valid part of what the address asks for."""
        self.is_valid()
        return self.cleaned_data.get("state") or "", self.cleaned_data.get("before")
