"""One task: its page, and creating, editing, linking and taking it through its states."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people import activity
from people.errors import NotAllowed, Refused, Stale
from people.http import MemberRequest, member_view
from people.permissions import Perm, can
from people.views.shared import now_and_today
from people.working_calendar import calendar_of
from plancraft.lib.files import KINDS
from plans.models import Plan
from plans.rules import PlanState
from plans.views import _shared
from plans.views._shared import Attempt, opened, page, tried
from plans.work import pages, queries, services
from plans.work.forms import LinksForm, TaskForm, task_initial
from plans.work.page_queries import (
    ABLE,
    TaskPage,
    everybody,
    get_plan_parts,
    get_task_page,
    siblings,
)
from plans.work.records import TASK_LABELS, task_fields
from plans.work.rules import State, decider
from workflow import ownership, registry
from workflow.filters import whole_number

FEED = 20


# The page ----------------------------------------------------------------------------------------
@require_safe
@member_view(Perm.READ)
def task_page(request: MemberRequest, task_id: int) -> HttpResponse:
    """A task: whose, by when, what is to be ticked off, what was said, what it must precede."""
    return show_task(request, get_task_page(request.organization, request.membership, task_id))


def show_task(
    request: MemberRequest, found: TaskPage, problem: str = "", **typed: Any
) -> HttpResponse:
    """The page; with `problem`, what was refused stands above it and nothing `typed` is lost."""
    task, me, slug = found.task, request.membership, request.organization.slug
    now, today = now_and_today(request.organization)
    may = _rights(request, found)
    response = page(
        request,
        "plans/work/task.html",
        task=task,
        plan=task.plan,
        row=pages.task_row(task, today, me),
        found=found,
        **may,
        lines=found.lines,
        lines_done=sum(1 for line in found.lines if line.done_at),
        comments=[pages.comment_row(c, me, leads=can(me, Perm.TASK_EDIT)) for c in found.comments],
        files=[pages.file_row(f, me, may_edit=may["may_edit"]) for f in found.attachments],
        before=[pages.link_row(end, slug, task, precedes=True) for end in found.before],
        after=[pages.link_row(end, slug, task, precedes=False) for end in found.after],
        buttons=pages.state_buttons(task) if may["may_finish"] else [],
        built_back=pages.built_back(task),
        key_date_url=pages.key_date_url(slug, task.key_date) if task.key_date else "",
        effort=pages.effort_words(task.effort_minutes),
        decides=_decides(found, today),
        unowned_days=(now - task.unowned_since).days if task.unowned_since else 0,
        feed=activity.feed(queries.history_of(task)[:FEED]),
        kinds=KINDS,
        most_megabytes=settings.ATTACHMENT_MEGABYTES,
        problem=problem,
        typed=typed,
        today=today,
    )
    if problem:
        response.status_code = 422
    return response


def _rights(request: MemberRequest, found: TaskPage) -> dict[str, Any]:
    task, me = found.task, request.membership
    is_closed = task.plan.state == PlanState.CLOSED
    may_edit = can(me, Perm.TASK_EDIT, task) and not is_closed
    open_now = task.is_open and not is_closed
    return {
        "is_closed": is_closed,
        "may_edit": may_edit,
        "may_finish": may_edit,
        "may_help": can(me, Perm.TASK_CREATE) and not is_closed,
        "may_comment": not is_closed,
        "may_claim": open_now and task.owner_id is None and can(me, Perm.CLAIM),
        "may_offer": open_now and ownership.may_offer(me, task) and found.offer is None,
        "may_vacate": open_now and task.owner_id is not None and can(me, Perm.ASSIGN, task),
        "is_candidate": any(member.pk == me.pk for member in found.candidates),
    }


def _decides(found: TaskPage, today: Any) -> str:
    task = found.task
    if task.owner_id is not None or task.decide_by is None or not task.is_open:
        return ""
    who = decider(task.decide_by, today, calendar_of(task.organization))
    return pages.decider_words(who, task.decide_by)


# Creating and editing ----------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.TASK_CREATE)
def task_new(request: MemberRequest) -> HttpResponse:
    """A new task of the plan that the address names; without one, first the plan is chosen."""
    organization, me = request.organization, request.membership
    asked = whole_number(request.GET.get("plan", "") or request.POST.get("plan", ""))
    if asked is None:
        places = registry.places(organization, me)
        return page(request, "plans/work/task_plan.html", plans=list(places.plans.items()))
    parts = get_plan_parts(organization, me, asked)
    form = TaskForm(
        request.POST if request.method == "POST" else None,
        able=[m for m in _seeing(parts.plan, everybody(organization)) if m.role in ABLE],
        streams=parts.streams,
        key_dates=parts.key_dates,
        asks_owner=True,
        initial={"owner": str(me.pk), "key_date": request.GET.get("key_date", "")},
    )
    attempt = opened(form)
    if form.is_bound and form.is_valid():
        task = tried(attempt, lambda: _create(request, parts.plan, form))
        if task is not None:
            messages.success(request, _("Added: %(title)s") % {"title": task.title})
            return redirect("task", organization.slug, task.pk)
    return page(request, "plans/work/task_form.html", attempt, plan=parts.plan)


def _create(request: MemberRequest, plan: Plan, form: TaskForm) -> Any:
    fields = form.record()
    return services.create_task(
        organization=request.organization,
        plan=plan,
        by=request.membership,
        title=fields.title,
        owner=form.cleaned_data["owner"],
        due=fields.due,
        role=fields.role,
        description=fields.description,
        key_date=fields.key_date,
        stream=fields.stream,
        collaborators=fields.collaborators,
        candidates=fields.candidates,
        decide_by=fields.decide_by,
        effort_minutes=fields.effort_minutes,
    )


def _seeing(plan: Any, everyone: list[Any]) -> list[Any]:
    """Who is active and may see the plan, whose readers were read along with it."""
    listed = (plan.owner_id, *plan.listed)
    return [m for m in everyone if m.is_active and (not plan.is_confidential or m.pk in listed)]


def _editable(request: MemberRequest, task_id: int) -> TaskPage:
    found = get_task_page(request.organization, request.membership, task_id)
    if not can(request.membership, Perm.TASK_EDIT, found.task):
        raise PermissionDenied
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.TASK_EDIT)
def task_edit(request: MemberRequest, task_id: int) -> HttpResponse:
    """Change what a task says; its owner changes by handing it on, not here."""
    found = _editable(request, task_id)
    task = found.task
    parts = get_plan_parts(request.organization, request.membership, task.plan_id)
    current = task_fields(task, found.collaborators, found.candidates)
    form = TaskForm(
        request.POST if request.method == "POST" else None,
        able=found.able,
        named=[*found.collaborators, *found.candidates],
        streams=_with(parts.streams, task.stream),
        key_dates=_with(parts.key_dates, task.key_date),
        initial=task_initial(current, task.version),
    )
    attempt = opened(form)
    if form.is_bound and form.is_valid() and _edited(request, attempt, found):
        return redirect("task", request.organization.slug, task.pk)
    return page(request, "plans/work/task_form.html", attempt, plan=task.plan, task=task)


def _with(rows: Any, chosen: Any) -> list[Any]:
    """What stands there may stay, even where it is no longer offered."""
    return [*rows, *([chosen] if chosen is not None and chosen not in rows else [])]


def _edited(request: MemberRequest, attempt: Attempt, found: TaskPage) -> bool:
    form: Any = attempt.form
    fields = form.record()
    version = form.cleaned_data["version"] or 0
    try:
        saved = tried(
            attempt,
            lambda: services.edit_task(
                task=found.task, by=request.membership, version=version, fields=fields
            ),
        )
    except Stale as error:
        again = get_task_page(request.organization, request.membership, found.task.pk)
        _shared.crossed(
            attempt,
            error,
            TASK_LABELS,
            current=error.current.words(),
            typed=fields.words(),
            version=again.task.version,
        )
        return False
    return saved is not None


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.TASK_EDIT)
def task_links(request: MemberRequest, task_id: int) -> HttpResponse:
    """What the task must precede."""
    found = _editable(request, task_id)
    task = found.task
    parts = get_plan_parts(request.organization, request.membership, task.plan_id)
    chosen = {(type(end), end.pk) for end in found.before}
    others = siblings(task)
    form = LinksForm(
        request.POST if request.method == "POST" else None,
        tasks=others,
        key_dates=parts.key_dates,
        initial={
            "key_dates": [str(r.pk) for r in parts.key_dates if (type(r), r.pk) in chosen],
            "tasks": [str(r.pk) for r in others if (type(r), r.pk) in chosen],
        },
    )
    attempt = opened(form)
    if form.is_bound and form.is_valid():
        saved = tried(
            attempt,
            lambda: services.set_links(task=task, by=request.membership, before=form.record()),
        )
        if saved is not None:
            return redirect("task", request.organization.slug, task.pk)
    return page(request, "plans/work/task_links.html", attempt, plan=task.plan, task=task)


# States ------------------------------------------------------------------------------------------
@require_POST
@member_view(Perm.TASK_EDIT)
def task_state(request: MemberRequest, task_id: int) -> HttpResponse:
    """Start, pause, finish, cancel or reopen: what the table of states allows from here."""
    found = _editable(request, task_id)
    to, reason = request.POST.get("to", ""), request.POST.get("reason", "").strip()[:500]
    if to not in list(State):
        return show_task(request, found, _("Choose one of the buttons."))
    try:
        task = services.change_state(
            task=found.task, to=State(to), by=request.membership, reason=reason
        )
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except Refused as error:
        response = show_task(request, found, str(error), reason=reason)
        response.status_code = 409
        return response
    messages.success(request, _said(to) % {"title": task.title})
    return redirect("task", request.organization.slug, task.pk)


def _said(to: str) -> str:
    return {
        State.OPEN.value: _("To do: %(title)s"),
        State.DOING.value: _("In progress: %(title)s"),
        State.DONE.value: _("Done: %(title)s"),
        State.CANCELLED.value: _("Cancelled: %(title)s"),
    }[to]
