"""The forms of imported dates: the file, and what is asked about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from plancraft.lib.forms import PickField
from plancraft.lib.sheets.folding import fold
from plans.models import Plan
from plans.timelines import rules
from plans.timelines.answers import Answers
from plans.timelines.preparing import NO_KEY_DATE, Planned, Prepared
from plans.timelines.reading import LIMITS
from plans.timelines.rules import Becomes

DAY, MONTH = "day", "month"
LONGEST_TEXT = 500_000


class UploadForm(forms.Form):
    """Which file or text, and into which plan."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("CSV, Excel (.xlsx), a calendar (.ics) or a Markdown table, up to 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.ics,.md,.markdown"}),
        error_messages={"empty": _("This file is empty.")},
    )
    text = forms.CharField(
        label=_("Or paste the dates here"),
        required=False,
        max_length=LONGEST_TEXT,
        help_text=_("A Markdown table, or rows copied from a spreadsheet: What, Who, When."),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, plans: Iterable[Plan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plan = PickField(label=_("Plan"), rows=plans)
        self.fields["plan"] = plan
        self.has_plans = bool(plan.choices)
        self.order_fields(["plan", "file", "text"])

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > LIMITS.size:
            raise forms.ValidationError(_("This file is larger than 5 MB. Split it."))
        return file

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        text = (cleaned.get("text") or "").strip()
        if "file" in self.errors or "text" in self.errors:
            return cleaned
        if not cleaned.get("file") and not text:
            self.add_error("file", _("Choose a file, or paste the dates."))
        if cleaned.get("file") and text:
            self.add_error("text", _("Choose a file or paste the dates, not both."))
        return cleaned

    def content(self) -> tuple[str, bytes]:
        """The name of the file (empty for pasted text) and its bytes."""
        file = self.cleaned_data["file"]
        if file:
            return file.name or "", file.read()
        return "", self.cleaned_data["text"].encode()


@dataclass(frozen=True)
class RowField:
    """A row of the preview and the field that asks what it becomes, if that is open."""

    planned: Planned
    field: forms.BoundField | None


class AnswersForm(forms.Form):
    """Every question that a file of dates raises; the others are not asked.

    Built from the answers kept so far, so that its fields are the same when it comes back.
    """

    def __init__(self, data: Any = None, *, prepared: Prepared) -> None:
        super().__init__(data)
        self.prepared = prepared
        self._ask_order()
        self._ask_main()
        self._ask_roles()
        self._ask_rows()

    def _ask_order(self) -> None:
        timeline, given = self.prepared.timeline, self.prepared.answers.day_first
        if not timeline.asks_order and given is None:
            return
        label = _("What comes first in “%(date)s”") % {"date": timeline.order_example or "3/4/2027"}
        control = forms.ChoiceField(
            label=label,
            choices=[("", _("Choose")), (DAY, _("The day")), (MONTH, _("The month"))],
            error_messages={"required": _("Say what comes first.")},
        )
        self._add("order", control, {True: DAY, False: MONTH, None: ""}[given])

    def _ask_main(self) -> None:
        dated = [r for r in self.prepared.timeline.rows if r.when.day is not None and r.what]
        choices = [(str(row.number), _shortened(row.what)) for row in dated]
        main = forms.ChoiceField(
            label=_("The key date that the others lead to"),
            choices=[*choices, (str(NO_KEY_DATE), _("None: these are tasks of the plan"))],
        )
        self._add("main", main, str(self.prepared.main or NO_KEY_DATE))

    def _ask_roles(self) -> None:
        people = [(person.key, person.name) for person in self.prepared.people]
        for number, role in enumerate(self.prepared.roles):
            control = forms.ChoiceField(
                label=gettext("“%(role)s” is") % {"role": role.word},
                required=False,
                choices=[("", gettext("A role, nobody yet")), *people],
                help_text=gettext("As the last time.") if role.remembered else "",
            )
            self._add(f"role_{number}", control, role.member)

    def _ask_rows(self) -> None:
        """What each row becomes: the key date itself is asked once, above."""
        key_dates = [
            planned.row
            for planned in self.prepared.rows
            if planned.choice.becomes is Becomes.KEY_DATE
        ]
        for planned in self.prepared.rows:
            row = planned.row
            if row.number == self.prepared.main or not row.what:
                continue
            choices = [
                (f"step:{other.number}", gettext("Step: %(title)s") % {"title": _short(other.what)})
                for other in key_dates
                if other.number != row.number
            ]
            choices.append(("task", gettext("Task of the plan")))
            if row.when.day is not None:
                choices.append((Becomes.KEY_DATE.value, gettext("Key date of its own")))
            choices.append((Becomes.SKIP.value, gettext("Leave out")))
            label = gettext("What “%(title)s” becomes") % {"title": row.what}
            control = forms.ChoiceField(label=label, choices=choices)
            self._add(f"row_{row.number}", control, planned.choice.word())

    def _add(self, name: str, control: forms.Field, initial: Any) -> None:
        control.initial = initial
        self.fields[name] = control

    # -- what the page shows

    @property
    def questions(self) -> list[forms.BoundField]:
        """Every question beside those about single rows."""
        return [self[name] for name in self.fields if not name.startswith("row_")]

    def row_field(self, number: int) -> forms.BoundField | None:
        """The field that asks what this row becomes."""
        name = f"row_{number}"
        return self[name] if name in self.fields else None

    # -- what was answered

    def to_answers(self) -> Answers:
        """The answers as they are kept: of rows only what differs from the suggestion."""
        cleaned, prepared = self.cleaned_data, self.prepared
        order = {DAY: True, MONTH: False}.get(cleaned.get("order", ""))
        main = int(cleaned["main"])
        return Answers(
            day_first=order if "order" in self.fields else prepared.answers.day_first,
            main=None if main == prepared.suggested else main,
            chosen=self._chosen(),
            roles={
                fold(role.word): cleaned[f"role_{number}"]
                for number, role in enumerate(prepared.roles)
            },
        )

    def _chosen(self) -> dict[int, str]:
        """What differs from what would be suggested under the key date that was shown."""
        rows = self.prepared.timeline.rows
        suggested = rules.choices(rows, self.prepared.main, {})
        found = {}
        for row in rows:
            word = self.cleaned_data.get(f"row_{row.number}")
            if word and word != suggested[row.number].word():
                found[row.number] = word
        return found


def _shortened(title: str, limit: int = 70) -> str:
    return title if len(title) <= limit else title[: limit - 1].rstrip() + "…"


def _short(title: str) -> str:
    return _shortened(title, 32)
