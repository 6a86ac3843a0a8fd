"""The editor of a back-schedule: rows of steps that are added and removed without a script.

Each row is known by the key of its step, and a new one by a key that begins with `NEW` until it is
saved. Adding or removing a row shows the page again with everything that was typed, and saves
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.models import Membership
from plancraft.lib.forms import PickField
from plans.forms.fields import PlainForm, key_of
from plans.models.keydates import KEY_DATE
from plans.schedule.records import StepFields, free_key

NEW = "new-row-"
KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
MOST_ROWS = 100
"""More are not edited in a browser: each row offers every other."""


class TemplateForm(PlainForm):
    """What a back-schedule is called. `seen` says on which version the form was opened."""

    rows = ("name", "description")

    missing = {"name": _("Give the back-schedule a name.")}

    name = forms.CharField(label=_("Name"), max_length=120)
    description = forms.CharField(
        label=_("What it is for"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class StepForm(PlainForm):
    """One step. `key` stands in the names of its fields."""

    missing = {
        "title": _("Give the step a title."),
        "lead": _("Say how many working days."),
        "before": _("Say what it comes before."),
    }

    title = forms.CharField(label=_("Step"), max_length=200)
    role = forms.CharField(label=_("Role"), max_length=120, required=False)
    lead = forms.IntegerField(label=_("Working days"), min_value=0, max_value=2000)
    before = forms.MultipleChoiceField(
        label=_("Comes before"), widget=forms.SelectMultiple(attrs={"size": 3})
    )

    def __init__(
        self,
        key: str,
        data: Any = None,
        *,
        members: Sequence[Membership],
        others: Sequence[tuple[str, str]],
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.key, self.prefix = key, f"s-{key}"
        self.fields["member"] = PickField(label=_("Person"), rows=members, nothing=_("By role"))
        self.fields["before"].choices = [  # type: ignore[attr-defined]
            (KEY_DATE, gettext("the key date")),
            *((other, title) for other, title in others if other != key),
        ]

    def record(self, keys: Mapping[str, str]) -> StepFields:
        """What was typed, as the services take it; `keys` are those that the steps will bear."""
        data = self.cleaned_data
        return StepFields(
            key=keys[self.key],
            title=data["title"],
            lead=data["lead"],
            before=tuple(keys.get(other, other) for other in data["before"]),
            role=data["role"],
            member=data["member"],
        )


class Editor:
    """The whole form: name and purpose, and the rows of steps."""

    def __init__(
        self,
        data: Any = None,
        *,
        members: Sequence[Membership],
        initial: dict[str, Any] | None = None,
        steps: Sequence[StepFields] = (),
    ) -> None:
        self.data, self.members = data, members
        self.is_saving = data is not None and "add" not in data and "remove" not in data
        keys = _keys(data) if data is not None else [step.key for step in steps]
        others = _others(keys, data, {step.key: step.title for step in steps})
        begun = {step.key: _step_initial(step) for step in steps}
        self.form = TemplateForm(
            data if self.is_saving else None,
            initial=initial if data is None else _typed(data, ("name", "description", "seen"), ""),
        )
        self.steps = [
            StepForm(
                key,
                data if self.is_saving else None,
                members=members,
                others=others,
                initial=begun.get(key) if data is None else _row_typed(data, key),
            )
            for key in keys
        ]

    def is_valid(self) -> bool:
        """Whether it is being saved and everything is in order. Every row says what it lacks."""
        found = [form.is_valid() for form in (self.form, *self.steps)]
        if self.is_saving and not all(found[1:]):
            self.form.add_error(None, self._first_problem())
        return self.is_saving and all(found)

    def _first_problem(self) -> str:
        number, form = next((n, f) for n, f in enumerate(self.steps, 1) if f.errors)
        name, sentences = next(iter(form.errors.items()))
        words = {"n": number, "field": form.fields[name].label, "sentence": sentences[0]}
        return gettext("Step %(n)d, %(field)s: %(sentence)s") % words

    def record(self) -> tuple[StepFields, ...]:
        """The steps as the services take them; new ones get a key from their title."""
        keys: dict[str, str] = {f.key: f.key for f in self.steps if not f.key.startswith(NEW)}
        for form in self.steps:
            if form.key.startswith(NEW):
                keys[form.key] = free_key(form.cleaned_data["title"], set(keys.values()))
        return tuple(form.record(keys) for form in self.steps)


def _keys(data: Any) -> list[str]:
    """The rows as they were submitted, one more or one fewer if that was asked."""
    asked = [key for key in data.getlist("row") if KEY.fullmatch(key) and key != KEY_DATE]
    keys = list(dict.fromkeys(asked))[:MOST_ROWS]
    if "remove" in data:
        keys = [key for key in keys if key != data["remove"]]
    if "add" in data and len(keys) < MOST_ROWS:
        number = 1
        while f"{NEW}{number}" in keys:
            number += 1
        keys.append(f"{NEW}{number}")
    return keys


def _others(keys: Sequence[str], data: Any, titles: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each row as the others name it: its number and its title so far."""
    found = []
    for number, key in enumerate(keys, 1):
        title = data.get(f"s-{key}-title", "") if data is not None else titles[key]
        found.append((key, f"{number}. {title}" if title else f"{number}."))
    return found


def _typed(data: Any, names: Sequence[str], prefix: str) -> dict[str, Any]:
    return {name: data.get(f"{prefix}{name}", "") for name in names}


def _row_typed(data: Any, key: str) -> dict[str, Any]:
    """What was typed in a row; a row that was just added comes before the key date."""
    prefix = f"s-{key}-"
    if f"{prefix}title" not in data:
        return {"lead": 1, "before": [KEY_DATE]}
    typed = _typed(data, ("title", "role", "lead", "member"), prefix)
    return {**typed, "before": data.getlist(f"{prefix}before")}


def _step_initial(step: StepFields) -> dict[str, Any]:
    return {
        "title": step.title,
        "role": step.role,
        "member": key_of(step.member),
        "lead": step.lead,
        "before": list(step.before),
    }


def first_row() -> tuple[StepFields, ...]:
    """What an empty editor begins with."""
    return (StepFields(key=f"{NEW}1", title="", lead=1, before=(KEY_DATE,)),)


def steps_words(steps: Sequence[StepFields]) -> str:
    """The steps as lines of text, to tell two editions apart."""
    titles = {step.key: step.title for step in steps} | {KEY_DATE: gettext("the key date")}
    lines = []
    for step in steps:
        before = ", ".join(titles.get(other, other) for other in step.before)
        whose = str(step.member.name) if step.member else step.role
        words = gettext("%(title)s: %(lead)d before %(before)s") % {
            "title": step.title,
            "lead": step.lead,
            "before": before,
        }
        lines.append(f"{words} ({whose})" if whose else words)
    return "\n".join(lines)
