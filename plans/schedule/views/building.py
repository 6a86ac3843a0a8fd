"""Pages of building back and moving: each shows what would be, and then does exactly that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from people.errors import NotAllowed, Refused, Stale
from people.http import MemberRequest, member_view
from people.permissions import Perm
from people.views.shared import now_and_today
from plans.forms import PlainForm
from plans.models import KeyDate, Task
from plans.schedule import queries, services
from plans.schedule.forms import BuildForm, DayForm
from plans.schedule.preview import Build, Change, MoveTo, Pin, Preview, Recompute, Unpin
from plans.schedule.preview_page import PreviewPage, earliest_words, moves_day, preview_page
from plans.schedule.views._shared import changeable, settled, show, to_page
from plans.views._shared import page

BOTH = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Words:
    """What a page of one kind of change says. `done` is the message after it was made."""

    title: str
    lead: str
    act: str
    done: str


@dataclass
class Asked:
    """A change that someone looks at, or makes: its form (if it has one) and what becomes of it."""

    words: Words
    form: PlainForm | None
    change: Callable[[], Change]
    problem: str = ""
    status: int = 200
    preview: Preview | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether everything is there that the change needs."""
        return self.form is None or (self.form.is_bound and self.form.is_valid())


def _given(request: MemberRequest, *names: str) -> Any:
    """What was submitted, or what the address asks for; None where it asks for nothing."""
    if request.method == "POST":
        return request.POST
    return request.GET if any(name in request.GET for name in names) else None


def _answer(request: MemberRequest, key_date: KeyDate, asked: Asked) -> HttpResponse:
    """Show the preview; on POST, make the change exactly as it was shown."""
    if problem := settled(key_date):
        return show(request, key_date, problem)
    today = now_and_today(request.organization)[1]
    if not asked.is_complete:
        bound = asked.form is not None and asked.form.is_bound
        asked.status = (422 if request.method == "POST" else 400) if bound else 200
    elif request.method == "POST":
        if _made(request, key_date, asked, today):
            messages.success(request, asked.words.done)
            return to_page(request, key_date)
    else:
        _look(key_date, asked, today)
    return _page(request, key_date, asked)


def _made(request: MemberRequest, key_date: KeyDate, asked: Asked, today: date) -> bool:
    """Whether the change was made; else what is to be shown stands in `asked`."""
    try:
        services.apply_change(
            key_date=key_date,
            change=asked.change(),
            by=request.membership,
            token=request.POST.get("token", ""),
            today=today,
        )
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except Stale as error:
        asked.preview, asked.problem, asked.status = error.current, str(error), 409
        return False
    except Refused as error:
        asked.problem, asked.status = str(error), 409
        return False
    return True


def _look(key_date: KeyDate, asked: Asked, today: date) -> None:
    try:
        asked.preview = _previewed(key_date, asked.change(), today)
    except Refused as error:
        asked.problem, asked.status = str(error), 409


def _previewed(key_date: KeyDate, change: Change, today: date) -> Preview:
    if isinstance(change, Pin):
        return services.preview_pin(key_date, change.task, change.to, today)
    if isinstance(change, Unpin):
        return services.preview_unpin(key_date, change.task, today)
    return queries.preview(key_date, change, today)


def _page(request: MemberRequest, key_date: KeyDate, asked: Asked) -> HttpResponse:
    seen = preview_page(asked.preview) if asked.preview else None
    hidden: dict[str, Any] = {}
    if seen is not None and asked.form is not None:
        hidden = {name: asked.form.data.get(name, "") for name in asked.form.fields}
    response = page(
        request,
        "plans/schedule/preview.html",
        key_date=key_date,
        plan=key_date.plan,
        words=asked.words,
        form=asked.form,
        seen=seen,
        hidden=hidden,
        problem=asked.problem,
        instead=earliest_words(seen.earliest) if seen and seen.earliest else "",
        instead_url=_instead(request, key_date, seen, hidden) if seen and seen.earliest else "",
        **asked.extra,
    )
    response.status_code = asked.status
    return response


def _instead(
    request: MemberRequest, key_date: KeyDate, seen: PreviewPage, hidden: dict[str, Any]
) -> str:
    """The same preview on the earliest feasible day; of a change without a day, the move there."""
    day = {"date": f"{seen.earliest:%Y-%m-%d}"}
    if moves_day(seen.preview):
        return f"{request.path}?{urlencode({**hidden, **day})}"
    there = reverse("key-date-move", args=[request.organization.slug, key_date.pk])
    return f"{there}?{urlencode(day)}"


