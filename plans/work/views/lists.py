"""The list of tasks, and what is done to several of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from people.errors import NotAllowed, Refused
from people.http import MemberRequest, member_view
from people.permissions import Perm, can
from people.views.shared import now_and_today
from plans.registry import Occasion
from plans.views.plans import plan_frame
from plans.work import filters, queries, services
from plans.work.forms import BulkForm
from plans.work.page_queries import ABLE, bulk_activities, everybody, get_plan_parts
from plans.work.pages import grouped, task_row
from plans.work.services import Done
from workflow import registry
from workflow.filters import whole_number

PER_PAGE = 50
MOST_SAID = 3
MOST_PLANS = 100
"""So many activities are taken back at once: one for each plan concerned."""


@require_safe
@member_view(Perm.READ)
def task_list(request: MemberRequest) -> HttpResponse:
    """The tasks that the address asks for, by when they are due."""
    return _show(request)


def _known(request: MemberRequest, today: Any) -> filters.Known:
    organization, me = request.organization, request.membership
    asked = filters.plan_asked(request.GET)
    places = registry.places(organization, me)
    known = asked is not None and asked in places.plans
    parts = get_plan_parts(organization, me, asked) if asked is not None and known else None
    return filters.Known(
        plans=places.plans,
        plan=parts.plan if parts else None,
        key_dates=parts.key_dates if parts else (),
        everyone=everybody(organization),
        me=me,
        today=today,
        week_start=organization.week_start,
    )


def _show(
    request: MemberRequest, form: BulkForm | None = None, ticked: Iterable[int] = ()
) -> HttpResponse:
    organization, me = request.organization, request.membership
    now, today = now_and_today(organization)
    known = _known(request, today)
    asked = filters.read(request.GET, known)
    rows = queries.task_rows(organization, me, today, asked.shown)
    if asked.undated:
        rows = rows.filter(due=None)
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    lines = [task_row(task, today, me) for task in found]
    able = [member for member in known.everyone if member.is_active and member.role in ABLE]
    here = reverse("tasks", args=[organization.slug])
    context: dict[str, Any] = {
        "groups": grouped(lines, today, organization.week_start),
        "found": found,
        "filters": filters.bar(asked, known),
        "narrowed": len(asked.given),
        "notices": asked.ignored,
        "clear_url": here if asked.any else "",
        "keep": {name: asked.given[name] for name in ("helping", "text") if name in asked.given},
        "today": today,
        "form": form or BulkForm(able=able),
        "ticked": set(ticked),
        "may_create": can(me, Perm.TASK_CREATE),
        "may_bulk": any(line.may_move for line in lines),
        "undo": _numbers(request.GET.getlist("undo")),
        "address": request.GET.urlencode(),
        "focus": known.plan,
    }
    if known.plan is not None:
        context |= plan_frame(Occasion(me, known.plan, now), "tasks")
    status = 422 if form is not None else 200
    return render(request, "plans/work/tasks.html", context, status=status)


def _numbers(texts: Sequence[str]) -> list[int]:
    found = [whole_number(text) for text in texts]
    return [number for number in found if number][:MOST_PLANS]


@require_POST
@member_view(Perm.TASK_EDIT)
def task_bulk(request: MemberRequest) -> HttpResponse:
    """Give the ticked tasks to someone, or move them; each that cannot be says why."""
    able = [m for m in everybody(request.organization) if m.is_active and m.role in ABLE]
    form = BulkForm(request.POST, able=able)
    ticked = [pk for pk in map(whole_number, request.POST.getlist("task")) if pk]
    if form.is_valid():
        try:
            return _done(request, _act(request, form, ticked))
        except NotAllowed:
            raise
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return _show(request, form, ticked)


def _act(request: MemberRequest, form: BulkForm, ticked: list[int]) -> Done:
    organization, me, data = request.organization, request.membership, form.cleaned_data
    if not ticked:
        raise Refused(_("Tick the tasks first."))
    if request.POST.get("do") == "assign":
        return services.assign_tasks(organization=organization, tasks=ticked, to=data["to"], by=me)
    if request.POST.get("do") == "move":
        return services.move_tasks(
            organization=organization,
            tasks=ticked,
            by=me,
            to=data["day"],
            working_days=data["days"],
        )
    raise Refused(_("Say what to do with them: give them to someone, or move them."))


def _done(request: MemberRequest, done: Done) -> HttpResponse:
    """Back to the list, which says what came of it and offers to take it back."""
    count = len(done.changed)
    if count:
        words = ngettext("%(n)d task changed.", "%(n)d tasks changed.", count) % {"n": count}
        messages.success(request, words)
    elif not done.left:
        messages.info(request, _("Nothing to change: they stand so already."))
    for task, why in done.left[:MOST_SAID]:
        messages.warning(request, _("“%(task)s” stayed: %(why)s") % {"task": task, "why": why})
    if len(done.left) > MOST_SAID:
        more = len(done.left) - MOST_SAID
        words = ngettext("%(n)d more stayed.", "%(n)d more stayed.", more) % {"n": more}
        messages.warning(request, words)
    params = [(k, v) for k, vs in request.GET.lists() for v in vs if k != "undo"]
    params += [("undo", str(activity.pk)) for activity in done.activities]
    return redirect(_list(request, params))


def _list(request: MemberRequest, params: Sequence[tuple[str, Any]]) -> str:
    here = reverse("tasks", args=[request.organization.slug])
    return f"{here}?{urlencode(params)}" if params else here


@require_POST
@member_view(Perm.TASK_EDIT)
def task_bulk_undo(request: MemberRequest) -> HttpResponse:
    """Take back what one has just done to several tasks."""
    found = bulk_activities(request.membership, _numbers(request.POST.getlist("activity")))
    if not found:
        raise Http404
    changed, left = 0, []
    for activity in found:
        try:
            done = services.undo_bulk(activity=activity, by=request.membership, now=timezone.now())
        except NotAllowed:
            raise
        except Refused as refusal:
            messages.warning(request, str(refusal))
            continue
        changed += len(done.changed)
        left += done.left
    words = ngettext("%(n)d task is as it was.", "%(n)d tasks are as they were.", changed)
    messages.info(request, words % {"n": changed})
    for task, why in left[:MOST_SAID]:
        messages.warning(request, _("“%(task)s” stayed: %(why)s") % {"task": task, "why": why})
    params = [(k, v) for k, vs in request.GET.lists() for v in vs if k != "undo"]
    return redirect(_list(request, params))
