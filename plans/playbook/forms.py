"""Forms of questions, answers and playbook entries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.models import Membership, Organization
from plancraft.lib.forms import PickField
from plans.forms import PlainForm
from plans.playbook.records import EntryFields, QuestionFields
from plans.playbook.rules import LONGEST_TOPIC, MOST_TOPICS, tidy_topics

TIMES = (
    ("h2", _("2 working hours")),
    ("h4", _("4 working hours")),
    ("d1", _("1 working day")),
    ("d2", _("2 working days")),
    ("d3", _("3 working days")),
    ("d5", _("5 working days")),
)
MARKUP_HELP = _(
    "An empty line begins a paragraph, a line that begins with “- ” a list. "
    "**Important** words and [links](https://…) work too."
)


class AskedField(PickField):
    """Who is asked, experts marked as such."""

    def __init__(self, *, rows: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(rows=rows, **kwargs)
        experts = [(str(m.pk), m.name) for m in rows if m.role == Membership.Role.EXPERT]
        others = [(str(m.pk), m.name) for m in rows if m.role != Membership.Role.EXPERT]
        named: list[Any] = [(gettext("Experts"), experts)] if experts else []
        named += [(gettext("Colleagues"), others)] if others else []
        nothing = kwargs.get("nothing")
        self.choices = [*([] if nothing is None else [("", nothing)]), *named]


class AskForm(PlainForm):
    """A question: in one line, what one should know, who is asked and how soon."""

    rows = ("title", "body", ("asked", "time"))

    missing = {"title": _("Ask in one sentence, as you would in the corridor.")}

    title = forms.CharField(
        label=_("Your question"),
        max_length=160,
        help_text=_("One sentence. Whoever asks the same next finds it by these words."),
    )
    body = forms.CharField(
        label=_("What one should know"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What you have tried, what hangs on it, what you would do yourself."),
    )
    time = forms.ChoiceField(label=_("Time to answer"), choices=TIMES, initial="d1")

    def __init__(
        self,
        data: Any = None,
        *,
        asked: Sequence[Membership],
        initial: dict[str, Any] | None = None,
    ) -> None:
        expert = next((m for m in asked if m.role == Membership.Role.EXPERT), None)
        first = {"asked": str(expert.pk)} if expert else {}
        super().__init__(data, initial={**first, **(initial or {})})
        self.fields["asked"] = AskedField(
            label=_("Who is asked"),
            rows=asked,
            nothing=_("No one yet: whoever knows takes it"),
            help_text=_("One person is asked to answer, an expert by default."),
        )

    def record(self, organization: Organization) -> QuestionFields:
        """What was typed; days become the organization's working hours."""
        data = self.cleaned_data
        number = int(data["time"][1:])
        hours = float(number) if data["time"][0] == "h" else number * day_hours(organization)
        return QuestionFields(data["title"], hours, data["body"], data["asked"])


def day_hours(organization: Organization) -> float:
    """How many hours a working day of the organization has."""
    begin = datetime.combine(date.min, organization.work_starts)
    end = datetime.combine(date.min, organization.work_ends)
    return (end - begin).total_seconds() / 3600


class AnswerForm(PlainForm):
    """An answer; `version` says which words of an existing one the form was opened on."""

    missing = {"body": _("Write your answer first. A few sentences are enough.")}

    body = forms.CharField(
        label=_("Your answer"),
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=MARKUP_HELP,
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class AnotherForm(PlainForm):
    """Who is asked instead."""

    missing = {"asked": _("Choose whom to ask.")}

    def __init__(self, data: Any = None, *, asked: Sequence[Membership]) -> None:
        super().__init__(data)
        self.fields["asked"] = AskedField(label=_("Ask someone else"), rows=asked)


class EntryForm(PlainForm):
    """An entry of the playbook; `version` says which state of it the form was opened on."""

    rows = ("title", "body", "topics")

    missing = {
        "title": _("Give it a title that one would search for."),
        "body": _("Write what the next person should know."),
    }

    title = forms.CharField(label=_("Title"), max_length=160)
    body = forms.CharField(
        label=_("Text"),
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=MARKUP_HELP,
    )
    topics = forms.CharField(
        label=_("Topics"),
        required=False,
        max_length=200,
        help_text=_("A few words, with commas between them: approval, legal."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean_topics(self) -> str:
        """Small letters, each once, not too many and none too long."""
        found = tidy_topics(self.cleaned_data["topics"])
        if len(found) > MOST_TOPICS:
            raise forms.ValidationError(
                gettext("An entry has %(most)d topics at most; here are %(n)d.")
                % {"most": MOST_TOPICS, "n": len(found)}
            )
        long = next((topic for topic in found if len(topic) > LONGEST_TOPIC), None)
        if long is not None:
            raise forms.ValidationError(
                gettext("“%(start)s…” is long for a topic: %(most)d letters at most.")
                % {"start": long[:20], "most": LONGEST_TOPIC}
            )
        return ", ".join(found)

    def record(self) -> EntryFields:
        """What was typed, as the services take it."""
        data = self.cleaned_data
        return EntryFields(title=data["title"], body=data["body"], topics=data["topics"])


def entry_initial(fields: EntryFields, version: int) -> dict[str, Any]:
    """The form as it opens on an existing entry."""
    return {**fields.words(), "version": version}