# Each kind of change -----------------------------------------------------------------------------
@require_http_methods(BOTH)
@member_view(Perm.PLAN_EDIT)
def build(request: MemberRequest, key_date_id: int) -> HttpResponse:
    """Build a back-schedule back from the key date."""
    key_date = changeable(request, key_date_id)
    rows = list(queries.templates(request.organization))
    form = BuildForm(
        _given(request, "template"),
        templates=rows,
        initial={"date": key_date.date, "template": _built_from(key_date)},
    )
    words = Words(
        title=_("Build “%(title)s” back") % {"title": key_date.title},
        lead=_("Each step falls on a working day, counted back from the day you choose."),
        act=_("Build it back"),
        done=_("Built back. Every owner is told once."),
    )
    asked = Asked(words, form, lambda: _build(form), extra={"template_count": len(rows)})
    return _answer(request, key_date, asked)


def _built_from(key_date: KeyDate) -> str:
    version = key_date.template_version
    return str(version.template_id) if version else ""


def _build(form: PlainForm) -> Build:
    return Build(queries.newest_of(form.cleaned_data["template"]), form.cleaned_data["date"])


@require_http_methods(BOTH)
@member_view(Perm.PLAN_EDIT)
def move(request: MemberRequest, key_date_id: int) -> HttpResponse:
    """Move the key date and what is built back from it."""
    key_date = changeable(request, key_date_id)
    form = DayForm(_given(request, "date"), initial={"date": key_date.date})
    words = Words(
        title=_("Move “%(title)s”") % {"title": key_date.title},
        lead=_("It stands on %(day)s. What is done, and what was set by hand, does not move.")
        % {"day": date_format(key_date.date, "D j F Y")},
        act=_("Move it"),
        done=_("Moved. Every owner whose step moved is told once."),
    )
    return _answer(request, key_date, Asked(words, form, lambda: MoveTo(form.cleaned_data["date"])))


@require_http_methods(BOTH)
@member_view(Perm.PLAN_EDIT)
def recompute(request: MemberRequest, key_date_id: int) -> HttpResponse:
    """Bring the steps in line with today's working calendar."""
    key_date = changeable(request, key_date_id)
    words = Words(
        title=_("Build “%(title)s” back again") % {"title": key_date.title},
        lead=_("Holidays, closures or working days have changed since the steps were placed."),
        act=_("Bring the steps in line"),
        done=_("The steps stand where the working calendar puts them."),
    )
    return _answer(request, key_date, Asked(words, None, Recompute))


@require_http_methods(BOTH)
@member_view(Perm.PLAN_EDIT)
def pin(request: MemberRequest, key_date_id: int, task_id: int) -> HttpResponse:
    """Set the day of a step by hand."""
    key_date = changeable(request, key_date_id)
    task = _step(key_date, task_id)
    form = DayForm(_given(request, "date"), initial={"date": task.due})
    words = Words(
        title=_("Set the day of “%(title)s”") % {"title": task.title},
        lead=_(
            "It stays on that day, whatever moves. What must come before it is built back from it."
        ),
        act=_("Set it by hand"),
        done=_("Set by hand."),
    )
    return _answer(
        request, key_date, Asked(words, form, lambda: Pin(task, form.cleaned_data["date"]))
    )


@require_http_methods(BOTH)
@member_view(Perm.PLAN_EDIT)
def unpin(request: MemberRequest, key_date_id: int, task_id: int) -> HttpResponse:
    """Let a step be built back again."""
    key_date = changeable(request, key_date_id)
    task = _step(key_date, task_id)
    words = Words(
        title=_("Let “%(title)s” be built back") % {"title": task.title},
        lead=_("It no longer stays where it was set by hand, and moves with the key date."),
        act=_("Let it be built back"),
        done=_("Built back again."),
    )
    return _answer(request, key_date, Asked(words, None, lambda: Unpin(task)))


def _step(key_date: KeyDate, task_id: int) -> Task:
    """The step of this key date; else 404."""
    for task in queries.steps_of(key_date):
        if task.pk == task_id:
            return task
    raise Http404
