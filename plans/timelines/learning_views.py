"""The page that makes a back-schedule of a key date's tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from people.errors import NotAllowed, Refused
from people.http import MemberRequest, member_view
from people.permissions import Perm
from plans.forms import PlainForm
from plans.models import KeyDate
from plans.schedule.ownables import key_date_url
from plans.schedule.queries import get_key_date
from plans.timelines.learning import Why
from plans.timelines.lessons import Lessons, Line, learn_template, lessons_of

WHY = {
    Why.UNDATED: gettext_lazy("It has no day, so there is nothing to learn from it."),
    Why.AFTER: gettext_lazy("It comes after the key date, so it cannot be built back from it."),
}


class LearnForm(PlainForm):
    """What the back-schedule is called, and of each task whether it becomes a step, and its title.

    Of an opened form every task that can be learned is ticked.
    """

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    description = forms.CharField(
        label=gettext_lazy("What it is for"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    missing = {"name": gettext_lazy("Give the back-schedule a name.")}

    def __init__(self, data: Any = None, *, lessons: Lessons) -> None:
        super().__init__(data, initial={"name": lessons.key_date.title[:120]})
        for line in lessons.lines:
            if line.why is None:
                self._ask(line)

    def _ask(self, line: Line) -> None:
        pk, title = line.task.pk, line.task.title
        keep = forms.BooleanField(
            label=_("Take “%(title)s” into the back-schedule") % {"title": title},
            required=False,
            initial=True,
        )
        words = forms.CharField(
            label=_("Title of the step “%(title)s”") % {"title": title},
            required=False,
            max_length=200,
            initial=title,
        )
        self.fields[f"keep_{pk}"], self.fields[f"title_{pk}"] = keep, words

    def titles(self) -> dict[int, str]:
        """The titles of the ticked steps, by their task; an emptied one stays as it was."""
        cleaned = self.cleaned_data
        return {
            int(name.removeprefix("keep_")): cleaned[f"title_{name.removeprefix('keep_')}"]
            or str(self.fields[f"title_{name.removeprefix('keep_')}"].initial)
            for name, kept in cleaned.items()
            if name.startswith("keep_") and kept
        }


@dataclass(frozen=True)
class Shown:
    """A line of the page: the task, its fields, and what was learned."""

    line: Line
    keep: forms.BoundField | None
    title: forms.BoundField | None
    why: str


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.WORKFLOW_EDIT)
def key_date_learn(request: MemberRequest, key_date_id: int) -> HttpResponse:
    """See the leads between the steps, choose among them, and save them as a back-schedule."""
    key_date = get_key_date(request.organization, request.membership, key_date_id)
    lessons = lessons_of(key_date)
    form = LearnForm(request.POST if request.method == "POST" else None, lessons=lessons)
    if not form.is_bound:
        return _page(request, form, lessons)
    if not form.is_valid():
        return _page(request, form, lessons)
    titles = form.titles()
    if "save" not in request.POST:
        return _page(request, form, lessons_of(key_date, titles.keys()))
    return _save(request, key_date, form, titles)


def _save(
    request: MemberRequest, key_date: KeyDate, form: LearnForm, titles: dict[int, str]
) -> HttpResponse:
    try:
        template = learn_template(
            key_date=key_date,
            by=request.membership,
            name=form.cleaned_data["name"],
            description=form.cleaned_data["description"],
            titles=titles,
        )
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except Refused as error:
        form.add_error(None, str(error))
        return _page(request, form, lessons_of(key_date, titles.keys()))
    text = _("“%(name)s” can be built back from any key date now.") % {"name": template.name}
    messages.success(request, text)
    return redirect("back-schedule", request.organization.slug, template.pk)


def _page(request: MemberRequest, form: LearnForm, lessons: Lessons) -> HttpResponse:
    key_date = lessons.key_date
    context = {
        "key_date": key_date,
        "back_url": key_date_url(key_date),
        "form": form,
        "lessons": lessons,
        "shown": [_shown(line, form) for line in lessons.lines],
        "has_steps": any(line.why is None for line in lessons.lines),
    }
    status = 422 if form.errors else 200
    return render(request, "plans/timelines/learn.html", context, status=status)


def _shown(line: Line, form: LearnForm) -> Shown:
    pk = line.task.pk
    if line.why is not None:
        return Shown(line, None, None, str(WHY[line.why]))
    return Shown(line, form[f"keep_{pk}"], form[f"title_{pk}"], "")
