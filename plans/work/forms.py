"""Forms of tasks. Their choices are rows that were read before, so no template runs a query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from crispy_forms.layout import Field
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.models import Membership
from plancraft.lib.forms import DayField, PickField, PickManyField
from plans.forms.fields import NO_ONE_YET, NONE_IN_PARTICULAR, PlainForm, key_of
from plans.models import KeyDate, Stream, Task
from plans.work.records import TaskFields

MOST_WORKING_DAYS = 260


class TaskForm(PlainForm):
    """Create or edit a task. `version` says which state of it the form was opened on."""

    rows = (
        "title",
        ("owner", "due"),
        "description",
        ("key_date", "stream"),
        ("role", "effort_minutes"),
        "collaborators",
        "candidates",
        "decide_by",
    )
    missing = {"title": _("Say in a few words what is to be done.")}

    title = forms.CharField(label=_("Title"), max_length=200)
    description = forms.CharField(
        label=_("What is to be done"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    due = DayField(label=_("Due"), required=False, help_text=_("Empty: it has no day yet."))
    role = forms.CharField(
        label=_("Role"),
        max_length=120,
        required=False,
        help_text=_("For whom it is meant while no one owns it: Legal, Design."),
    )
    effort_minutes = forms.IntegerField(
        label=_("Effort in minutes"), required=False, min_value=1, max_value=100_000
    )
    decide_by = DayField(
        label=_("Decide by"),
        required=False,
        help_text=_("With candidates: the day by which they settle who owns it."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        able: Sequence[Membership],
        named: Iterable[Membership] = (),
        streams: Sequence[Stream] = (),
        key_dates: Sequence[KeyDate] = (),
        asks_owner: bool = False,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        shown = list(dict.fromkeys([*able, *named]))
        if asks_owner:
            self.fields["owner"] = PickField(
                label=_("Owner"),
                rows=able,
                nothing=NO_ONE_YET,
                help_text=_("The one person who answers for it."),
            )
        self.fields["key_date"] = PickField(
            label=_("For the key date"), rows=key_dates, nothing=NONE_IN_PARTICULAR
        )
        self.fields["stream"] = PickField(
            label=_("In the stream"), rows=streams, nothing=NONE_IN_PARTICULAR
        )
        self.fields["collaborators"] = PickManyField(
            label=_("Who helps"), rows=shown, required=False
        )
        self.fields["candidates"] = PickManyField(
            label=_("Who may come to own it"),
            rows=shown,
            required=False,
            help_text=_(
                "Where it is unclear: name two or more, and the day by which they decide. "
                "After it the champion does."
            ),
        )

    def laid_out(self, name: str) -> Field:
        """People to tick stand in a row, not in a long column."""
        if name in ("collaborators", "candidates"):
            return Field(name, template="plans/_choice_field.html")
        return super().laid_out(name)

    def clean(self) -> dict[str, Any]:
        """An owner, or candidates with a day: never both, never half."""
        data = super().clean() or self.cleaned_data
        candidates, by = data.get("candidates", ()), data.get("decide_by")
        if data.get("owner") and candidates:
            self.add_error("candidates", gettext("Name an owner or candidates, not both."))
        elif len(candidates) == 1:
            self.add_error("candidates", gettext("Name at least two, or make this one the owner."))
        elif candidates and not by and "decide_by" not in self.errors:
            self.add_error("decide_by", gettext("Say by when they are to decide."))
        elif by and not candidates:
            self.add_error("candidates", gettext("Name who is to decide, at least two."))
        return data

    def record(self) -> TaskFields:
        """What was typed, as the services take it."""
        data = self.cleaned_data
        return TaskFields(
            title=data["title"],
            description=data["description"],
            role=data["role"],
            due=data["due"],
            effort_minutes=data["effort_minutes"],
            stream=data["stream"],
            key_date=data["key_date"],
            collaborators=data["collaborators"],
            candidates=data["candidates"],
            decide_by=data["decide_by"],
        )


def task_initial(fields: TaskFields, version: int) -> dict[str, Any]:
    """The form as it opens on an existing task."""
    return {
        "title": fields.title,
        "description": fields.description,
        "role": fields.role,
        "due": fields.due,
        "effort_minutes": fields.effort_minutes,
        "stream": key_of(fields.stream),
        "key_date": key_of(fields.key_date),
        "collaborators": [str(member.pk) for member in fields.collaborators],
        "candidates": [str(member.pk) for member in fields.candidates],
        "decide_by": fields.decide_by,
        "version": version,
    }


class LinksForm(PlainForm):
    """What a task must precede: other tasks of its plan, and key dates."""

    def __init__(
        self,
        data: Any = None,
        *,
        tasks: Sequence[Task],
        key_dates: Sequence[KeyDate],
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.fields["key_dates"] = PickManyField(
            label=_("Key dates"), rows=key_dates, required=False
        )
        self.fields["tasks"] = PickManyField(label=_("Tasks"), rows=tasks, required=False)

    def record(self) -> list[Task | KeyDate]:
        """What was ticked."""
        return [*self.cleaned_data["key_dates"], *self.cleaned_data["tasks"]]


class BulkForm(PlainForm):
    """What to do with the tasks that are ticked in the list: give them to someone, or move them."""

    days = forms.IntegerField(
        label=_("Working days later"),
        required=False,
        min_value=-MOST_WORKING_DAYS,
        max_value=MOST_WORKING_DAYS,
        help_text=_("Negative: earlier."),
    )
    day = DayField(label=_("or to the day"), required=False)

    def __init__(self, data: Any = None, *, able: Sequence[Membership]) -> None:
        super().__init__(data)
        self.fields["to"] = PickField(label=_("Person"), rows=able, nothing=_("Choose one person"))
        for name, field in self.fields.items():  # laid out by hand, so crispy does not do it
            field.widget.attrs["class"] = "form-select" if name == "to" else "form-control"
            if data is not None and name in self.errors:
                field.widget.attrs["class"] += " is-invalid"
                field.widget.attrs["aria-invalid"] = "true"

    def clean(self) -> dict[str, Any]:
        """Each button needs its own field."""
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        if self.data.get("do") == "assign" and data.get("to") is None:
            self.add_error(
                "to", gettext("Choose one person. What everyone owns is done by no one.")
            )
        if self.data.get("do") == "move":
            self._clean_move(data)
        return data

    def _clean_move(self, data: dict[str, Any]) -> None:
        by, to = data.get("days"), data.get("day")
        if (by is None) == (to is None):
            self.add_error("days", gettext("Say by how many working days, or to which day."))
        elif by == 0:
            self.add_error("days", gettext("Moving by no day changes nothing."))
