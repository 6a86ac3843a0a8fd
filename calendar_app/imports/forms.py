"""The two forms of an import: the file, and what is asked about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calendar_app.imports.answers import CREATE, LEAVE_OUT, Answers
from calendar_app.imports.columns import Mapped, mapping_problem
from calendar_app.imports.matching import network_of
from calendar_app.imports.preparing import Prepared, channel_name
from calendar_app.imports.wording import FIELD_LABELS
from calendar_app.imports.words import Field
from plancraft.lib.forms import DayField, PickField
from plancraft.lib.sheets.datecells import Order
from plancraft.lib.sheets.folding import fold
from plancraft.lib.sheets.grids import Limits
from plancraft.lib.sheets.wording import sentence
from plans.models import Plan
from plans.models.channels import ChannelKind

SAMPLES = 3
DAY, MONTH = "day", "month"


class UploadForm(forms.Form):
    """Which file, and into which plan."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or Excel (.xlsx), up to 5 MB and 20,000 rows. Nothing is saved yet."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm"}),
        error_messages={"required": _("Choose the file."), "empty": _("This file is empty.")},
    )

    def __init__(self, *args: Any, plans: Iterable[Plan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plan = PickField(label=_("Plan"), rows=plans)
        self.fields["plan"] = plan
        self.has_plans = bool(plan.choices)
        self.order_fields(["plan", "file"])

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > Limits().size:
            raise forms.ValidationError(_("This file is larger than 5 MB. Split it."))
        return file


@dataclass(frozen=True)
class ColumnChoice:
    """One column as the page asks about it: its name, what stands in it, and the field."""

    name: str
    samples: tuple[str, ...]
    field: forms.BoundField
    is_sure: bool


class AnswersForm(forms.Form):
    """Every question about a file that its content raises; the others are not asked.

    Built from the answers kept so far, so that its fields are the same when it comes back.
    """

    def __init__(
        self,
        data: Any = None,
        *,
        prepared: Prepared,
        answers: Answers,
        may_create: bool,
        file_name: str = "",
    ) -> None:
        super().__init__(data)
        self.file_name = file_name
        self.prepared, self.answers, self.may_create = prepared, answers, may_create
        self.words = list(dict.fromkeys([*answers.channels, *prepared.preview.unknown_channels]))
        self._ask_order()
        self._ask_channels()
        self._ask_dates()
        self._ask_where()
        self._ask_columns()

    # -- what is asked

    def _ask_where(self) -> None:
        grid = self.prepared.table.grid
        if len(grid.sheets) > 1:
            choices = [(name, name) for name in grid.sheets]
            self._add("sheet", forms.ChoiceField(label=_("Sheet"), choices=choices), grid.sheet)
        header = forms.IntegerField(
            label=_("Row with the column names"),
            min_value=0,
            max_value=grid.rows[-1].number,
            help_text=_("0 if the file names no columns."),
        )
        self._add("header_row", header, self.prepared.table.header_row)

    def _ask_columns(self) -> None:
        for index, field in self.prepared.fields.items():
            name = self.prepared.table.header[index]
            control = forms.ChoiceField(
                label=name, choices=[(f.value, label) for f, label in FIELD_LABELS.items()]
            )
            self._add(f"column_{index}", control, field.value)

    def _ask_order(self) -> None:
        preview, answers = self.prepared.preview, self.answers
        if preview.order.must_ask:
            first = preview.order_examples[0] if preview.order_examples else ""
            control = forms.ChoiceField(
                label=gettext("In “%(example)s”, what comes first?") % {"example": first},
                choices=[(DAY, _("The day")), (MONTH, _("The month"))],
                widget=forms.RadioSelect,
                error_messages={"required": _("Say whether the day or the month comes first.")},
            )
            if preview.order is Order.CONTRADICTORY:
                control.help_text = _("What does not fit goes to the tray without a date.")
            initial = {True: DAY, False: MONTH, None: None}[answers.day_first]
            self._add("order", control, initial)

    def _ask_dates(self) -> None:
        preview, answers = self.prepared.preview, self.answers
        week = DayField(
            label=_("Move the first date into the week of"),
            required=False,
            help_text=_("All dates move by the same whole weeks. Empty: they stay as they are."),
        )
        self._add("first_week", week, answers.first_week)
        clock = forms.TimeField(
            label=_("Time for rows without one"),
            widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        )
        self._add("default_time", clock, answers.default_time)
        if preview.needs_anchor or answers.anchor:
            anchor = DayField(label=_("Day that T0 or Day 1 stands for"), required=False)
            self._add("anchor", anchor, answers.anchor)
        if any(row.hidden for row in self.prepared.table.rows):
            hidden = forms.BooleanField(label=_("Import hidden rows too"), required=False)
            self._add("include_hidden", hidden, answers.include_hidden)

    def _ask_channels(self) -> None:
        known = self._known_channels()
        if self._has_rows_without_channel() or self.answers.default_channel:
            choices = [("", _("Choose a channel")), *known, *self._offered_channel(known)]
            choices.append((LEAVE_OUT, _("None: leave out those with a date")))
            default = forms.ChoiceField(
                label=_("Channel for rows that name none"), required=False, choices=choices
            )
            self._add("default_channel", default, self.answers.default_channel)
        for number, word in enumerate(self.words):
            control = forms.ChoiceField(
                label=gettext("“%(word)s” is") % {"word": word},
                choices=self._choices_for(word, known),
                error_messages={
                    "required": gettext("Say which channel “%(word)s” is.") % {"word": word}
                },
            )
            self._add(f"channel_{number}", control, self.answers.channels.get(word, ""))

    def _offered_channel(self, known: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """A channel to create for rows that name none: the one in the file's name, or a blog."""
        kind = network_of(self.file_name.rpartition(".")[0]) or ChannelKind.BLOG.value
        name = str(ChannelKind(kind).label)
        if not self.may_create or fold(name) in {fold(label) for _key, label in known}:
            return []
        words = gettext("Create the channel “%(name)s”") % {"name": name}
        return [(f"{CREATE}:{name}", words)]

    def _has_rows_without_channel(self) -> bool:
        preview = self.prepared.preview
        return bool(preview.needs_channel) or any(
            row.draft and not row.draft.posts for row in preview.rows
        )

    def _known_channels(self) -> list[tuple[str, str]]:
        new = {channel.key for channel in self.prepared.new_channels}
        return [(c.key, c.name) for c in self.prepared.options.channels if c.key not in new]

    def _choices_for(self, word: str, known: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        choices = [("", gettext("Choose a channel")), *known]
        if self.may_create:
            name = gettext("Create the channel “%(name)s”") % {"name": channel_name(word)}
            choices.append((CREATE, name))
        return [*choices, (LEAVE_OUT, gettext("Leave these rows out"))]

    def _add(self, name: str, control: forms.Field, initial: Any) -> None:
        control.initial = initial
        self.fields[name] = control

    # -- what the page shows

    @property
    def columns(self) -> list[ColumnChoice]:
        """The columns with samples, in the file's order."""
        table, reasons = self.prepared.table, self.prepared.suggestion.reasons
        return [
            ColumnChoice(
                table.header[index],
                _samples(row.texts[index] for row in table.rows if index < len(row.texts)),
                self[f"column_{index}"],
                reasons.get(index) == "name",
            )
            for index in self.prepared.fields
        ]

    @property
    def other_fields(self) -> list[forms.BoundField]:
        """Every question beside those about columns."""
        return [self[name] for name in self.fields if not name.startswith("column_")]

    # -- what was answered

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        problem = mapping_problem(self._mapped(cleaned), self.prepared.table.header)
        if problem and not self.moves_the_header(cleaned):
            self.add_error(None, sentence(problem))
        return cleaned

    def moves_the_header(self, cleaned: Mapping[str, Any]) -> bool:
        """Whether another sheet or row is chosen, so that the columns are others."""
        table = self.prepared.table
        other_sheet = cleaned.get("sheet", table.grid.sheet) != table.grid.sheet
        return other_sheet or cleaned.get("header_row") != table.header_row

    def _mapped(self, cleaned: Mapping[str, Any]) -> Mapped:
        fields = self.prepared.fields
        return {i: Field(cleaned.get(f"column_{i}", f.value)) for i, f in fields.items()}

    def to_answers(self) -> Answers:
        """The answers as they are kept. Other columns make the old mapping void."""
        cleaned = self.cleaned_data
        order = {DAY: True, MONTH: False}.get(cleaned.get("order", ""))
        answers = Answers(
            sheet=cleaned.get("sheet", self.answers.sheet),
            header_row=cleaned["header_row"],
            fields=self._mapped(cleaned),
            day_first=order if "order" in self.fields else self.answers.day_first,
            default_channel=cleaned.get("default_channel", ""),
            channels={
                word: choice
                for number, word in enumerate(self.words)
                if (choice := cleaned.get(f"channel_{number}"))
            },
            first_week=cleaned["first_week"],
            default_time=cleaned["default_time"] or time(9, 0),
            anchor=cleaned.get("anchor"),
            include_hidden=cleaned.get("include_hidden", False),
        )
        if self.moves_the_header(cleaned):
            moved = cleaned.get("header_row") != self.prepared.table.header_row
            header = answers.header_row if moved else None
            answers = replace(answers, fields=None, channels={}, day_first=None, header_row=header)
        return answers


def _samples(texts: Iterable[str]) -> tuple[str, ...]:
    """The first different things that stand in a column, cut short."""
    found: dict[str, None] = {}
    for text in texts:
        if text:
            found.setdefault(text if len(text) <= 60 else text[:59] + "…")
        if len(found) == SAMPLES:
            break
    return tuple(found)
